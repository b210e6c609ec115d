"""A group's rounds as a file: what its screen shows, with small numbers as stars and others rounded."""

from collections.abc import Sequence
from typing import Any

from api.groups.results import GroupResults
from api.kit.spreadsheet import csv_text
from api.kit.systems import VOTES
from api.stats.disclosure import exported


def rows(rounds: Sequence[tuple[int, str, GroupResults]]) -> list[dict[str, Any]]:
    """One row for each ballot of each (number, slug, results as they may be seen)."""
    table = []
    for number, slug, results in rounds:
        for ballot, statistics in enumerate(results.ballots, start=1):
            counts = {share.system: share.count for share in statistics.systems}
            cells = exported([counts.get(vote) for vote in VOTES])
            row = {"round": number, "vignette": slug, "ballot": ballot}
            table.append(row | dict(zip((*VOTES, "answered"), cells, strict=True)))
    return table


def as_csv(table: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV with a header."""
    columns = ("round", "vignette", "ballot", *VOTES, "answered")
    return csv_text([columns, *([row[name] for name in columns] for row in table)])
