"""That it is really its owner who asks, before what gives or takes away someone's way in: shown again in any of their
ways to sign in, at most once in ten minutes."""

import re
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, update

from api.accounts.models import Trainer, TrainerSession
from api.accounts.passwords import verify_password
from api.audit.actions import AuditAction
from api.audit.trail import record_refused
from api.kit.errors import Unprocessable
from api.persistence.dependencies import engine_of
from api.persistence.engine import now, write_engine
from api.web.rate_limit import SIGN_INS_PER_DEVICE, take

LASTS: Final = timedelta(minutes=10)


Ask = Literal["", "password", "elsewhere"]


_OWN_PAGE: Final = re.compile("/trainers(?:/[a-z0-9-]{1,60}){1,4}")


def own_page(path: str) -> str:
    """A page of the trainers' part to come back to; the account's where it is none."""
    return path if _OWN_PAGE.fullmatch(path) else "/trainers/account"


def needs_password(request: Request) -> bool:
    """Whether the holder of the sign-in that asks showed who they are longer ago than LASTS."""
    confirmed = request.state.confirmed_at
    return confirmed is None or not timedelta() <= now() - confirmed < LASTS


def what_to_ask(request: Request, trainer: Trainer) -> Ask:
    """What a form has to ask for: nothing, the password, or to go to the page of the other ways."""
    if not needs_password(request):
        return ""
    return "password" if trainer.password_hash else "elsewhere"


def confirm_first(request: Request, back: str) -> Response | None:
    """The way to the page that asks, for someone who showed who they are too long ago; they come back to `back`."""
    if not needs_password(request):
        return None
    return RedirectResponse(f"/trainers/confirm?{urlencode({'back': back})}", status_code=303)


async def limit_confirming(request: Request, trainer: Trainer) -> None:
    """Counts a password that will be tried, by account: what neighbours and strangers try does not touch it."""
    if needs_password(request):
        await take(request, SIGN_INS_PER_DEVICE, "account", str(trainer.id))


def confirm(request: Request, trainer: Trainer, password: str, deed: AuditAction) -> None:
    """Raises Unprocessable where the password is needed for this deed and is missing or another one."""
    if not needs_password(request):
        return
    engine = engine_of(request)
    if not trainer.password_hash:
        raise Unprocessable("Confirm that it is you first, then try again. Nothing has been changed yet.")
    if not verify_password(password, trainer.password_hash, known=True):
        record_refused(engine, trainer, deed)
        raise Unprocessable(
            "Enter your own password as well, so that we know it is you. Nothing has been changed yet.",
            [{"pointer": "/present", "detail": "the password you sign in with"}],
        )
    note_confirmed(request, now())


def note_confirmed(request: Request, moment: datetime) -> None:
    """Writes down when the holder of the sign-in that asks showed who they are."""
    request.state.confirmed_at = moment
    engine = engine_of(request)
    with Session(write_engine(engine)) as db:
        mine = col(TrainerSession.id) == request.state.sign_in_id
        db.exec(update(TrainerSession).where(mine).values(confirmed_at=moment))
        db.commit()
