"""How the blind readers that come with the library split over the present words of each story."""

from collections import Counter
from functools import lru_cache
from pathlib import Path

import structlog
from fastapi import Request

from api.kit.systems import ANSWERS
from api.review.ratings import read_rounds
from api.vignettes.case import Case, story_mark

Split = tuple[int, int, int, int]  # threat, drive, soothing, unsure

log = structlog.get_logger()


class Panel:
    """The shipped ratings, read once. Readers of other words than the present ones do not count."""

    def __init__(self, vignettes: Path) -> None:
        self._labels: dict[tuple[str, str], dict[str, str]] = {}
        try:
            rounds = read_rounds(vignettes)
        except (OSError, ValueError) as error:  # a folder of one's own may hold anything; stories come without it too
            log.warning("ratings_not_read", error=str(error))
            rounds = {}
        for ratings in rounds.values():
            for rating in ratings:  # of a reader's two answers the later round's counts
                self._labels.setdefault((rating.unit, rating.story), {})[rating.rater] = rating.label
        self.split = lru_cache(maxsize=4096)(self._split)

    def _split(self, case: Case) -> Split | None:
        """How many readers gave each answer, in the order of ANSWERS; None where no one has read these words."""
        labels = self._labels.get((case.head.slug, story_mark(case)))
        if not labels:
            return None
        counts = Counter(labels.values())
        threat, drive, soothing, unsure = (counts[answer] for answer in ANSWERS)
        return threat, drive, soothing, unsure


def panel_of(request: Request) -> Panel:
    panel: Panel = request.app.state.panel
    return panel
