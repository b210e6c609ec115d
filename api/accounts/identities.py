"""Who someone of an institution is here: found by its own number for them alone, never by a name or email address."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, cast

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.accounts import invitations
from api.accounts.models import NO_PASSWORD, LinkedIdentity, Trainer
from api.accounts.names import LONGEST_NAME, chosen_name
from api.accounts.people import keep_an_admin, locked, withdraw_links_by
from api.accounts.permissions import ROLES, Role
from api.accounts.providers import Provider
from api.accounts.trainer import new_trainer
from api.audit.trail import record
from api.kit.errors import Conflict, Forbidden, Unprocessable
from api.kit.plain_text import one_line
from api.persistence.engine import now, write_engine

_TRIES: Final = 50

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone whom an institution has just vouched for. `role` is None where it gives none."""

    issuer: str
    subject: str
    name: str
    role: Role | None


@dataclass(frozen=True, slots=True)
class Linked:
    """A link as its owner sees it."""

    id: int
    issuer: str
    since: date
    last_used: date


def visitor_of(provider: Provider, claims: Mapping[str, Any]) -> Visitor:
    """The person of an ID token that holds. Raises Forbidden for someone whom the operator does not let in."""
    if provider.domains and not _is_of_domain(claims, provider.domains):
        raise Forbidden(
            f"Only people with a confirmed email address of {' or '.join(provider.domains)} can sign in with "
            f"{provider.name}. If you have one, ask an admin here to check the settings."
        )
    for claim, wanted in provider.allow.items():
        if not _values(claims.get(claim)) & set(wanted):
            log.warning("provider_not_allowed", provider=provider.key, claim=claim)
            raise Forbidden(
                f"Your account at {provider.name} is not one of those that may enter here. Ask the person who runs "
                "this site."
            )
    return Visitor(provider.issuer, claims["sub"], _name_of(claims), _role_of(provider, claims))


def proved_at(claims: Mapping[str, Any]) -> datetime | None:
    """When the person last signed in at the institution, never later than now; None where it does not say."""
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int | float):
        return None
    try:
        return min(datetime.fromtimestamp(at, UTC), now())
    except (ValueError, OverflowError, OSError):
        return None


def showed_two(claims: Mapping[str, Any]) -> bool:
    """Whether the institution says that it asked this person for a second factor (RFC 8176)."""
    return "mfa" in _values(claims.get("amr"))


def session_hash(sid: object) -> str | None:
    """What is kept of the institution's name for a sign-in."""
    return hashlib.sha256(sid.encode("utf-8", "surrogatepass")).hexdigest() if isinstance(sid, str) and sid else None


def enter(engine: Engine, visitor: Visitor, provider: Provider) -> Trainer | None:
    """The account that is linked to this person, with the role that the institution gives; None where none is.

    Raises Forbidden for someone who is blocked here.
    """
    with Session(write_engine(engine), expire_on_commit=False) as db:
        identity = _find(db, visitor)
        if identity is None:
            return None
        trainer = locked(db, identity.trainer_id)
        if trainer.disabled_at is not None:
            record(db, trainer, "sign_in", provider.name, "refused")
            db.commit()
            raise Forbidden("Your account here is blocked. Ask an admin.")
        _follow_role(db, trainer, visitor.role)
        identity.last_used_on = now().date()
        db.add(identity)
        db.commit()
        return trainer


def owner_of(db: Session, visitor: Visitor) -> int | None:
    """The number of the account that is linked to this person."""
    found = _find(db, visitor)
    return found.trainer_id if found else None


def create(engine: Engine, visitor: Visitor, provider: Provider) -> Trainer:
    """An account without a password for someone new, with the lowest role or the one that the institution gives.

    Raises Forbidden where the operator lets in no one new, Conflict where someone was quicker.
    """
    if provider.unknown != "trainer":
        raise Forbidden(f"{provider.name} cannot create accounts here. Ask an admin for an invitation.")
    with Session(write_engine(engine), expire_on_commit=False) as db:
        trainer = _new(db, visitor, visitor.role or "trainer")
        record(db, trainer, "join", f"{trainer.role}, {provider.name}")
        db.commit()
        return trainer


def accept_invitation(engine: Engine, token: str, visitor: Visitor, provider: Provider) -> Trainer:
    """Makes the account that an invitation is for, without a password.

    Raises NotFound for a link that works no more, Forbidden where the institution's people are not let in so, Conflict.
    """
    if provider.unknown == "refuse":
        raise Forbidden(f"Invitations here are not accepted with {provider.name}. Choose a name and password instead.")
    with Session(write_engine(engine), expire_on_commit=False) as db:
        invitation = invitations.use(db, token, "invite")
        trainer = _new(db, visitor, visitor.role or cast(Role, invitation.role), invitation.name)
        record(db, trainer, "join", f"{trainer.role}, {provider.name}")
        db.commit()
        return trainer


def link(engine: Engine, trainer_id: int, visitor: Visitor, provider: Provider) -> Trainer:
    """Lets someone sign in as this person of the institution. Raises Conflict when the person has an account."""
    with Session(write_engine(engine), expire_on_commit=False) as db:
        trainer = locked(db, trainer_id)
        owner = owner_of(db, visitor)
        if owner not in (None, trainer_id):
            raise Conflict(f"This account at {provider.name} is linked to another account here. Unlink it there first.")
        if owner is None:
            taken = select(LinkedIdentity.id).where(
                LinkedIdentity.trainer_id == trainer_id, LinkedIdentity.issuer == visitor.issuer
            )
            if db.exec(taken).first() is not None:
                raise Conflict(f"Your account here is linked to another one at {provider.name}. Unlink that first.")
            db.add(_identity(trainer_id, visitor))
            record(db, trainer, "link_identity", provider.name)
        _follow_role(db, trainer, visitor.role)
        db.commit()
        return trainer


def unlink(engine: Engine, trainer: Trainer, identity_id: int, name: str, *, other_way: bool) -> None:
    """Takes one's own link away; one that is gone is no error. `other_way` says that a password of theirs counts.

    Raises Conflict when it is the last way in.
    """
    with Session(write_engine(engine)) as db:
        row = locked(db, cast(int, trainer.id))
        found = db.get(LinkedIdentity, identity_id)
        if found is None or found.trainer_id != row.id:
            return
        if not other_way and len(links(db, row)) < 2:
            raise Conflict("This is your only way to sign in. Set a password first, or link another institution.")
        db.delete(found)
        record(db, row, "unlink_identity", name)
        db.commit()


def links(db: Session, trainer: Trainer) -> tuple[Linked, ...]:
    """Where someone may come from, the oldest first."""
    rows = db.exec(
        select(LinkedIdentity).where(LinkedIdentity.trainer_id == trainer.id).order_by(col(LinkedIdentity.id))
    )
    return tuple(Linked(cast(int, row.id), row.issuer, row.linked_at.date(), row.last_used_on) for row in rows)


def _find(db: Session, visitor: Visitor) -> LinkedIdentity | None:
    return db.exec(
        select(LinkedIdentity).where(LinkedIdentity.issuer == visitor.issuer, LinkedIdentity.subject == visitor.subject)
    ).one_or_none()


def _identity(trainer_id: int, visitor: Visitor) -> LinkedIdentity:
    moment = now()
    return LinkedIdentity(
        trainer_id=trainer_id,
        issuer=visitor.issuer,
        subject=visitor.subject,
        linked_at=moment,
        last_used_on=moment.date(),
    )


def _new(db: Session, visitor: Visitor, role: Role, invited: str | None = None) -> Trainer:
    """An account with the invitation's name, the person's own, or that with a number behind it."""
    if _find(db, visitor) is not None:
        raise Conflict("You have an account here already. Please sign in again.")
    wished = invited or visitor.name
    for number in range(1, _TRIES):
        ending = f" ({number})" if number > 1 else ""
        try:
            trainer = new_trainer(db, wished[: LONGEST_NAME - len(ending)].rstrip() + ending, NO_PASSWORD, role)
        except Conflict:
            continue
        db.add(_identity(cast(int, trainer.id), visitor))
        db.flush()
        return trainer
    raise Conflict("There are too many people of this name here. Ask an admin for an invitation with another name.")


def _follow_role(db: Session, trainer: Trainer, role: Role | None) -> None:
    """Gives the institution's role, unless no one would be left to look after people."""
    if role is None or role == trainer.role:
        return
    try:
        if role != "admin":
            keep_an_admin(db, trainer)
            withdraw_links_by(db, trainer)
    except Conflict:
        return
    record(db, trainer, "change_role", f"{trainer.name}, from {trainer.role} to {role}, by the institution")
    trainer.role = role
    db.add(trainer)


def _role_of(provider: Provider, claims: Mapping[str, Any]) -> Role | None:
    """The highest role that a value of the claim gives, else the lowest; None where no claim is named."""
    if not provider.role_claim:
        return None
    values = _values(claims.get(provider.role_claim))
    given = {role for value, role in provider.roles.items() if value in values}
    return next((role for role in reversed(ROLES) if role in given), ROLES[0])


def _is_of_domain(claims: Mapping[str, Any], domains: tuple[str, ...]) -> bool:
    """An address counts only where the institution says that it has been confirmed."""
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return False
    return email.rpartition("@")[2].lower() in {domain.lower() for domain in domains}


def _values(claim: object) -> set[str]:
    """A claim's values: many, or one."""
    many = claim if isinstance(claim, list) else [claim]
    return {value for value in many if isinstance(value, str)}


def _name_of(claims: Mapping[str, Any]) -> str:
    """What to call someone new: their name, else what stands before the @ of their address."""
    for claim in ("name", "preferred_username", "nickname", "email"):
        value = claims.get(claim)
        if isinstance(value, str):
            try:
                return chosen_name(one_line(value).partition("@")[0][:LONGEST_NAME])
            except Unprocessable:
                continue
    return "Trainer"
