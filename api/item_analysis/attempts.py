"""First attempts as the database holds them, each with how its learner did on all other vignettes.

Only the present series counts: what was answered before a change of meaning was answered to another vignette. How a
learner did is added up by the database; what reaches this process is bounded, however many guesses there are.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Engine, text

from api.stats.items import Attempt

NEWEST = 5_000  # of one vignette: more would hardly move a figure
NEWEST_OF_MANY = 1_000  # of each vignette, where the whole library is looked at
ROWS = 300_000  # for the whole library; with many vignettes fewer of each are taken
FEWEST = 60

_FITS = "CASE WHEN ' ' || v.acceptable || ' ' LIKE '% ' || g.system || ' %' THEN 1 ELSE 0 END"
_FIRST = "FROM guess g JOIN vignette v ON v.id = g.vignette_id AND v.series = g.series WHERE g.attempt = 1"

_ONE = f"""
WITH own AS (
  SELECT g.id, g.learner, g.system, g.confidence, g.version, {_FITS} AS fits,
         CASE WHEN g.version = v.version THEN CAST(g.cues AS TEXT) END AS cues, v.version AS newest
  {_FIRST} AND g.vignette_id = :vignette ORDER BY g.id DESC LIMIT :newest
), rest AS (
  SELECT g.learner, SUM({_FITS}) AS fits, COUNT(*) AS answered
  {_FIRST} AND g.vignette_id <> :vignette AND g.learner IN (SELECT learner FROM own) GROUP BY g.learner
)
SELECT own.system, own.confidence, own.fits, own.version < own.newest AS older, own.cues,
       COALESCE(rest.fits, 0) AS rest_fits, COALESCE(rest.answered, 0) AS rest_answered
FROM own LEFT JOIN rest ON rest.learner = own.learner
"""  # noqa: S608  # put together from constants

_ALL = f"""
WITH fitted AS (
  SELECT g.id, g.vignette_id, g.learner, g.system, g.confidence, g.version < v.version AS older, {_FITS} AS fits
  {_FIRST} AND v.status = 'published'
), learners AS (
  SELECT learner, SUM(fits) AS fits, COUNT(*) AS answered FROM fitted GROUP BY learner
), newest AS (
  SELECT fitted.*, ROW_NUMBER() OVER (PARTITION BY vignette_id ORDER BY id DESC) AS place FROM fitted
)
SELECT newest.vignette_id, newest.system, newest.confidence, newest.fits, newest.older,
       learners.fits - newest.fits AS rest_fits, learners.answered - 1 AS rest_answered
FROM newest JOIN learners ON learners.learner = newest.learner
WHERE newest.place <= :newest ORDER BY newest.vignette_id
"""  # noqa: S608  # put together from constants


@dataclass(frozen=True, slots=True)
class Attempts:
    """The newest first attempts at a vignette. `older` of them read an earlier version of it.

    `marked` holds the spans of anyone who marked words of the present version.
    """

    vignette_id: int
    attempts: list[Attempt]
    older: int
    marked: list[list[tuple[int, int]]]

    @property
    def mostly_older(self) -> bool:
        """Whether more people read an earlier text than the present one."""
        return 2 * self.older > len(self.attempts)


def read_one(engine: Engine, vignette_id: int) -> Attempts:
    """The attempts at one vignette, at most NEWEST; one query."""
    with engine.connect() as connection:
        rows = connection.execute(text(_ONE), {"vignette": vignette_id, "newest": NEWEST}).all()
    marked = [[(start, end) for start, end in json.loads(row.cues)] for row in rows if row.cues]
    return Attempts(
        vignette_id, [_attempt(row) for row in rows], sum(row.older for row in rows), [own for own in marked if own]
    )


def taken_of_each(vignettes: int) -> int:
    """How many attempts at each vignette the whole library's analysis takes."""
    return max(FEWEST, min(NEWEST_OF_MANY, ROWS // max(1, vignettes)))


def read_all(engine: Engine, newest: int) -> Iterator[Attempts]:
    """The newest attempts at every published vignette that has any, one vignette after the other; one query."""
    with engine.connect() as connection:
        found = connection.execution_options(yield_per=5_000).execute(text(_ALL), {"newest": newest})
        for vignette_id, rows in groupby(found, key=lambda row: int(row.vignette_id)):
            own = list(rows)
            yield Attempts(vignette_id, [_attempt(row) for row in own], sum(row.older for row in own), [])


def _attempt(row: Any) -> Attempt:
    return Attempt(0, bool(row.fits), row.system, row.confidence, int(row.rest_fits), int(row.rest_answered))
