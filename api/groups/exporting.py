"""A group's rounds as a file, with small numbers suppressed.

The rule of NHS hospital statistics since 2018: counts of 1 to 7 become `*`, others are rounded to the nearest 5.
A total is hidden with any of its parts, so that no hidden count can be worked out from it.
"""

from collections.abc import Sequence
from typing import Any

from api.groups.results import Snapshot
from api.library.systems import VOTES
from api.spreadsheet import csv_text

HIDDEN = "*"
LARGEST_HIDDEN = 7
STEP = 5


def suppress(count: int) -> int | str:
    """A count as it may be exported."""
    if 0 < count <= LARGEST_HIDDEN:
        return HIDDEN
    return STEP * round(count / STEP)


def rows(rounds: Sequence[tuple[int, str, Snapshot]]) -> list[dict[str, Any]]:
    """One row for each ballot of each (number, slug, results)."""
    return [
        {"round": number, "vignette": slug, "ballot": ballot} | _suppress_row(counts)
        for number, slug, results in rounds
        for ballot, counts in enumerate(results.ballots, start=1)
    ]


def _suppress_row(counts: Sequence[int]) -> dict[str, int | str]:
    """A ballot's counts; where one is hidden, so is the total that would narrow it down."""
    shown = {vote: suppress(count) for vote, count in zip(VOTES, counts, strict=True)}
    return shown | {"answered": HIDDEN if HIDDEN in shown.values() else suppress(sum(counts))}


def as_csv(table: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV with a header."""
    columns = ("round", "vignette", "ballot", *VOTES, "answered")
    return csv_text([columns, *([row[name] for name in columns] for row in table)])
