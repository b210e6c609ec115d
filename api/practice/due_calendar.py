"""A calendar of the topics that are due, at an address that only the learner knows. It sends nothing to anyone."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import Engine, delete, insert, select

from api.persistence.engine import now, table, write_engine
from api.practice.models import CalendarAddress
from api.practice.progress import SkillDue

AHEAD = 60  # days that the calendar looks ahead
_address = table(CalendarAddress)


def make_address(engine: Engine, learner: str) -> str:
    """A new secret part of an address, 43 characters; one from before leads nowhere from now on."""
    secret = secrets.token_urlsafe(32)
    with write_engine(engine).begin() as connection:
        connection.execute(delete(_address).where(_address.c.learner == learner))
        connection.execute(insert(_address).values(digest=_digest(secret), learner=learner, created_at=now()))
    return secret


def withdraw_address(engine: Engine, learner: str) -> None:
    """The learner's address leads nowhere any more."""
    with write_engine(engine).begin() as connection:
        connection.execute(delete(_address).where(_address.c.learner == learner))


def has_address(engine: Engine, learner: str) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(_address.c.digest).where(_address.c.learner == learner)).first() is not None


def learner_at(engine: Engine, secret: str) -> str | None:
    """Whose calendar stands at the address; None for one that was withdrawn or never was."""
    with engine.connect() as connection:
        return connection.execute(select(_address.c.learner).where(_address.c.digest == _digest(secret))).scalar()


def due_by_day(skills: Sequence[SkillDue], today: date) -> Mapping[date, tuple[str, ...]]:
    """The names of the topics that are due on each day, from today to AHEAD days on; what is overdue is due today."""
    days: dict[date, tuple[str, ...]] = {}
    for row in skills:
        if row.due is not None:
            day = max(today, datetime.fromtimestamp(row.due, UTC).date())
            if day <= today + timedelta(days=AHEAD):
                days[day] = (*days.get(day, ()), row.name)
    return dict(sorted(days.items()))


def to_calendar(days: Mapping[date, Sequence[str]], base: str, stamp: datetime) -> bytes:
    """All-day events as iCalendar (RFC 5545), one for each day with something due. `base` is the product's address.

    The same day keeps its identity, so that a calendar which asks again changes the event and adds none.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Three Circles//Topics that are due//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Three Circles: topics due")
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for day, topics in days.items():
        event = Event()
        event.add("uid", f"due-{day.isoformat()}@three-circles")
        event.add("dtstamp", stamp)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", f"Three Circles: {len(topics)} {'topic is' if len(topics) == 1 else 'topics are'} due")
        event.add("description", "\n".join([*topics, f"{base}/practice"]))
        event.add("url", f"{base}/practice")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
