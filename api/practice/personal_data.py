"""What is held about a learner: all of it given out, all of it deleted, or carried on with on another device."""

import hashlib
import secrets
from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlmodel import SQLModel

from api.classes.models import ClassMember, LearnerClass
from api.guesses.models import Guess, Tally
from api.kit.join_codes import ALPHABET, normalise
from api.kit.spreadsheet import csv_text
from api.persistence.engine import now, table, write_engine
from api.practice.models import CalendarAddress, DeviceCode, PracticeState, Sitting
from api.vignettes.models import Vignette

CODE_LENGTH = 10  # 20 to the power of 10: it opens someone's answers, and no one has to read it out
CODE_MINUTES = 10

_guess, _vignette, _tally = table(Guess), table(Vignette), table(Tally)
_sitting, _state, _code = table(Sitting), table(PracticeState), table(DeviceCode)
_member, _class = table(ClassMember), table(LearnerClass)
_GUESS_COLUMNS = ("series", "version", "attempt", "system", "confidence", "cues", "reason", "circles", "created_at")


def export(engine: Engine, learner: str) -> dict[str, Any]:
    """Every row about the learner: guesses oldest first, sittings, the class, and what was worked out."""
    with engine.connect() as connection:
        guesses = connection.execute(
            select(_vignette.c.slug.label("vignette"), *(_guess.c[name] for name in _GUESS_COLUMNS))
            .join(_vignette, _vignette.c.id == _guess.c.vignette_id)
            .where(_guess.c.learner == learner)
            .order_by(_guess.c.id)
        ).mappings()
        columns = ("kind", "skill", "planned", "done", "started_at", "ended_at")
        sittings = connection.execute(
            select(*(_sitting.c[name] for name in columns)).where(_sitting.c.learner == learner).order_by(_sitting.c.id)
        ).mappings()
        own_class = (
            connection.execute(
                select(_class.c.code, _class.c.name, _member.c.joined_at)
                .join(_member, _member.c.class_id == _class.c.id)
                .where(_member.c.learner == learner)
            )
            .mappings()
            .one_or_none()
        )
        state = connection.execute(select(_state.c.state).where(_state.c.learner == learner)).scalar()
        return {
            "learner": learner,
            "guesses": [dict(row) for row in guesses],
            "sittings": [dict(row) for row in sittings],
            "own_class": dict(own_class) if own_class else None,
            "worked_out": state,
        }


def answered(engine: Engine, learner: str) -> tuple[int, date | None]:
    """How many answers are kept about the learner, and the day of the newest."""
    with engine.connect() as connection:
        count, newest = connection.execute(
            select(func.count(), func.max(_guess.c.created_at)).where(_guess.c.learner == learner)
        ).one()
    return count, newest.date() if newest else None


def export_csv(engine: Engine, learner: str) -> str:
    """The guesses as a table, in the order in which they were given; no cell begins a formula."""
    columns = ("vignette", "attempt", "system", "confidence", "reason")
    rows = [
        (*(row[name] for name in columns), row["created_at"].isoformat()) for row in export(engine, learner)["guesses"]
    ]
    return csv_text([(*columns, "created_at"), *rows])


def delete_learner(engine: Engine, learner: str) -> None:
    """Deletes every row about the learner; the class's counts go down by their first answers.

    What is left is how hard the vignettes have proved, and the totals of a class, which hold answers by their number
    alone: both are about no one.
    """
    with write_engine(engine).begin() as connection:
        # Counted by what this transaction deleted: of equal deletions at once only one finds the rows.
        # Locked in the order of the stories, as by a class whose totals take the answers in.
        mine = select(_guess.c.id).where(_guess.c.learner == learner)
        deleted = connection.execute(
            delete(_guess)
            .where(_guess.c.id.in_(mine.order_by(_guess.c.vignette_id, _guess.c.series).with_for_update()))
            .returning(_guess.c.vignette_id, _guess.c.series, _guess.c.system, _guess.c.attempt)
        )
        first = [(row.vignette_id, row.series, row.system) for row in deleted if row.attempt == 1]
        # In the order of their keys, so that two processes on one database cannot wait for each other.
        for (vignette_id, series, system), count in sorted(Counter(first).items()):
            column = _tally.c[system]
            connection.execute(
                update(_tally)
                .where(_tally.c.vignette_id == vignette_id, _tally.c.series == series)
                .values({column: column - count})
            )
        for model in (ClassMember, PracticeState, Sitting, DeviceCode, CalendarAddress):
            connection.execute(delete(_of(model)).where(_of(model).c.learner == learner))


def make_code(engine: Engine, learner: str) -> str:
    """A code with which the learner carries on elsewhere, once and within ten minutes. An earlier one is void."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    with write_engine(engine).begin() as connection:
        connection.execute(delete(_code).where((_code.c.learner == learner) | (_code.c.expires_at < now())))
        connection.execute(
            insert(_code).values(
                digest=_digest(code), learner=learner, expires_at=now() + timedelta(minutes=CODE_MINUTES)
            )
        )
    return code


def use_code(engine: Engine, typed: str) -> str | None:
    """The learner of a code that is still good; it is used up by that."""
    with write_engine(engine).begin() as connection:
        used = connection.execute(
            delete(_code)
            .where(_code.c.digest == _digest(normalise(typed)), _code.c.expires_at >= now())
            .returning(_code.c.learner)
        )
        return used.scalar_one_or_none()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _of(model: type[SQLModel]) -> Any:
    return table(model)
