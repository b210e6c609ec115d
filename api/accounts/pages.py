"""Pages for trainers: the first account, signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.attempts import in_turn, known_device, take_sign_in
from api.accounts.dependencies import sign_in_page
from api.accounts.tokens import tokens_of
from api.accounts.trainer import add_trainer, forget_trainer, is_set_up_token, needs_setup, remember_trainer, sign_in
from api.kit.errors import Conflict, NotFound, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)


async def limit_sign_in(request: Request, name: Annotated[str, Form(max_length=200)] = "") -> None:
    """Slows down anyone who tries passwords."""
    await take_sign_in(request, name)


@router.post("/sign-in", dependencies=[Depends(limit_sign_in), Depends(in_turn)])
def post_sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Signs in with name and password."""
    try:
        trainer = sign_in(engine_of(request), name, password, known=bool(known_device(request, name)))
    except TooMany as problem:
        response = sign_in_page(request, problem.detail, name, problem.status)
        response.headers.update(problem.headers)
        return response
    if trainer is None:
        return sign_in_page(request, "Name or password is incorrect. Please try again.", name, 401)
    response = RedirectResponse("/trainers", status_code=303)
    remember_trainer(request, response, trainer)
    return response


@router.post("/sign-out")
def post_sign_out(request: Request, forget: Annotated[bool, Form()] = False) -> Response:
    """Ends the sign-in on this device; with `forget` the browser also drops what it keeps for this site."""
    response = RedirectResponse("/", status_code=303)
    forget_trainer(request, response)
    if forget:
        response.headers["clear-site-data"] = '"storage"'
    return response


@router.get("/setup/{token}")
def set_up(request: Request, token: str) -> Response:
    """The form that makes the first trainer."""
    _require_open_setup(request, token)
    return _set_up_page(request, token)


@router.post("/setup/{token}", dependencies=[Depends(limit_sign_in), Depends(in_turn)])
def post_set_up(
    request: Request,
    token: str,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Makes the first trainer, who may do everything, and signs them in."""
    _require_open_setup(request, token)
    try:
        trainer = add_trainer(engine_of(request), name, password, role="admin", first=True)
    except (Unprocessable, Conflict, TooMany) as problem:
        return _set_up_page(request, token, problem, name)
    request.app.state.needs_setup = False
    response = RedirectResponse("/trainers", status_code=303)
    remember_trainer(request, response, trainer)
    return response


def _require_open_setup(request: Request, token: str) -> None:
    if not is_set_up_token(tokens_of(request), token) or not needs_setup(engine_of(request)):
        raise NotFound("This link has been used or has expired. If you have an account, sign in under Trainers.")


def _set_up_page(request: Request, token: str, problem: Problem | None = None, name: str = "") -> Response:
    return render(
        request,
        "accounts/setup.html",
        title="Set up the first trainer",
        section="trainers",
        problem=problem,
        token=token,
        name=name,
    )
