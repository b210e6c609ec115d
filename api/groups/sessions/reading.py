"""What the database holds of a session, read in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from api.groups.sessions.agenda import Agenda, make_agenda
from api.groups.sessions.models import BoardLine, CheckInAnswer, CheckInTally, GuidedPlan, GuidedSession, Visit
from api.groups.state import GroupState
from api.persistence.engine import table
from api.session_plans.plan import Plan

MOST_KEPT = 256  # plans of groups, about 100 kB each

_shared, _session, _visit, _line = table(GuidedPlan), table(GuidedSession), table(Visit), table(BoardLine)
_answer, _tally = table(CheckInAnswer), table(CheckInTally)

Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A step that was entered, in the order of the session."""

    number: int
    step: int
    entered_at: datetime
    round: int | None
    skipped: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board, or one rule."""

    id: int
    step: int
    heading: int
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session's own row: its steps, and the check-ins that were shown, each with the people in the room then."""

    agenda: Agenda
    added: tuple[Mapping[str, object], ...]
    shown: Mapping[int, int | None]


class Plans:
    """Plans of running sessions. They never change, so each is read and checked once by a process."""

    def __init__(self) -> None:
        self._kept: dict[str, Plan] = {}

    def read(self, connection: Connection, state: GroupState) -> Session:
        """The session of a group that has one; one query, and a second the first time."""
        row = connection.execute(
            select(_session.c.length, _session.c.added, _session.c.shown, _session.c.people).where(
                _session.c.group_id == state.id
            )
        ).one()
        agenda = make_agenda(self._plan(connection, state), row.length, row.added)
        people = row.people or {}
        return Session(agenda, tuple(row.added), {step: people.get(str(step)) for step in row.shown})

    def _plan(self, connection: Connection, state: GroupState) -> Plan:
        if (plan := self._kept.get(state.uid)) is None:
            row = connection.execute(
                select(_session.c.document, _shared.c.document.label("shared"))
                .outerjoin(_shared, _shared.c.digest == _session.c.digest)
                .where(_session.c.group_id == state.id)
            ).one()
            plan = Plan.model_validate(row.shared or row.document)
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[state.uid] = plan
        return plan


def read_visits(connection: Connection, group_id: int) -> tuple[VisitRow, ...]:
    found = connection.execute(select(_visit).where(_visit.c.group_id == group_id).order_by(_visit.c.number))
    return tuple(VisitRow(row.number, row.step, row.entered_at, row.round, row.skipped) for row in found)


def read_lines(connection: Connection, group_id: int, step: int | None = None) -> tuple[Line, ...]:
    """The lines of one step, or of all, in the order of each step's headings."""
    wanted = select(_line.c.id, _line.c.step, _line.c.heading, _line.c.text).where(_line.c.group_id == group_id)
    if step is not None:
        wanted = wanted.where(_line.c.step == step)
    ordered = wanted.order_by(_line.c.step, _line.c.heading, _line.c.position, _line.c.id)
    return tuple(Line(*row) for row in connection.execute(ordered))


def columns(lines: Sequence[Line], headings: int) -> tuple[tuple[Line, ...], ...]:
    """The lines under each heading."""
    return tuple(tuple(line for line in lines if line.heading == place) for place in range(headings))


def read_answers(connection: Connection, group_id: int, step: int, member: str) -> dict[int, str]:
    """A member's own answers, by question."""
    found = connection.execute(
        select(_answer.c.question, _answer.c.answer).where(
            _answer.c.group_id == group_id, _answer.c.step == step, _answer.c.member == member
        )
    )
    return {row.question: row.answer for row in found}


def read_tallies(connection: Connection, group_id: int, step: int) -> dict[int, Counts]:
    """For each question how many tried, not yet, passed."""
    found = connection.execute(select(_tally).where(_tally.c.group_id == group_id, _tally.c.step == step))
    return {row.question: (row.tried, row.not_yet, row.passed) for row in found}
