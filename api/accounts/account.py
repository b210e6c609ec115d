"""What trainers change about their own account."""

from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session

from api.accounts import sessions
from api.accounts.models import Trainer
from api.accounts.passwords import fits, hash_password
from api.accounts.people import locked
from api.audit.trail import note, note_refused
from api.kit.errors import Unprocessable
from api.persistence.engine import writing


def change_password(engine: Engine, trainer: Trainer, present: str, new: str, here: int | None) -> None:
    """Ends every other sign-in. Raises Unprocessable when the present password is another or the new one does not do.

    `here` is the sign-in that asks, which stays.
    """
    if not fits(present, trainer.password_hash):
        note_refused(engine, trainer, "change_password")
        raise Unprocessable(
            "The present password is another one. Please try again.",
            [{"pointer": "/present", "detail": "the password that you sign in with"}],
        )
    password_hash = hash_password(new, trainer.name)
    with Session(writing(engine)) as db:
        row = locked(db, cast(int, trainer.id))
        row.password_hash = password_hash
        sessions.end_all(db, cast(int, trainer.id), but=here)
        db.add(row)
        note(db, trainer, "change_password")
        db.commit()
