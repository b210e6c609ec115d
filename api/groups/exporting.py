"""A group's rounds as a file, with small numbers suppressed.

The rule of NHS hospital statistics since 2018: counts of 1 to 7 become `*`, others are rounded to the nearest 5.
Totals are made of rounded counts too, so that no hidden count can be worked out from them.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

from api.groups.results import Snapshot
from api.library.systems import VOTES

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
        {"round": number, "vignette": slug, "ballot": ballot}
        | {vote: suppress(count) for vote, count in zip(VOTES, counts, strict=True)}
        | {"answered": suppress(sum(counts))}
        for number, slug, results in rounds
        for ballot, counts in enumerate(results.ballots, start=1)
    ]


def as_csv(table: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV with a header; numbers, slugs and `*` only, so no cell can be a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["round", "vignette", "ballot", *VOTES, "answered"])
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()
