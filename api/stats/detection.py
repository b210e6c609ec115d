"""Sensitivity and response bias: how well one answer is told from the others, and how readily it is given. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import exp, pi, sqrt
from statistics import NormalDist

LEAST_SIGNALS = 8  # stories whose answer it is, and as many others, before a figure is worth its interval

_NORMAL = NormalDist()
_Z95 = _NORMAL.inv_cdf(0.975)

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """One answer against the others. `hits` of `signals` stories whose key it is, `false_alarms` of `noise` others.

    `sensitivity` is d′ (0: not told apart; 1: a fair amount; 3: nearly always), `criterion` c (below 0: given readily,
    above 0: held back), each with its 95 % interval; None below LEAST_SIGNALS of either kind of story.
    """

    name: str
    signals: int
    hits: int
    noise: int
    false_alarms: int
    sensitivity: float | None
    sensitivity_interval: Interval | None
    criterion: float | None
    criterion_interval: Interval | None

    @property
    def chosen(self) -> int:
        return self.hits + self.false_alarms

    @property
    def ratio(self) -> float | None:
        """How often the answer was given, over how often it is the key; None without a story that it is the key of."""
        return self.chosen / self.signals if self.signals else None

    @property
    def leans(self) -> str:
        """Whether the answer is given more readily than not: `readily`, `rarely`, or nothing that can be told."""
        if self.criterion_interval is None:
            return ""
        low, high = self.criterion_interval
        return "readily" if high < 0 else "rarely" if low > 0 else ""


def detect(name: str, answers: Iterable[tuple[str, str]], least: int = LEAST_SIGNALS) -> Detection:
    """From (key, chosen) of each answer.

    d′ = z(H) − z(F), c = −(z(H) + z(F))/2 (Macmillan & Creelman 2005, Detection Theory, 2nd ed., ch. 1 and 2), with
    half an answer added to each count and one to each total, so that rates of 0 and 1 have a z (Hautus 1995, Behav Res
    Methods 27:46-51). Intervals: d′ ± 1.96·√v, v = H(1−H)/(n·φ(z(H))²) + F(1−F)/(m·φ(z(F))²), c with √v/2
    (Gourevitch & Galanter 1967, Psychometrika 32:25-33).
    """
    signals = hits = noise = alarms = 0
    for key, chosen in answers:
        if key == name:
            signals, hits = signals + 1, hits + (chosen == name)
        else:
            noise, alarms = noise + 1, alarms + (chosen == name)
    if min(signals, noise) < least:
        return Detection(name, signals, hits, noise, alarms, None, None, None, None)
    hit_rate, alarm_rate = (hits + 0.5) / (signals + 1), (alarms + 0.5) / (noise + 1)
    sensitivity, criterion = indices(hit_rate, alarm_rate)
    half = _Z95 * sqrt(_variance(hit_rate, signals + 1) + _variance(alarm_rate, noise + 1))
    return Detection(
        name,
        signals,
        hits,
        noise,
        alarms,
        sensitivity,
        (sensitivity - half, sensitivity + half),
        criterion,
        (criterion - half / 2, criterion + half / 2),
    )


def indices(hit_rate: float, alarm_rate: float) -> Interval:
    """d′ and c of a hit rate and a false-alarm rate, each above 0 and below 1."""
    hit, alarm = _z(hit_rate), _z(alarm_rate)
    return hit - alarm, -(hit + alarm) / 2


def _variance(rate: float, total: int) -> float:
    density = exp(-(_z(rate) ** 2) / 2) / sqrt(2 * pi)
    return rate * (1 - rate) / (total * density**2)


@cache
def _z(rate: float) -> float:
    return _NORMAL.inv_cdf(rate)
