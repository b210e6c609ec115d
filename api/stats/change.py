"""Change between two occasions, of one learner and of a class, with intervals. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, stdev

from api.stats.intervals import wilson

LEAST_LEARNERS = 10
LEAST_CHANGE = 0.05  # of all stories; less than this is no change that matters, however many learners there are

CALLED = 0.98  # so sure before a change is called one: two in a hundred classes without one are, not five

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Change:
    """`change` of a share, −1 to 1, over `learners`, with its 95 % interval; both None where there are too few.

    `clear`: whether the wider interval of CALLED leaves out no change at all.
    """

    learners: int
    change: float | None
    interval: Interval | None
    clear: bool = False

    @property
    def called(self) -> str:
        """What may be said: `up`, `down`, or `open` where it cannot be told."""
        if self.change is None or not self.clear or abs(self.change) < LEAST_CHANGE:
            return "open"
        return "up" if self.change > 0 else "down"


def own_change(before: tuple[int, int], after: tuple[int, int], harder: float = 0.0) -> Change:
    """Of one learner, from (matched, answered) of each set; `harder`: by how much the second set is the harder one.

    Newcombe's interval of a difference of two independent shares (1998, Stat Med 17:873-890, method 10), shifted by
    `harder`: mean equating of two sets (Kolen & Brennan 2014, Test Equating, 3rd ed., ch. 2).
    """
    if not before[1] or not after[1]:
        return Change(1, None, None)
    low, high = _newcombe(before, after, 0.95, harder)
    wide_low, wide_high = _newcombe(before, after, CALLED, harder)
    change = after[0] / after[1] - before[0] / before[1] + harder
    return Change(1, change, (low, high), not wide_low <= 0 <= wide_high)


def _newcombe(before: tuple[int, int], after: tuple[int, int], confidence: float, harder: float) -> Interval:
    first, second = before[0] / before[1], after[0] / after[1]
    (low_1, high_1), (low_2, high_2) = wilson(*before, confidence), wilson(*after, confidence)
    change = second - first + harder
    down = sqrt((second - low_2) ** 2 + (high_1 - first) ** 2)
    up = sqrt((high_2 - second) ** 2 + (first - low_1) ** 2)
    return change - down, change + up


def mean_change(changes: Sequence[float], least: int = LEAST_LEARNERS) -> Change:
    """Of a class, from each learner's change: the mean with its t interval; nothing below `least` learners."""
    if len(changes) < least:
        return Change(len(changes), None, None)
    middle = fmean(changes)
    error = stdev(changes) / sqrt(len(changes))
    half = t_quantile(len(changes) - 1) * error
    clear = abs(middle) > t_quantile(len(changes) - 1, (1 + CALLED) / 2) * error
    return Change(len(changes), middle, (middle - half, middle + half), clear)


def t_quantile(freedom: int, share: float = 0.975) -> float:
    """The quantile of Student's t, to three decimals from 9 degrees of freedom on.

    Source: Abramowitz & Stegun 1964, Handbook of Mathematical Functions, 26.7.5.
    """
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1))
