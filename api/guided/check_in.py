"""Answers of members to a check-in: one for each member and question, and totals that are shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine, func, select, update

from api.db import insert_into, table, writing
from api.groups.service import locked
from api.groups.state import GroupState
from api.guided.models import CheckInAnswer, CheckInTally, GuidedSession
from api.guided.placing import changed, keep_place, place_of
from api.plans.faces import CHECK_IN_VALUES
from api.problems import Conflict, Unprocessable

MOST_QUESTIONS = 4  # of a check-in, as plans have it
COLUMN: Mapping[str, str] = {value: "passed" if value == "pass" else value for value in CHECK_IN_VALUES}

_answer, _tally, _session = table(CheckInAnswer), table(CheckInTally), table(GuidedSession)


def give_answers(engine: Engine, code: str, uid: str, member: str, answers: Mapping[int, str]) -> None:
    """Keeps a member's answers by question, and moves the totals. Raises Conflict while none are taken."""
    unknown = [value for value in answers.values() if value not in CHECK_IN_VALUES]
    if unknown or not answers or any(question not in range(MOST_QUESTIONS) for question in answers):
        raise Unprocessable("Choose an answer, or pass.", [{"pointer": "/answers", "detail": "tried, not_yet or pass"}])
    with writing(engine).begin() as connection:
        state = locked(connection, code, uid)
        place = place_of(state)
        if place.kind != "check_in" or place.closed:
            raise Conflict("The answers to this have been shown already, or the session is at another step.")
        for question, value in sorted(answers.items()):
            _keep(connection, state, place.step, question, member, value)
        keep_place(connection, state, place)


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
    """Shows the totals, and takes no further answers: whoever answered later could be found by difference."""
    with writing(engine).begin() as connection:
        state = locked(connection, code, uid)
        place = place_of(state)
        if place.kind != "check_in":
            raise Conflict("The session is at another step now.")
        if place.closed:
            return
        row = (_session.c.group_id == state.id,)
        shown: Sequence[int] = connection.execute(select(_session.c.shown).where(*row)).scalar_one()
        connection.execute(update(_session).where(*row).values(shown=[*shown, place.step]))
        changed(connection, state, replace(place, closed=True))


def people_who_answered(connection: Connection, group_id: int, step: int) -> int:
    """How many members have answered any question of the step."""
    here = (_answer.c.group_id == group_id, _answer.c.step == step)
    counted: int = connection.execute(select(func.count(func.distinct(_answer.c.member))).where(*here)).scalar_one()
    return counted
