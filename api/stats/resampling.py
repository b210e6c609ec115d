"""How far figures of agreement would move with other stories: the bootstrap. Pure, and the same for the same data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from api.stats.agreement import Counts, gwet_ac1, krippendorff_alpha

DRAWS = 500
LEAST_UNITS = 5  # below this many units an interval would only repeat the few that there are

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Alpha and AC1 over `units` that two or more rated, each with its 95 % interval; None where undefined."""

    units: int
    alpha: float | None
    alpha_interval: Interval | None
    ac1: float | None
    ac1_interval: Interval | None


def agreed(counts: Counts, labels: Sequence[str], seed: int = 1) -> Agreed:
    """The figures over these units, and intervals by drawing as many units again, with replacement, 500 times.

    Percentile intervals (Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13); units are what is drawn,
    as Krippendorff and Gwet's software have it. Draws in which a figure is undefined are left out; with fewer than
    half of them defined there is no interval.
    """
    pairable = [unit for unit in counts if sum(unit.values()) > 1]
    rows = [_row(unit, labels) for unit in pairable]
    alpha, ac1 = krippendorff_alpha(pairable), gwet_ac1(pairable, labels)
    if len(rows) < LEAST_UNITS:
        return Agreed(len(rows), alpha, None, ac1, None)
    random = Random(seed)  # noqa: S311  # not a secret: the same data give the same interval
    alphas, ac1s = [], []
    for _ in range(DRAWS):
        sums = [sum(column) for column in zip(*random.choices(rows, k=len(rows)), strict=True)]
        alphas.append(_alpha(sums, len(labels)))
        ac1s.append(_ac1(sums, len(labels), len(rows)))
    return Agreed(len(rows), alpha, _middle(alphas), ac1, _middle(ac1s))


def _row(unit: Mapping[str, int], labels: Sequence[str]) -> tuple[float, ...]:
    """What a unit adds: observed disagreement, agreement, then how many gave each label, then the share of each."""
    counts = [unit.get(label, 0) for label in labels]
    total = sum(counts)
    apart = sum(count * (total - count) for count in counts) / (total - 1)
    alike = sum(count * (count - 1) for count in counts) / (total * (total - 1))
    return (apart, alike, *counts, *(count / total for count in counts))


def _alpha(sums: Sequence[float], size: int) -> float | None:
    totals = sums[2 : 2 + size]
    everything = sum(totals)
    expected = sum(n * (everything - n) for n in totals) / (everything - 1)
    return 1 - sums[0] / expected if expected else None


def _ac1(sums: Sequence[float], size: int, units: int) -> float:
    shares = [one / units for one in sums[2 + size :]]
    chance = sum(share * (1 - share) for share in shares) / (size - 1)
    return (sums[1] / units - chance) / (1 - chance)


def _middle(drawn: Sequence[float | None]) -> Interval | None:
    """The middle 95 % of what was drawn."""
    known = sorted(one for one in drawn if one is not None)
    if len(known) * 2 < len(drawn):
        return None
    last = len(known) - 1
    return known[round(0.025 * last)], known[round(0.975 * last)]
