"""What stands on disk: rows, tallies, and how long a forced write takes."""

import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median

_RECOUNT = """
SELECT vignette_id, series, sum(system = 'threat'), sum(system = 'drive'), sum(system = 'soothing'),
       sum(system = 'unsure') FROM guess WHERE attempt = 1 GROUP BY 1, 2 ORDER BY 1, 2
"""
_TALLY = "SELECT vignette_id, series, threat, drive, soothing, unsure FROM tally ORDER BY 1, 2"


def rows(database: Path) -> int:
    """How many guesses are on disk."""
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM guess").fetchone()[0])


def tallies_agree(database: Path) -> bool:
    """Whether the running tallies equal a recount of first attempts."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(_RECOUNT).fetchall() == connection.execute(_TALLY).fetchall()


def fsync_seconds(folder: Path, times: int = 100) -> float:
    """The median time of writing 4 KB and forcing it to disk."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(times):
            started = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return median(taken)
