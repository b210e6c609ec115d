"""Where a trainer is signed in: begun with a random token that only its holder has, listed, and ended."""

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, Engine, or_
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, delete, select, update

from api.accounts.models import SecondFactorDemand, SpentToken, Trainer, TrainerSession
from api.audit.actions import AuditAction
from api.audit.trail import record
from api.kit.errors import Unauthorized
from api.persistence.engine import now, write_engine

ACCESS_TOKEN_SECONDS: Final = 12 * 3600
LONGEST: Final = timedelta(days=60)
UNUSED: Final = timedelta(days=14)
API_DEVICE: Final = "A program with an access token"

# Tells a trainer's token from a learner's before the database is asked.
_MARK: Final = "tr-"
_TOKEN: Final = re.compile("tr-[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A row of one's own list. `provider` is the key of the institution that it came through."""

    id: int
    device: str
    since: date
    last_seen: date
    here: bool
    provider: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """How someone has just shown who they are; `method` is what the activity log calls it.

    `at` is when they did, where that is known. `strong`: they showed a second factor, here or at an institution that
    asks everyone for one.
    """

    method: str
    at: datetime | None
    provider: str | None = None
    provider_session: str | None = None
    strong: bool = False


def by_password() -> Proof:
    return Proof("password", now())


def new_token() -> str:
    """A random token of 256 bits."""
    return _MARK + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether this looks like one of `new_token`."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What is kept of a token: with 256 random bits a plain SHA-256 tells nothing about it."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    engine: Engine,
    trainer: Trainer,
    device: str,
    proof: Proof,
    lasts: timedelta = LONGEST,
    deed: AuditAction = "sign_in",
) -> str:
    """Adds a sign-in and gives its token. Sign-ins of anyone that have run out are deleted on the way.

    Raises Unauthorized when the password has changed or the person was disabled since they were looked up.
    """
    moment, token = now(), new_token()
    with Session(write_engine(engine)) as db:
        unchanged = (
            select(Trainer.id)
            .where(Trainer.id == trainer.id, Trainer.password_hash == trainer.password_hash)
            .where(col(Trainer.disabled_at).is_(None))
            .with_for_update(read=True)
        )
        if db.exec(unchanged).one_or_none() is None:
            raise Unauthorized("Something about this account has just changed. Please sign in again.")
        delete_over(db)
        db.add(
            TrainerSession(
                trainer_id=cast(int, trainer.id),
                token_hash=token_hash(token),
                device=device,
                created_at=moment,
                last_seen_on=moment.date(),
                confirmed_at=proof.at,
                ends_at=moment + lasts,
                provider=proof.provider,
                provider_session=proof.provider_session,
                second_factor=proof.strong,
            )
        )
        record(db, trainer, deed, proof.method)
        db.commit()
    return token


def find(db: Session, token: str) -> tuple[Trainer, TrainerSession, date | None] | None:
    """Who holds this token, in one query, and from when on their role needs a second factor; None when the sign-in is
    over or the person disabled."""
    if not token.startswith(_MARK):
        return None
    return db.exec(
        select(Trainer, TrainerSession, col(SecondFactorDemand.binds_on))
        .join(TrainerSession, col(TrainerSession.trainer_id) == col(Trainer.id))
        .join(SecondFactorDemand, col(SecondFactorDemand.role) == col(Trainer.role), isouter=True)
        .where(TrainerSession.token_hash == token_hash(token), ~_over(), col(Trainer.disabled_at).is_(None))
    ).one_or_none()


def note_seen(engine: Engine, found: TrainerSession) -> None:
    """Writes down the day, once a day. No one waits or is refused for it: the next request writes it too."""
    today = now().date()
    if found.last_seen_on >= today:
        return
    with suppress(OperationalError), Session(write_engine(engine)) as db:
        db.exec(update(TrainerSession).where(col(TrainerSession.id) == found.id).values(last_seen_on=today))
        db.commit()


def note_second_factor(engine: Engine, session_id: int) -> None:
    """Writes down that the holder of this sign-in has shown a second factor."""
    with Session(write_engine(engine)) as db:
        db.exec(update(TrainerSession).where(col(TrainerSession.id) == session_id).values(second_factor=True))
        db.commit()


def sign_ins(db: Session, trainer: Trainer, here: int | None) -> tuple[SignIn, ...]:
    """Where this person is signed in, the newest first; `here` is the sign-in that asks."""
    rows = db.exec(
        select(TrainerSession)
        .where(TrainerSession.trainer_id == trainer.id, ~_over())
        .order_by(col(TrainerSession.id).desc())
    )
    return tuple(
        SignIn(cast(int, row.id), row.device, row.created_at.date(), row.last_seen_on, row.id == here, row.provider)
        for row in rows
    )


def end(engine: Engine, trainer: Trainer, session_id: int) -> None:
    """Ends one of this person's own sign-ins; one that is over already is no error."""
    with Session(write_engine(engine)) as db:
        ended = db.exec(
            delete(TrainerSession).where(
                col(TrainerSession.id) == session_id, col(TrainerSession.trainer_id) == trainer.id
            )
        )
        if ended.rowcount:
            record(db, trainer, "end_sign_in")
        db.commit()


def end_token(engine: Engine, token: str) -> str | None:
    """Ends the sign-in with this token, if there is one; gives the institution that it came through."""
    with Session(write_engine(engine)) as db:
        provider = None
        if found := find(db, token):
            provider = found[1].provider
            record(db, found[0], "sign_out")
        db.exec(delete(TrainerSession).where(col(TrainerSession.token_hash) == token_hash(token)))
        db.commit()
        return provider


def end_of_institution(
    engine: Engine,
    provider: str,
    name: str,
    trainer_id: int | None,
    provider_session: str | None,
    token: str,
    until: datetime,
) -> int:
    """Ends the sign-ins that came through an institution, as it asks: that of one session there, else all of a person.

    `token` counts once. Gives how many there were.
    """
    with Session(write_engine(engine)) as db:
        if not spend(db, token, until):
            return 0
        of_it = [TrainerSession.provider == provider]
        if provider_session is not None:
            of_it.append(TrainerSession.provider_session == provider_session)
        if trainer_id is not None:
            of_it.append(TrainerSession.trainer_id == trainer_id)
        rows = db.exec(select(TrainerSession, Trainer).join(Trainer).where(*of_it)).all()
        for row, trainer in rows:
            record(db, trainer, "sign_out", name)
            db.delete(row)
        db.commit()
        return len(rows)


def end_all(db: Session, trainer_id: int, but: int | None = None) -> None:
    """Ends every sign-in of someone except `but`, in a session that the caller commits."""
    ended = delete(TrainerSession).where(col(TrainerSession.trainer_id) == trainer_id)
    db.exec(ended if but is None else ended.where(col(TrainerSession.id) != but))


def delete_over(db: Session) -> None:
    """Deletes the sign-ins and spent tokens that have run out, in a session that the caller commits."""
    db.exec(delete(TrainerSession).where(_over()))
    db.exec(delete(SpentToken).where(col(SpentToken.ends_at) <= now()))


def spend(db: Session, token: str, ends_at: datetime) -> bool:
    """Whether this is the first time that the token is used, in a session that the caller commits."""
    if db.get(SpentToken, token_hash(token)) is not None:
        return False
    db.add(SpentToken(token_hash=token_hash(token), ends_at=ends_at))
    try:
        db.flush()
    except IntegrityError:  # the same twice at one moment
        db.rollback()
        return False
    return True


def _over() -> ColumnElement[bool]:
    moment = now()
    return or_(col(TrainerSession.ends_at) <= moment, col(TrainerSession.last_seen_on) < (moment - UNUSED).date())
