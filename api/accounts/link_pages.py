"""Where a link leads that works once: a new account, or a new password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.accounts import invitations
from api.accounts.attempts import in_turn
from api.accounts.entering import enter
from api.accounts.institutions import institutions_of
from api.accounts.invitations import Kind
from api.accounts.models import Invitation
from api.accounts.permissions import ROLE_SENTENCE
from api.accounts.sessions import by_password
from api.kit.errors import Conflict, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.dependencies import settings_of
from api.web.rate_limit import SIGN_INS_PER_ADDRESS, take_from
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)


async def _limit(request: Request) -> None:
    await take_from(request, SIGN_INS_PER_ADDRESS)


@router.get("/join/{token}")
def join(request: Request, token: str) -> Response:
    """The form of an invitation."""
    link = _find(request, token, "invite")
    return _join_page(request, token, link, name=link.name or "")


@router.post("/join/{token}", dependencies=[Depends(_limit), Depends(in_turn)])
def post_join(
    request: Request,
    token: str,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Makes the account and signs in; a refused form leaves the link as it was."""
    link = _find(request, token, "invite")
    try:
        trainer = invitations.join(engine_of(request), token, name, password)
    except (Unprocessable, Conflict, TooMany) as problem:
        return _join_page(request, token, link, problem, name)
    return enter(request, trainer, by_password())


@router.get("/reset/{token}")
def reset(request: Request, token: str) -> Response:
    """The form for a new password."""
    return _reset_page(request, token, _find(request, token, "reset"))


@router.post("/reset/{token}", dependencies=[Depends(_limit), Depends(in_turn)])
def post_reset(request: Request, token: str, password: Annotated[str, Form(max_length=1000)] = "") -> Response:
    """Sets the new password, ends every sign-in and begins one here."""
    link = _find(request, token, "reset")
    try:
        trainer = invitations.reset(engine_of(request), token, password)
    except (Unprocessable, TooMany) as problem:
        return _reset_page(request, token, link, problem)
    return enter(request, trainer, by_password())


def _find(request: Request, token: str, kind: Kind) -> Invitation:
    with Session(engine_of(request)) as db:
        return invitations.find_link(db, token, kind)


def _join_page(
    request: Request, token: str, link: Invitation, problem: Problem | None = None, name: str = ""
) -> Response:
    return render(
        request,
        "accounts/join.html",
        title="Join as a trainer",
        section="trainers",
        problem=problem,
        token=token,
        role=link.role,
        role_sentence=ROLE_SENTENCE,
        name=name,
        institutions=[one for one in institutions_of(request).providers if one.unknown != "refuse"],
        passwords=not settings_of(request).password_admin,
    )


def _reset_page(request: Request, token: str, link: Invitation, problem: Problem | None = None) -> Response:
    return render(
        request,
        "accounts/reset.html",
        title="Choose a new password",
        section="trainers",
        problem=problem,
        token=token,
        name=link.name,
    )
