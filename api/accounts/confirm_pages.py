"""The page on which someone who is signed in shows again that it is them, in any of their ways to sign in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import identities
from api.accounts.confirming import confirm, limit_confirming, own_page
from api.accounts.dependencies import TrainerWithAnyFactor
from api.accounts.institutions import institutions_of
from api.accounts.models import Trainer
from api.accounts.second_factor import factors
from api.kit.errors import Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.rendering import render

router = APIRouter(prefix="/trainers/confirm", include_in_schema=False)


async def _limit(request: Request, trainer: TrainerWithAnyFactor) -> None:
    await limit_confirming(request, trainer)


@router.get("")
def page(request: Request, trainer: TrainerWithAnyFactor, back: Annotated[str, Query(max_length=100)] = "") -> Response:
    return _page(request, trainer, back)


@router.post("", dependencies=[Depends(_limit)])
def post_password(
    request: Request,
    trainer: TrainerWithAnyFactor,
    present: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    try:
        confirm(request, trainer, present, "confirm")
    except (Unprocessable, TooMany) as problem:
        return _page(request, trainer, back, problem)
    return RedirectResponse(own_page(back), status_code=303)


def _page(request: Request, trainer: Trainer, back: str, problem: Problem | None = None) -> Response:
    with Session(engine_of(request)) as db:
        linked = {one.issuer for one in identities.links(db, trainer)}
        held = factors(db, trainer.id or 0)
    return render(
        request,
        "accounts/confirm.html",
        title="Confirm that it is you",
        place="account",
        problem=problem,
        name=trainer.name,
        passkeys=held.passkeys > 0,
        password=bool(trainer.password_hash),
        institutions=[one for one in institutions_of(request).providers if one.issuer in linked],
        back=own_page(back),
    )
