"""Answers of members to a check-in: one for each member and question, and totals that are shown once."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, Engine, delete, func, select, update

from api.groups.service import has_left, joined_at, lock_group
from api.groups.sessions.models import CheckInAnswer, CheckInTally, GuidedSession, Visit
from api.groups.sessions.placing import changed, keep_place, place_of
from api.groups.state import GroupState
from api.groups.voting import HAS_LEFT
from api.kit.errors import Conflict, Unprocessable
from api.persistence.engine import insert_into, table, write_engine
from api.session_plans.faces import CHECK_IN_VALUES

MOST_QUESTIONS = 4  # of a check-in, as plans have it
COLUMN: Mapping[str, str] = {value: "passed" if value == "pass" else value for value in CHECK_IN_VALUES}

CAME_LATE = "You joined after this question opened, so you can answer the next one. For now, you can read along."

_answer, _tally, _session = table(CheckInAnswer), table(CheckInTally), table(GuidedSession)
_visit = table(Visit)


def give_answers(engine: Engine, code: str, uid: str, member: str, answers: Mapping[int, str]) -> None:
    """Keeps a member's answers by question, and moves the totals. Raises Conflict while none are taken."""
    unknown = [value for value in answers.values() if value not in CHECK_IN_VALUES]
    if unknown or not answers or any(question not in range(MOST_QUESTIONS) for question in answers):
        raise Unprocessable("Choose an answer, or pass.", [{"pointer": "/answers", "detail": "tried, not_yet or pass"}])
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        place = place_of(state)
        if place.kind != "check_in" or place.closed:
            raise Conflict(
                "This question is closed. Its totals have been shown, or the session has moved to another step."
            )
        if has_left(connection, state.id, member):
            raise Conflict(HAS_LEFT)
        if came_late(connection, state.id, place.step, member):
            raise Conflict(CAME_LATE)
        for question, value in sorted(answers.items()):
            _keep(connection, state, place.step, question, member, value)
        keep_place(connection, state, place)


def came_late(connection: Connection, group_id: int, step: int, member: str) -> bool:
    """Whether a member joined when the step had been opened already.

    A check-in is about people themselves: if phones could join while it is open, made-up members could lift every
    count above the smallest that may be shown.
    """
    first = select(func.min(_visit.c.number)).where(_visit.c.group_id == group_id, _visit.c.step == step)
    opened = connection.execute(first).scalar_one()
    return opened is not None and joined_at(member) >= opened


def forget(connection: Connection, group_id: int, member: str) -> None:
    """Deletes a leaving member's answers that were not shown, and lowers the totals by what was deleted."""
    shown = connection.execute(select(_session.c.shown).where(_session.c.group_id == group_id)).scalar_one_or_none()
    gone = connection.execute(
        delete(_answer)
        .where(_answer.c.group_id == group_id, _answer.c.member == member, _answer.c.step.not_in(shown or []))
        .returning(_answer.c.step, _answer.c.question, _answer.c.answer)
    ).all()
    for step, question, value in gone:
        here = (_tally.c.group_id == group_id, _tally.c.step == step, _tally.c.question == question)
        column = COLUMN[value]
        connection.execute(update(_tally).where(*here).values({column: _tally.c[column] - 1}))


def _keep(connection: Connection, state: GroupState, step: int, question: int, member: str, value: str) -> None:
    key = {"group_id": state.id, "step": step, "question": question}
    own = (
        (_answer.c.group_id == state.id)
        & (_answer.c.step == step)
        & (_answer.c.question == question)
        & (_answer.c.member == member)
    )
    before = connection.execute(select(_answer.c.answer).where(own)).scalar_one_or_none()
    if before == value:
        return
    kept = insert_into(_answer, connection)
    kept = kept.on_conflict_do_update(index_elements=[*key, "member"], set_={"answer": kept.excluded.answer})
    connection.execute(kept, key | {"member": member, "answer": value})
    step_of = dict.fromkeys(COLUMN.values(), 0)
    step_of[COLUMN[value]] += 1
    if before is not None:
        step_of[COLUMN[before]] -= 1
    moved = insert_into(_tally, connection)
    moved = moved.on_conflict_do_update(
        index_elements=list(key), set_={name: _tally.c[name] + moved.excluded[name] for name in step_of}
    )
    connection.execute(moved, key | step_of)


def show_totals(engine: Engine, code: str, uid: str) -> None:
    """Shows the totals, and takes no further answers: anyone who answered later could be found by difference.

    How many people are in the room is kept with them: saying a larger number later must show nothing more.
    """
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        place = place_of(state)
        if place.kind != "check_in":
            raise Conflict("The session has moved to another step.")
        if place.closed:
            return
        here = _session.c.group_id == state.id
        row = connection.execute(select(_session.c.shown, _session.c.people).where(here)).one()
        people = (row.people or {}) | {str(place.step): state.people}
        connection.execute(update(_session).where(here).values(shown=[*row.shown, place.step], people=people))
        changed(connection, state, replace(place, closed=True))


def people_who_answered(connection: Connection, group_id: int, step: int) -> int:
    """How many members have answered any question of the step."""
    here = (_answer.c.group_id == group_id, _answer.c.step == step)
    counted: int = connection.execute(select(func.count(func.distinct(_answer.c.member))).where(*here)).scalar_one()
    return counted
