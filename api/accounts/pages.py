"""Pages for trainers: the first account, signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.attempts import in_turn, known_device, limit_sign_in
from api.accounts.dependencies import sign_in_page
from api.accounts.entering import enter
from api.accounts.institutions import institutions_of
from api.accounts.sessions import by_password
from api.accounts.tokens import tokens_of
from api.accounts.trainer import (
    add_trainer,
    forget_trainer,
    is_set_up_token,
    needs_setup,
    password_counts,
    sign_in,
)
from api.audit.trail import record_refused
from api.kit.errors import Conflict, NotFound, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.dependencies import settings_of
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

PASSWORDS_ARE_OFF = "Passwords are switched off here. Sign in with your institution."


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
    if not password_counts(engine_of(request), trainer, settings_of(request).password_admin):
        record_refused(engine_of(request), trainer, "sign_in", "password")
        return sign_in_page(request, PASSWORDS_ARE_OFF, name, 403)
    return enter(request, trainer, by_password())


@router.post("/sign-out")
def post_sign_out(request: Request, forget: Annotated[bool, Form()] = False) -> Response:
    """Ends the sign-in on this device; with `forget` the browser also drops what it keeps for this site.

    Where it came through an institution, the next page says how to sign out there too: a form must not lead to another
    site by itself.
    """
    response = RedirectResponse("/", status_code=303)
    if (provider := forget_trainer(request, response)) in institutions_of(request).keys:
        response.headers["location"] = f"/trainers/signed-out/{provider}"
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
    return enter(request, trainer, by_password())


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
