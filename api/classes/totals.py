"""What a class first answered. Totals grow by at least SMALL_GROUP answers at a time, and never shrink.

So any two totals that someone can put side by side differ by a small group's answers or by none: neither anyone who
joins or leaves, nor anyone who answers last, can be found by difference. A small group is counted among those who have
been in the class for a while, or among those who have just joined: made-up learners who join in a moment fill no step
of someone who was there before.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, exists, func, insert, or_, select

from api.classes.models import ClassAnswer, ClassMember, ClassTally, LearnerClass
from api.classes.service import ClassInfo
from api.guesses.models import Guess
from api.guesses.recording import NO_COUNTS, Counts
from api.kit.systems import ANSWERS
from api.persistence.engine import insert_into, now, table, write_engine

Key = tuple[int, int]  # vignette id and series

A_WHILE: Final = timedelta(minutes=10)  # in the class, before someone's answer may go along with a newcomer's
AT_ONCE = 8  # vignettes in one transaction: all of a large class's would keep guesses waiting for the lock

_class, _member, _answer, _tally = table(LearnerClass), table(ClassMember), table(ClassAnswer), table(ClassTally)
_guess = table(Guess)


def class_counts(engine: Engine, found: ClassInfo, key: Key, smallest: int) -> Counts:
    """How the class first answered one vignette, after taking in what is due."""
    with engine.connect() as connection:
        due = connection.execute(_waiting(found, _is_due(smallest)).where(*_is(key))).scalar_one()
    if due:
        _take_in(engine, found, [key], smallest)
    with engine.connect() as connection:
        row = connection.execute(_tallies(found).where(_tally.c.vignette_id == key[0], _tally.c.series == key[1]))
        told = row.one_or_none()
    return NO_COUNTS if told is None else (told.threat, told.drive, told.soothing, told.unsure)


def all_counts(engine: Engine, found: ClassInfo, smallest: int) -> dict[Key, Counts]:
    """How the class first answered each vignette that has a total, after taking in what is due."""
    keys = (_guess.c.vignette_id, _guess.c.series)
    with engine.connect() as connection:
        due = connection.execute(_waiting(found, *keys).group_by(*keys).having(_is_due(smallest))).all()
    if due:
        _take_in(engine, found, sorted((row[0], row[1]) for row in due), smallest)
    with engine.connect() as connection:
        return {
            (row.vignette_id, row.series): (row.threat, row.drive, row.soothing, row.unsure)
            for row in connection.execute(_tallies(found))
        }


def _take_in(engine: Engine, found: ClassInfo, keys: list[Key], smallest: int) -> None:
    """Moves each total by all that waits for it, where that is still enough once no one else can."""
    for start in range(0, len(keys), AT_ONCE):
        with write_engine(engine).begin() as connection:
            connection.execute(select(_class.c.id).where(_class.c.id == found.id).with_for_update())
            for key in keys[start : start + AT_ONCE]:
                _take_in_one(connection, found, key, smallest)


def _take_in_one(connection: Connection, found: ClassInfo, key: Key, smallest: int) -> None:
    rows = _enough_of_each(
        connection.execute(
            _waiting(found, _guess.c.id, _guess.c.system, _is_new().label("is_new"))
            .where(*_is(key))
            .with_for_update(of=_guess)
        ).all(),
        smallest,
    )
    if not rows:
        return
    connection.execute(insert(_answer), [{"guess_id": row[0], "class_id": found.id} for row in rows])
    counts = {answer: sum(row[1] == answer for row in rows) for answer in ANSWERS}
    connection.execute(
        insert_into(_tally, connection)
        .values(class_id=found.id, vignette_id=key[0], series=key[1], **counts)
        .on_conflict_do_update(
            index_elements=["class_id", "vignette_id", "series"],
            set_={answer: _tally.c[answer] + count for answer, count in counts.items()},
        )
    )


def _waiting(found: ClassInfo, *columns: Any) -> Select[Any]:
    """The first answers of those now in the class, given before it closed, that no total of it holds."""
    held = exists().where(_answer.c.guess_id == _guess.c.id, _answer.c.class_id == found.id)
    return (
        select(*columns)
        .select_from(_member.join(_guess, _guess.c.learner == _member.c.learner))
        .where(
            _member.c.class_id == found.id,
            _guess.c.attempt == 1,
            _guess.c.created_at < found.closes_at,
            ~held,
        )
    )


def _is_new() -> ColumnElement[bool]:
    """Whether a member has joined within A_WHILE."""
    return _member.c.joined_at > now() - A_WHILE


def _is_due(smallest: int) -> ColumnElement[bool]:
    """Whether enough answers wait, of those who have just joined or of the others."""
    new = func.coalesce(func.sum(case((_is_new(), 1), else_=0)), 0)
    return or_(new >= smallest, func.count() - new >= smallest)


def _enough_of_each(rows: Sequence[Any], smallest: int) -> list[Any]:
    """The answers of those who have just joined, if they are enough by themselves, and likewise those of the others."""
    sides = [[row for row in rows if bool(row.is_new) is new] for new in (False, True)]
    return [row for side in sides if len(side) >= smallest for row in side]


def _is(key: Key) -> tuple[ColumnElement[bool], ...]:
    return _guess.c.vignette_id == key[0], _guess.c.series == key[1]


def _tallies(found: ClassInfo) -> Select[Any]:
    return select(_tally).where(_tally.c.class_id == found.id)
