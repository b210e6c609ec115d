"""How sure people felt, beside how often they matched the key."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.stats.intervals import wilson

# What the three answers to “how sure are you?” stand for, as probabilities.
STANDS_FOR: dict[str, float] = {"guessing": 1 / 3, "leaning": 2 / 3, "sure": 0.9}


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers given with one confidence: how many, how many matched, the share and its 95 % Wilson interval."""

    confidence: str
    expected: float
    answered: int
    matched: int
    share: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """`bias` is mean confidence less share matched, −1 to 1; `brier` the mean of (confidence − matched)², 0 to 1."""

    bins: tuple[Bin, ...]
    answered: int
    bias: float | None
    brier: float | None


def calibrate(answers: Iterable[tuple[str, bool]]) -> Calibration:
    """From (confidence, matched) of each answer that said how sure it was.

    Sources: Brier 1950, Mon Weather Rev 78:1-3; bias after Lichtenstein, Fischhoff & Phillips 1982.
    """
    known = [(confidence, matched) for confidence, matched in answers if confidence in STANDS_FOR]
    bins = []
    for confidence, expected in STANDS_FOR.items():
        own = [matched for said, matched in known if said == confidence]
        hits = sum(own)
        share = hits / len(own) if own else None
        bins.append(Bin(confidence, expected, len(own), hits, share, wilson(hits, len(own)) if own else None))
    if not known:
        return Calibration(tuple(bins), 0, None, None)
    count = len(known)
    bias = sum(STANDS_FOR[said] - matched for said, matched in known) / count
    brier = sum((STANDS_FOR[said] - matched) ** 2 for said, matched in known) / count
    return Calibration(tuple(bins), count, bias, brier)
