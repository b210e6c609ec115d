"""Millions of guesses written straight to a database file, with the tallies that the product would have kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

LEARNER = "learner-0000000000"  # one who has answered every vignette

# Learners answer every vignette in turn. Their ids rise, so that the index is written from front to back.
_GUESSES = """
WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :guesses),
     place(p, vignette_id, series, version) AS
       (SELECT row_number() OVER (ORDER BY id) - 1, id, series, version FROM vignette)
INSERT INTO guess (learner, vignette_id, series, version, attempt, system, confidence, created_at)
SELECT printf('learner-%010d', n / :places), vignette_id, series, version, 1,
       CASE (n * 7919) % 10 WHEN 0 THEN 'unsure' WHEN 1 THEN 'soothing' WHEN 2 THEN 'soothing'
         WHEN 3 THEN 'threat' WHEN 4 THEN 'threat' WHEN 5 THEN 'threat' ELSE 'drive' END,
       'leaning', '2026-11-01 10:00:00.000000'
FROM number JOIN place ON p = n % :places
"""
_TALLIES = """
INSERT INTO tally (vignette_id, series, threat, drive, soothing, unsure)
SELECT vignette_id, series, sum(system = 'threat'), sum(system = 'drive'), sum(system = 'soothing'),
       sum(system = 'unsure') FROM guess WHERE attempt = 1 GROUP BY 1, 2
"""


def fill(database: Path, guesses: int) -> None:
    """Adds so many guesses, in one transaction that need not survive a crash."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        (places,) = connection.execute("SELECT count(*) FROM vignette").fetchone()
        with connection:
            connection.execute(_GUESSES, {"guesses": guesses, "places": places})
            connection.execute(_TALLIES)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
