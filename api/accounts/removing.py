"""Removes a trainer's account with everything that is only about its holder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete
from sqlmodel import Session, col

from api.accounts import sessions
from api.accounts.models import NO_PASSWORD, Invitation, LinkedIdentity, Trainer
from api.accounts.people import keep_an_admin, locked
from api.accounts.permissions import REMOVED
from api.accounts.second_factor import remove_factors
from api.audit.trail import record
from api.persistence.engine import now, write_engine


@dataclass(frozen=True, slots=True)
class Cleaner:
    """What a feature deletes, in the same transaction, when the account of the trainer with this id goes.

    `lock` holds rows that a save locks before the account: who is saving at this moment is waited for, then seen.
    """

    delete: Callable[[Session, int], None]
    lock: Callable[[Session, int], object] | None = None


def remove(engine: Engine, by: Trainer, trainer_id: int, cleaners: Sequence[Cleaner]) -> None:
    """Deletes name, ways to sign in, sign-ins and links, and through `cleaners` what features keep about the holder.

    Those delete classes, files that wait for an import, remarks, and stories that were never published and plans that
    are not on offer, where no one else has worked on them. What others build on stays without the name: published
    versions, blind ratings, plans on offer, and drafts and plans that others saved. A row without a name stands for
    their author. The trail keeps the name until it is purged. Raises NotFound, Conflict.
    """
    with Session(write_engine(engine)) as db:
        for cleaner in cleaners:
            if cleaner.lock is not None:
                cleaner.lock(db, trainer_id)
        trainer = locked(db, trainer_id)
        keep_an_admin(db, trainer)
        record(db, by, "remove_person", trainer.name)
        sessions.end_all(db, trainer_id)
        db.exec(
            delete(Invitation).where(
                (col(Invitation.created_by) == trainer_id) | (col(Invitation.trainer_id) == trainer_id)
            )
        )
        remove_factors(db, trainer_id)
        db.exec(delete(LinkedIdentity).where(col(LinkedIdentity.trainer_id) == trainer_id))
        for cleaner in cleaners:
            cleaner.delete(db, trainer_id)
        trainer.name = f"Former trainer ({trainer_id})"
        trainer.password_hash, trainer.role = NO_PASSWORD, REMOVED
        trainer.disabled_at = trainer.disabled_at or now()
        db.add(trainer)
        db.commit()
