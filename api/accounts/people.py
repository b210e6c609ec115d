"""The people who work on the library: who they are, what they may do, and who is let out."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Engine, and_
from sqlmodel import Session, col, delete, func, or_, select

from api.accounts import sessions
from api.accounts.models import Invitation, Trainer, TrainerSession
from api.accounts.permissions import REMOVED, Role, role_of
from api.audit.trail import record
from api.kit.errors import Conflict, NotFound
from api.persistence.engine import now, write_engine


@dataclass(frozen=True, slots=True)
class Person:
    """A trainer as admins see them; `last_seen` is None for someone who is signed in nowhere."""

    id: int
    name: str
    role: Role
    last_seen: date | None
    disabled: bool


def people(db: Session, only: int | None = None) -> tuple[Person, ...]:
    """Everyone by name, those who may sign in first; or one of them."""
    seen = (
        select(TrainerSession.trainer_id, func.max(TrainerSession.last_seen_on).label("day"))
        .group_by(col(TrainerSession.trainer_id))
        .subquery()
    )
    found = (
        select(Trainer, seen.c.day)
        .join(seen, seen.c.trainer_id == Trainer.id, isouter=True)
        .where(Trainer.role != REMOVED)
        .order_by(col(Trainer.disabled_at).is_not(None), func.lower(Trainer.name))
    )
    return tuple(
        Person(cast(int, trainer.id), trainer.name, role_of(trainer), day, trainer.disabled_at is not None)
        for trainer, day in db.exec(found if only is None else found.where(Trainer.id == only))
    )


def person(db: Session, trainer_id: int) -> Person:
    """One of them. Raises NotFound."""
    found = people(db, trainer_id)
    if not found:
        raise NotFound("We cannot find this account. Choose one from the list under People.")
    return found[0]


def change_role(engine: Engine, by: Trainer, trainer_id: int, role: Role) -> None:
    """Raises NotFound, and Conflict when no one would be left to look after people."""
    with Session(write_engine(engine)) as db:
        trainer = locked(db, trainer_id)
        if role != "admin":
            keep_an_admin(db, trainer)
            withdraw_links_by(db, trainer)
        record(db, by, "change_role", f"{trainer.name}, from {trainer.role} to {role}")
        trainer.role = role
        db.add(trainer)
        db.commit()


def disable(engine: Engine, by: Trainer, trainer_id: int) -> None:
    """Ends their sign-ins and withdraws links by and for them; what they wrote stays. Raises as `change_role`."""
    with Session(write_engine(engine)) as db:
        trainer = locked(db, trainer_id)
        keep_an_admin(db, trainer)
        withdraw_links_by(db, trainer)
        db.exec(delete(Invitation).where(col(Invitation.trainer_id) == trainer_id))
        sessions.end_all(db, trainer_id)
        trainer.disabled_at = trainer.disabled_at or now()
        db.add(trainer)
        record(db, by, "disable", trainer.name)
        db.commit()


def enable(engine: Engine, by: Trainer, trainer_id: int) -> None:
    """Lets them sign in again, with the password that they had. Raises NotFound."""
    with Session(write_engine(engine)) as db:
        trainer = locked(db, trainer_id)
        trainer.disabled_at = None
        db.add(trainer)
        record(db, by, "enable", trainer.name)
        db.commit()


def locked(db: Session, trainer_id: int) -> Trainer:
    """The row, held until this transaction ends. Raises NotFound.

    The active admins are locked with it, always in the same order: two who take each other's role away would
    otherwise both find one admin left.
    """
    active_admin = and_(col(Trainer.role) == "admin", col(Trainer.disabled_at).is_(None))
    rows = db.exec(
        select(Trainer)
        .where(or_(col(Trainer.id) == trainer_id, active_admin))
        .order_by(col(Trainer.id))
        .with_for_update()
    ).all()
    trainer = next((row for row in rows if row.id == trainer_id), None)
    if trainer is None or trainer.role == REMOVED:
        raise NotFound("We cannot find this account. Choose one from the list under People.")
    return trainer


def keep_an_admin(db: Session, leaving: Trainer) -> None:
    """Raises Conflict when no one would be left to look after people."""
    others = select(func.count()).where(
        col(Trainer.role) == "admin", col(Trainer.disabled_at).is_(None), col(Trainer.id) != leaving.id
    )
    if leaving.role == "admin" and leaving.disabled_at is None and db.exec(others).one() == 0:
        raise Conflict(f"{leaving.name} is the only admin. Make someone else an admin first, then try again.")


def withdraw_links_by(db: Session, trainer: Trainer) -> None:
    """Makes the links worthless that someone has made, in a session that the caller commits."""
    db.exec(delete(Invitation).where(col(Invitation.created_by) == trainer.id))
