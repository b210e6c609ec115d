"""What trainers change about their own account."""

from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session

from api.accounts import sessions
from api.accounts.models import Trainer
from api.accounts.passwords import hash_password, verify_password
from api.accounts.people import locked
from api.audit.trail import record, record_refused
from api.kit.errors import Unprocessable
from api.persistence.engine import write_engine


def change_password(engine: Engine, trainer: Trainer, present: str, new: str, here: int | None) -> None:
    """Ends every other sign-in. Raises Unprocessable when the present password is another or the new one does not do.

    `here` is the sign-in that asks, which stays.
    """
    if not verify_password(present, trainer.password_hash, known=True):
        record_refused(engine, trainer, "change_password")
        raise Unprocessable(
            "Your current password is incorrect. Please try again.",
            [{"pointer": "/present", "detail": "the password you sign in with"}],
        )
    _set(engine, trainer, hash_password(new, trainer.name, known=True), here)


def first_password(engine: Engine, trainer: Trainer, new: str, here: int | None) -> None:
    """For someone who has signed in through an institution alone. Raises Unprocessable for one that does not do."""
    _set(engine, trainer, hash_password(new, trainer.name, known=True), here)


def _set(engine: Engine, trainer: Trainer, password_hash: str, here: int | None) -> None:
    with Session(write_engine(engine)) as db:
        row = locked(db, cast(int, trainer.id))
        row.password_hash = password_hash
        sessions.end_all(db, cast(int, trainer.id), but=here)
        db.add(row)
        record(db, trainer, "change_password")
        db.commit()
