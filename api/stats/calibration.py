"""How sure people felt, beside how often they matched the key."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from api.stats.shares import Share

# What the three answers to “how sure are you?” stand for, as probabilities; with three systems a guess finds the key
# one time in three.
STANDS_FOR: dict[str, float] = {"guessing": 1 / 3, "leaning": 2 / 3, "sure": 9 / 10}


class Bin(Share):
    """The answers given with one confidence, which is its name."""

    @property
    def confidence(self) -> str:
        return self.name

    @property
    def expected(self) -> float:
        return STANDS_FOR[self.name]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`bias` is mean confidence less share matched, −1 to 1; `brier` the mean of (confidence − matched)², 0 to 1."""

    bins: tuple[Bin, ...]
    answered: int
    bias: float | None
    brier: float | None


def calibrate(answers: Iterable[tuple[str | None, bool]]) -> Calibration:
    """From (confidence, matched) of each answer; those that did not say how sure they were are left out.

    Sources: Brier 1950, Mon Weather Rev 78:1-3; Lichtenstein & Fischhoff 1977, Organ Behav Hum Perform 20:159-183.
    """
    known = [(said, matched) for said, matched in answers if said in STANDS_FOR]
    told, found = Counter(said for said, _ in known), Counter(said for said, matched in known if matched)
    bins = tuple(Bin(said, told[said], found[said]) for said in STANDS_FOR)
    if not known:
        return Calibration(bins, 0, None, None)
    away = [STANDS_FOR[said or ""] - matched for said, matched in known]
    return Calibration(bins, len(known), sum(away) / len(known), sum(one**2 for one in away) / len(known))
