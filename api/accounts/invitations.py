"""Links that work once: an invitation makes an account, a reset gives someone a new password.

The link carries a random token and the database its SHA-256, so anyone who reads the database cannot use a link.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, Engine, and_
from sqlmodel import Session, col, delete, select, update

from api.accounts import sessions
from api.accounts.models import Invitation, Trainer
from api.accounts.names import chosen_name
from api.accounts.passwords import hash_password
from api.accounts.people import locked
from api.accounts.permissions import Role
from api.accounts.sessions import token_hash
from api.accounts.trainer import new_trainer
from api.audit.trail import record
from api.kit.errors import Conflict, NotFound
from api.persistence.engine import now, write_engine

Kind = Literal["invite", "reset"]

LASTS: Final[dict[Kind, timedelta]] = {"invite": timedelta(days=7), "reset": timedelta(hours=24)}
PATH: Final[dict[Kind, str]] = {"invite": "/trainers/join/", "reset": "/trainers/reset/"}


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that no one has used yet. `name` is the person it is for, when that is known."""

    id: int
    kind: Kind
    role: Role | None
    name: str | None
    until: date


def invite(engine: Engine, by: Trainer, role: Role, name: str) -> str:
    """A new invitation's token. `name` may be empty; it is only suggested. Raises Unprocessable for a bad one."""
    suggested = chosen_name(name) if name.strip() else None
    with Session(write_engine(engine)) as db:
        record(db, by, "invite", f"{suggested}, {role}" if suggested else role)
        return _add(db, by, "invite", role=role, name=suggested)


def make_reset(engine: Engine, by: Trainer, trainer_id: int) -> str:
    """A token with which this person chooses a new password; earlier ones for them are withdrawn.

    Raises NotFound, and Conflict for someone who may not sign in.
    """
    with Session(write_engine(engine)) as db:
        trainer = locked(db, trainer_id)
        if trainer.disabled_at is not None:
            raise Conflict(f"{trainer.name}’s account is blocked. Unblock it first.")
        db.exec(delete(Invitation).where(col(Invitation.trainer_id) == trainer_id))
        record(db, by, "reset_link", trainer.name)
        return _add(db, by, "reset", trainer_id=trainer_id, name=trainer.name)


def _add(db: Session, by: Trainer, kind: Kind, **about: object) -> str:
    """Adds a link and commits; those that have run out or were used are deleted on the way."""
    moment, token = now(), sessions.new_token()
    db.add(
        Invitation.model_validate(
            {
                "token_hash": token_hash(token),
                "kind": kind,
                "created_by": by.id,
                "created_at": moment,
                "expires_at": moment + LASTS[kind],
                **about,
            }
        )
    )
    db.flush()  # holds the account before any link, in the order of anyone who removes one
    delete_over(db)
    db.commit()
    return token


def open_links(db: Session) -> tuple[OpenLink, ...]:
    """Every link that still works, the one that ends first at the top; never the token."""
    rows = db.exec(select(Invitation).where(_open()).order_by(col(Invitation.expires_at)))
    return tuple(
        OpenLink(cast(int, row.id), cast(Kind, row.kind), cast(Role | None, row.role), row.name, row.expires_at.date())
        for row in rows
    )


def withdraw(engine: Engine, by: Trainer, invitation_id: int) -> None:
    """Makes an open link worthless; one that is gone already is no error."""
    with Session(write_engine(engine)) as db:
        if link := db.get(Invitation, invitation_id):
            record(db, by, "withdraw_link", f"{link.kind}, {link.name}" if link.name else link.kind)
            db.delete(link)
        db.commit()


def find_link(db: Session, token: str, kind: Kind) -> Invitation:
    """The open invitation of a link. Raises NotFound for one that is used, withdrawn, too old or made up."""
    found = db.exec(
        select(Invitation).where(Invitation.token_hash == token_hash(token), Invitation.kind == kind, _open())
    ).one_or_none()
    if found is None:
        raise gone()
    return found


def join(engine: Engine, token: str, name: str, password: str) -> Trainer:
    """Makes the account that an invitation is for.

    Raises NotFound, Unprocessable and Conflict (a taken name); refused, the link can still be used.
    """
    with Session(engine) as db:  # a link that is worth nothing costs no hashing
        find_link(db, token, "invite")
    name = chosen_name(name)
    password_hash = hash_password(password, name)
    with Session(write_engine(engine), expire_on_commit=False) as db:
        link = use(db, token, "invite")
        trainer = new_trainer(db, name, password_hash, cast(Role, link.role))
        record(db, trainer, "join", link.role or "")
        db.commit()
        return trainer


def reset(engine: Engine, token: str, password: str) -> Trainer:
    """Gives the person of a reset link a new password and ends all their sign-ins. Raises NotFound, Unprocessable."""
    with Session(engine) as db:
        link = find_link(db, token, "reset")
    trainer_id, password_hash = cast(int, link.trainer_id), hash_password(password, link.name or "")
    with Session(write_engine(engine), expire_on_commit=False) as db:
        trainer = locked(db, trainer_id)
        use(db, token, "reset")
        trainer.password_hash = password_hash
        sessions.end_all(db, cast(int, trainer.id))
        db.add(trainer)
        record(db, trainer, "new_password")
        db.commit()
        return trainer


def delete_over(db: Session) -> None:
    """Deletes the links that were used or have run out, in a session that the caller commits."""
    db.exec(delete(Invitation).where(~_open()))


def use(db: Session, token: str, kind: Kind) -> Invitation:
    """Marks the link as used; of two at once the second one finds it used. The caller commits."""
    wanted = and_(col(Invitation.token_hash) == token_hash(token), col(Invitation.kind) == kind)
    if db.exec(update(Invitation).where(wanted, _open()).values(used_at=now())).rowcount != 1:
        raise gone()
    return db.exec(select(Invitation).where(wanted)).one()


def _open() -> ColumnElement[bool]:
    return and_(col(Invitation.used_at).is_(None), col(Invitation.expires_at) > now())


def gone() -> NotFound:
    return NotFound("This link has been used, withdrawn or has expired. Ask an admin for a new one.")
