"""What the facilitator writes for everyone: lines under the headings of a board, and the rules that were agreed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from api.groups.service import lock_group
from api.groups.sessions.models import BoardLine, Visit
from api.groups.sessions.placing import changed, keep_place, place_of
from api.groups.sessions.reading import Plans
from api.groups.state import GroupState
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.plain_text import is_plain, one_line
from api.persistence.engine import table, write_engine
from api.session_plans.steps import BoardStep

LONGEST_LINE = 200
MOST_LINES = 60  # of a step

_line, _visit = table(BoardLine), table(Visit)


def clean_line(text: str) -> str:
    """The text as it is kept: one line. Raises Unprocessable for what is empty, too long or cannot be printed."""
    text = one_line(text)
    if not text:
        raise Unprocessable("Write a few words first.", [{"pointer": "/text", "detail": "a few words"}])
    if len(text) > LONGEST_LINE or not is_plain(text):
        raise Unprocessable(
            f"Use at most {LONGEST_LINE} characters of plain text for a line.",
            [{"pointer": "/text", "detail": "plain text"}],
        )
    return text


def seed_rules(connection: Connection, group_id: int, step: int, rules: Sequence[str]) -> None:
    """Puts the plan's rules where they can be changed, the first time that the step is entered."""
    before = select(_visit.c.number).where(_visit.c.group_id == group_id, _visit.c.step == step).limit(1)
    if connection.execute(before).first() is None:
        connection.execute(
            insert(_line),
            [
                {"group_id": group_id, "step": step, "heading": 0, "position": place, "text": text}
                for place, text in enumerate(rules, start=1)
            ],
        )


def add_line(engine: Engine, plans: Plans, code: str, uid: str, heading: int, text: str) -> None:
    """Writes a line at the end of a heading of the present step. Raises Conflict at a step that has no lines."""
    text = clean_line(text)
    with write_engine(engine).begin() as connection:
        state = lock_group(connection, code, uid)
        place = place_of(state)
        if place.kind not in ("board", "rules"):
            raise Conflict("The session has moved to a step without a board.")
        item = plans.read(connection, state).agenda.at(place.step)
        headings = len(item.step.headings) if item and isinstance(item.step, BoardStep) else 1
        if heading not in range(headings):
            raise NotFound("This heading is not on the board.")
        here = (_line.c.group_id == state.id) & (_line.c.step == place.step)
        count, last = connection.execute(select(func.count(), func.max(_line.c.position)).where(here)).one()
        if count >= MOST_LINES:
            raise Conflict("The board is full. Delete a line to make room.")
        row = {"group_id": state.id, "step": place.step, "heading": heading, "position": (last or 0) + 1, "text": text}
        connection.execute(insert(_line), row)
        changed(connection, state, place)


def change_line(engine: Engine, code: str, uid: str, line: int, text: str | None) -> None:
    """Writes a line anew, or takes it away where there is no text. Raises NotFound."""
    text = clean_line(text) if text is not None else None
    with write_engine(engine).begin() as connection:
        state, mine = _own(connection, code, uid, line)
        if text is None:
            connection.execute(delete(_line).where(_line.c.id == mine.id))
        else:
            connection.execute(update(_line).where(_line.c.id == mine.id).values(text=text))
        _tell(connection, state, mine)


def move_line(engine: Engine, code: str, uid: str, line: int, *, up: bool) -> None:
    """Moves a line by one place under its heading; at the edge it stays. Raises NotFound."""
    with write_engine(engine).begin() as connection:
        state, mine = _own(connection, code, uid, line)
        beside = (
            select(_line.c.id, _line.c.position)
            .where(
                _line.c.group_id == state.id,
                _line.c.step == mine.step,
                _line.c.heading == mine.heading,
                _line.c.position < mine.position if up else _line.c.position > mine.position,
            )
            .order_by(_line.c.position.desc() if up else _line.c.position)
            .limit(1)
        )
        other = connection.execute(beside).first()
        if other is not None:
            connection.execute(update(_line).where(_line.c.id == mine.id).values(position=other.position))
            connection.execute(update(_line).where(_line.c.id == other.id).values(position=mine.position))
            _tell(connection, state, mine)


def _own(connection: Connection, code: str, uid: str, line: int) -> tuple[GroupState, Row[Any]]:
    """The group, and the line's row; only its own lines are a group's to change. Raises NotFound."""
    state = lock_group(connection, code, uid)
    mine = select(_line).where(_line.c.id == line, _line.c.group_id == state.id)
    row = connection.execute(mine).first()
    if row is None:
        raise NotFound("This line is no longer on the board.")
    return state, row


def _tell(connection: Connection, state: GroupState, line: Row[Any]) -> None:
    """Lets everyone look again: phones only when the line belongs to the step that they are at."""
    place = place_of(state)
    (changed if place.step == line.step else keep_place)(connection, state, place)
