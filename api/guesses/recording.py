"""Writes a batch of guesses: rows and tallies in one transaction, in a fixed number of statements."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, tuple_
from sqlmodel import SQLModel

from api.db import insert_into
from api.guesses.models import Guess, Tally
from api.library.systems import ANSWERS

Counts = tuple[int, int, int, int]  # threat, drive, soothing, unsure
NO_COUNTS: Counts = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class NewGuess:
    """A checked guess on its way to disk."""

    learner: str
    vignette_id: int
    series: int
    version: int
    system: str
    confidence: str | None
    cues: list[tuple[int, int]] | None
    reason: str | None
    circles: dict[str, int] | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """A guess on disk: which attempt it is, and how everybody's first attempts now stand."""

    attempt: int
    counts: Counts


def table(model: type[SQLModel]) -> Table:
    """The table of a model."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


_guess, _tally = table(Guess), table(Tally)


def write_guesses(connection: Connection, batch: Sequence[NewGuess]) -> list[Recorded]:
    """Inserts the batch and moves the tallies of first attempts; to be committed by the caller."""
    attempts = _earlier_attempts(connection, batch)
    rows: list[dict[str, Any]] = []
    steps: dict[tuple[int, int], Counter[str]] = {}
    for guess in batch:
        learner_key = (guess.learner, guess.vignette_id, guess.series)
        attempts[learner_key] = attempt = attempts.get(learner_key, 0) + 1
        rows.append({name: getattr(guess, name) for name in NewGuess.__slots__} | {"attempt": attempt})
        step = steps.setdefault((guess.vignette_id, guess.series), Counter())
        step[guess.system] += attempt == 1
    connection.execute(insert(_guess), rows)
    counts = _move_tallies(connection, steps)
    return [
        Recorded(row["attempt"], counts[guess.vignette_id, guess.series])
        for guess, row in zip(batch, rows, strict=True)
    ]


def _earlier_attempts(connection: Connection, batch: Sequence[NewGuess]) -> dict[tuple[str, int, int], int]:
    keys = {(guess.learner, guess.vignette_id, guess.series) for guess in batch}
    columns = (_guess.c.learner, _guess.c.vignette_id, _guess.c.series)
    found = connection.execute(
        select(*columns, func.max(_guess.c.attempt)).where(tuple_(*columns).in_(sorted(keys))).group_by(*columns)
    )
    return {(learner, vignette_id, series): attempt for learner, vignette_id, series, attempt in found}


def _move_tallies(connection: Connection, steps: dict[tuple[int, int], Counter[str]]) -> dict[tuple[int, int], Counts]:
    # In the order of their keys, so that two processes on one database cannot wait for each other.
    rows = [
        {"vignette_id": vignette_id, "series": series} | {answer: step[answer] for answer in ANSWERS}
        for (vignette_id, series), step in sorted(steps.items())
    ]
    added = insert_into(_tally, connection)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["vignette_id", "series"],
            set_={answer: _tally.c[answer] + added.excluded[answer] for answer in ANSWERS},
        ),
        rows,
    )
    return read_tallies(connection, list(steps))


def read_tallies(connection: Connection, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Counts]:
    """The counts of each (vignette id, series) that has any."""
    columns = (_tally.c.vignette_id, _tally.c.series)
    found = connection.execute(select(_tally).where(tuple_(*columns).in_(keys)))
    return {(row.vignette_id, row.series): (row.threat, row.drive, row.soothing, row.unsure) for row in found}
