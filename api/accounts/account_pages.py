"""The page of one's own account: the password, and where one is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import identities, passkeys, sessions
from api.accounts.account import change_password, first_password
from api.accounts.confirming import confirm, what_to_ask
from api.accounts.dependencies import TrainerWithAnyFactor
from api.accounts.devices import device_label
from api.accounts.institutions import institutions_of
from api.accounts.models import Trainer
from api.accounts.permissions import ROLE_SENTENCE, role_of
from api.accounts.second_factor import factors
from api.kit.errors import Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of
from api.persistence.engine import now
from api.web.rate_limit import SIGN_INS_PER_DEVICE, take
from api.web.rendering import RowNumber, render

router = APIRouter(prefix="/trainers/account", include_in_schema=False)


async def _limit(request: Request, trainer: TrainerWithAnyFactor) -> None:
    """By account, which only its holder is in: neither neighbours nor those who guess its name count here."""
    await take(request, SIGN_INS_PER_DEVICE, "account", str(trainer.id))


@router.get("")
def account(request: Request, trainer: TrainerWithAnyFactor, changed: str = "", linked: str = "") -> Response:
    return _page(request, trainer, changed=bool(changed), linked=bool(linked))


@router.post("/password", dependencies=[Depends(_limit)])
def post_password(
    request: Request,
    trainer: TrainerWithAnyFactor,
    present: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Changes the password, or sets a first one; every other device has to sign in again."""
    try:
        if trainer.password_hash:
            change_password(engine_of(request), trainer, present, password, request.state.sign_in_id)
        else:
            confirm(request, trainer, "", "change_password")
            first_password(engine_of(request), trainer, password, request.state.sign_in_id)
    except (Unprocessable, TooMany) as problem:
        return _page(request, trainer, problem)
    return RedirectResponse("/trainers/account?changed=1", status_code=303)


@router.post("/sign-ins/{session_id}/end")
def post_end(request: Request, trainer: TrainerWithAnyFactor, session_id: RowNumber) -> Response:
    """Ends one of one's own sign-ins, be it the one that asks."""
    sessions.end(engine_of(request), trainer, session_id)
    return RedirectResponse("/trainers/account", status_code=303)


def _page(
    request: Request, trainer: Trainer, problem: Problem | None = None, changed: bool = False, linked: bool = False
) -> Response:
    with Session(engine_of(request)) as db:
        listed = sessions.sign_ins(db, trainer, request.state.sign_in_id)
        links = identities.links(db, trainer)
        held = factors(db, trainer.id or 0)
        own_passkeys = passkeys.held(db, trainer)
    institutions = institutions_of(request).providers
    there = {one.issuer for one in links}
    return render(
        request,
        "accounts/account.html",
        title="Account",
        place="account",
        problem=problem,
        name=trainer.name,
        role=role_of(trainer),
        role_sentence=ROLE_SENTENCE[role_of(trainer)],
        sign_ins=listed,
        unused_days=sessions.UNUSED.days,
        longest_days=sessions.LONGEST.days,
        changed=changed,
        linked=linked,
        links=links,
        factors=held,
        due=request.state.factor_due,
        overdue=request.state.factor_due is not None and request.state.factor_due <= now().date(),
        passkeys=own_passkeys,
        can_use_passkeys=passkeys.can_be_used(request),
        device=device_label(request.headers.get("user-agent", "")),
        names={one.issuer: one.name for one in institutions},
        keys={one.key: one.name for one in institutions},
        unlinked=[one for one in institutions if one.issuer not in there],
        has_password=bool(trainer.password_hash),
        ask_password=what_to_ask(request, trainer),
    )
