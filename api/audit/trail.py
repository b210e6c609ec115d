"""Writes and reads the activity log, and deletes its old entries."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, cast

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api.audit.actions import NAME, AuditAction, Outcome
from api.audit.models import AuditLine
from api.persistence.engine import now, table, write_engine

COMMAND_LINE: Final = "Command line"
NOBODY: Final = "Unknown user"
PAGE: Final = 50
# Saves of one person to one draft are one line for this long: the editor saves every few seconds.
ONCE: Final = timedelta(hours=1)
REFUSALS: Final = timedelta(minutes=1)

_audit = table(AuditLine)
_LONGEST_ABOUT: Final = 160


class Actor(Protocol):
    """The one who did something: a trainer's number and name."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line as admins read it."""

    id: int
    at: datetime
    name: str
    deed: str
    about: str
    refused: bool
    count: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; nothing given means all. `before` is a line's number: only older ones."""

    who: str = ""
    deed: str = ""
    before: int | None = None


def record(
    where: Session | Connection, who: Actor | None, deed: AuditAction, about: str = "", outcome: Outcome = "done"
) -> None:
    """Adds a line in the caller's transaction; without someone it was the command line."""
    _add(where, who.id if who else None, who.name if who else COMMAND_LINE, deed, about, outcome)


def record_once(where: Session, who: Actor, deed: AuditAction, about: str) -> None:
    """As `record`, unless the same stands there from the last hour."""
    same = (_audit.c.trainer_id == who.id, _audit.c.deed == deed, _audit.c.about == about)
    query = select(_audit.c.id).where(_audit.c.at > now() - ONCE, *same).limit(1)
    if where.connection().execute(query).first() is None:
        record(where, who, deed, about)


def record_refused(engine: Engine, who: Actor | None, deed: AuditAction, about: str = "") -> None:
    """Adds a line in a transaction of its own. A database that takes none now keeps no one from their answer.

    One person's refusals of a kind are one line a minute, with a count and what the first of them was about: anyone who
    tries without end fills neither the disk nor the trail.
    """
    trainer_id, name = (who.id, who.name) if who else (None, NOBODY)
    of_one = _audit.c.trainer_id == trainer_id if who else _audit.c.trainer_id.is_(None)
    same = (of_one, _audit.c.name == name, _audit.c.deed == deed, _audit.c.outcome == "refused")
    newest = select(func.max(_audit.c.id)).where(_audit.c.at > now() - REFUSALS, *same).scalar_subquery()
    with suppress(DBAPIError), write_engine(engine).begin() as connection:
        again = update(_audit).where(_audit.c.id == newest).values(count=_audit.c.count + 1)
        if not connection.execute(again).rowcount:
            _add(connection, trainer_id, name, deed, about, "refused")


def record_export(engine: Engine, who: Actor, deed: AuditAction, about: str = "") -> None:
    """Adds a line, in a transaction of its own, for something that was taken out; it is not handed out without."""
    with write_engine(engine).begin() as connection:
        record(connection, who, deed, about)


def _add(
    where: Session | Connection, trainer_id: int | None, name: str, deed: AuditAction, about: str, outcome: Outcome
) -> None:
    connection = where.connection() if isinstance(where, Session) else where
    about = about.replace("\0", "")[:_LONGEST_ABOUT]
    row = {"at": now(), "trainer_id": trainer_id, "name": name, "deed": deed, "about": about, "outcome": outcome}
    connection.execute(insert(_audit), row)


def lines(engine: Engine, wanted: Filter, most: int | None = PAGE) -> list[AuditEntry]:
    """The newest lines first; `most` of them, or all."""
    query = _matching(wanted).order_by(_audit.c.id.desc())
    with engine.connect() as connection:
        rows = connection.execute(query if most is None else query.limit(most))
        return [
            AuditEntry(
                row.id,
                row.at,
                row.name,
                NAME.get(cast(AuditAction, row.deed), row.deed),
                row.about,
                row.outcome != "done",
                row._mapping["count"],
            )
            for row in rows
        ]


def names(engine: Engine) -> list[str]:
    """Everyone who appears in the activity log."""
    with engine.connect() as connection:
        return sorted(connection.execute(select(_audit.c.name).distinct()).scalars(), key=str.lower)


def purge(engine: Engine, days: int) -> int:
    """Deletes the lines that are older than so many days, and says how many."""
    with write_engine(engine).begin() as connection:
        return connection.execute(delete(_audit).where(_audit.c.at < now() - timedelta(days=days))).rowcount


def _matching(wanted: Filter) -> Select[tuple[AuditLine]]:
    query = select(*_audit.c)
    if wanted.who:
        query = query.where(_audit.c.name == wanted.who.replace("\0", ""))
    if wanted.deed in NAME:
        query = query.where(_audit.c.deed == wanted.deed)
    if wanted.before is not None:
        query = query.where(_audit.c.id < wanted.before)
    return query
