"""The analysis of the whole library, worked out when someone asks and kept for a while."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine, func, select

from api.item_analysis.attempts import read_all, taken_of_each
from api.item_analysis.item import facility, reasons
from api.persistence.engine import now, table
from api.stats import items
from api.stats.calibration import STANDS_FOR, Bin
from api.stats.enough import NotEnough
from api.stats.items import LEARNERS_NEEDED, Discrimination, Reason
from api.stats.shares import Share
from api.vignettes.models import Vignette

KEPT_SECONDS = 600
URGENCY: tuple[Reason, ...] = (
    "possibly mis-keyed", "too hard", "does not discriminate", "too easy", "explanation changed",
)  # fmt: skip

_vignette = table(Vignette)


@dataclass(frozen=True, slots=True)
class AnalysedVignette:
    """One vignette in the library's analysis."""

    vignette_id: int
    learners: int
    facility: Share | NotEnough
    discrimination: Discrimination | NotEnough
    reasons: tuple[Reason, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """What needs attention first, then what most people answered."""
        return (
            min((URGENCY.index(reason) for reason in self.reasons), default=len(URGENCY)),
            -len(self.reasons),
            -self.learners,
        )


@dataclass(frozen=True, slots=True)
class LibraryAnalysis:
    """Every answered vignette in the order of attention; `newest` learners of each at most were looked at.

    `facilities` counts the vignettes with enough learners by tenths of facility; `calibration` has accuracy for each
    word of confidence.
    """

    made_at: datetime
    newest: int
    published: int
    items: tuple[AnalysedVignette, ...]
    facilities: tuple[int, ...]
    calibration: tuple[Bin, ...]

    @property
    def attention(self) -> tuple[AnalysedVignette, ...]:
        return tuple(item for item in self.items if item.reasons)


class LibraryAnalysisCache:
    """Keeps the analysis for KEPT_SECONDS, so that going through its pages does not work it out again each time."""

    def __init__(self, engine: Engine, smallest: int) -> None:
        self._engine = engine
        self._smallest = smallest
        self._lock = Lock()
        self._kept: tuple[float, LibraryAnalysis] | None = None

    def get(self) -> LibraryAnalysis:
        with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > KEPT_SECONDS:
                self._kept = (time.monotonic(), compute(self._engine, self._smallest))
            return self._kept[1]

    def forget(self) -> None:
        """Makes the next one who asks work it out anew."""
        with self._lock:
            self._kept = None

    def attention_ids(self) -> frozenset[int]:
        return frozenset(item.vignette_id for item in self.get().attention)


def compute(engine: Engine, smallest: int) -> LibraryAnalysis:
    """The analysis as of now; two queries, and never more than one vignette's attempts in memory."""
    with engine.connect() as connection:
        published = connection.execute(select(func.count()).where(_vignette.c.status == "published")).scalar_one()
    newest = taken_of_each(published)
    found: list[AnalysedVignette] = []
    tenths: Counter[int] = Counter()
    said: Counter[str] = Counter()
    fitted: Counter[str] = Counter()
    for one in read_all(engine, newest):
        attempts = one.attempts
        share = facility(attempts, smallest)
        if isinstance(share, Share) and share.share is not None and share.answered >= LEARNERS_NEEDED:
            tenths[min(9, int(10 * share.share))] += 1
        said.update(attempt.confidence for attempt in attempts if attempt.confidence)
        fitted.update(attempt.confidence for attempt in attempts if attempt.confidence and attempt.correct)
        found.append(
            AnalysedVignette(
                vignette_id=one.vignette_id,
                learners=len(attempts),
                facility=share,
                discrimination=items.discrimination(attempts),
                reasons=reasons(attempts, one.mostly_older, smallest),
            )
        )
    return LibraryAnalysis(
        made_at=now(),
        newest=newest,
        published=published,
        items=tuple(sorted(found, key=lambda item: item.order)),
        facilities=tuple(tenths[tenth] for tenth in range(10)),
        calibration=tuple(Bin(word, said[word], fitted[word]) for word in STANDS_FOR if said[word] >= smallest),
    )
