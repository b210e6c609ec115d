"""The password again, before what gives or takes away someone's way in; asked at most once in ten minutes."""

from datetime import timedelta
from typing import Final

from fastapi import Request
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


def needs_password(request: Request) -> bool:
    """Whether the sign-in that asks gave its password longer ago than LASTS."""
    confirmed = request.state.confirmed_at
    return confirmed is None or not timedelta() <= now() - confirmed < LASTS


async def limit_confirming(request: Request, trainer: Trainer) -> None:
    """Counts a password that will be tried, by account: what neighbours and strangers try does not touch it."""
    if needs_password(request):
        await take(request, SIGN_INS_PER_DEVICE, "account", str(trainer.id))


def confirm(request: Request, trainer: Trainer, password: str, deed: AuditAction) -> None:
    """Raises Unprocessable where the password is needed for this deed and is missing or another one."""
    if not needs_password(request):
        return
    engine = engine_of(request)
    if not verify_password(password, trainer.password_hash, known=True):
        record_refused(engine, trainer, deed)
        raise Unprocessable(
            "Enter your own password as well, so that we know it is you. Nothing has been changed yet.",
            [{"pointer": "/present", "detail": "the password you sign in with"}],
        )
    request.state.confirmed_at = moment = now()
    with Session(write_engine(engine)) as db:
        mine = col(TrainerSession.id) == request.state.sign_in_id
        db.exec(update(TrainerSession).where(mine).values(confirmed_at=moment))
        db.commit()
