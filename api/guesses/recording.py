"""Writes a batch of guesses: rows and tallies in one transaction, in three statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from api.guesses.models import Tally
from api.kit.systems import ANSWERS
from api.persistence.bulk_sql import TIME_FORMAT, JsonBatch
from api.persistence.engine import table

Counts = tuple[int, int, int, int]  # threat, drive, soothing, unsure
NO_COUNTS: Counts = (0, 0, 0, 0)
_PLACE: dict[str, int] = {answer: place for place, answer in enumerate(ANSWERS)}

# The batch leads and the index of guesses follows: CROSS JOIN keeps SQLite from turning that round.
_EARLIER = JsonBatch(
    """
    SELECT guess.learner, guess.vignette_id, guess.series, max(guess.attempt)
    FROM {batch} AS batch CROSS JOIN guess
    WHERE guess.learner = batch.value ->> 0
      AND guess.vignette_id = CAST(batch.value ->> 1 AS INTEGER)
      AND guess.series = CAST(batch.value ->> 2 AS INTEGER)
    GROUP BY guess.learner, guess.vignette_id, guess.series
    """
)
_INSERT = JsonBatch(
    """
    INSERT INTO guess (learner, vignette_id, series, version, attempt, system, confidence, cues, reason, circles,
                       created_at)
    SELECT value ->> 0, CAST(value ->> 1 AS INTEGER), CAST(value ->> 2 AS INTEGER), CAST(value ->> 3 AS INTEGER),
           CAST(value ->> 4 AS INTEGER), value ->> 5, value ->> 6, {cues}, value ->> 8, {circles}, {created_at}
    FROM {batch} AS batch
    """,
    cues="json 7",
    circles="json 9",
    created_at="time 10",
)
_MOVE = JsonBatch(
    """
    INSERT INTO tally (vignette_id, series, threat, drive, soothing, unsure)
    SELECT CAST(value ->> 0 AS INTEGER), CAST(value ->> 1 AS INTEGER), CAST(value ->> 2 AS INTEGER),
           CAST(value ->> 3 AS INTEGER), CAST(value ->> 4 AS INTEGER), CAST(value ->> 5 AS INTEGER)
    FROM {batch} AS batch WHERE true
    ON CONFLICT (vignette_id, series) DO UPDATE SET
        threat = tally.threat + excluded.threat, drive = tally.drive + excluded.drive,
        soothing = tally.soothing + excluded.soothing, unsure = tally.unsure + excluded.unsure
    RETURNING vignette_id, series, threat, drive, soothing, unsure
    """
)


# Not frozen: to set each field of a frozen one costs three times as much, and a class answers at once.
@dataclass(slots=True)
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


@dataclass(slots=True)
class Recorded:
    """A guess on disk: which attempt it is, and how everyone's first attempts now stand."""

    attempt: int
    counts: Counts


def write_guesses(connection: Connection, batch: Sequence[NewGuess]) -> list[Recorded]:
    """Inserts the batch and moves the tallies of first attempts; to be committed by the caller."""
    keys = [(guess.learner, guess.vignette_id, guess.series) for guess in batch]
    attempts = {(row[0], row[1], row[2]): row[3] for row in _EARLIER.execute(connection, list(set(keys)))}
    taken: list[int] = []
    steps: dict[tuple[int, int], list[int]] = {}
    for guess, key in zip(batch, keys, strict=True):
        attempts[key] = attempt = attempts.get(key, 0) + 1
        taken.append(attempt)
        step = steps.setdefault((key[1], key[2]), [0] * len(ANSWERS))
        step[_PLACE[guess.system]] += attempt == 1
    _INSERT.execute(connection, [_row(guess, attempt) for guess, attempt in zip(batch, taken, strict=True)])
    # In the order of their keys, so that two processes on one database cannot wait for each other.
    moved = _MOVE.execute(connection, [(*key, *step) for key, step in sorted(steps.items())])
    counts = {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in moved}
    return [Recorded(attempt, counts[key[1], key[2]]) for attempt, key in zip(taken, keys, strict=True)]


def _row(guess: NewGuess, attempt: int) -> tuple[object, ...]:
    return (
        guess.learner,
        guess.vignette_id,
        guess.series,
        guess.version,
        attempt,
        guess.system,
        guess.confidence,
        guess.cues,
        guess.reason,
        guess.circles,
        guess.created_at.strftime(TIME_FORMAT),
    )


_tally = table(Tally)


def read_tallies(connection: Connection, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Counts]:
    """The counts of each (vignette id, series) that has any."""
    columns = (_tally.c.vignette_id, _tally.c.series)
    found = connection.execute(select(_tally).where(tuple_(*columns).in_(keys)))
    return {(row.vignette_id, row.series): (row.threat, row.drive, row.soothing, row.unsure) for row in found}
