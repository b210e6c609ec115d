"""What learners gain on vignettes that they have never seen, a week after ten sittings."""

from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import NormalDist, fmean, stdev

from tests.bench.learner import Learner, Parameters, make_learner
from tests.bench.made_up_library import make_library
from tests.bench.schedulers import ORDERS

SITTINGS = 10
DAYS_BETWEEN = 2.0
WEEK_LATER = 7.0
UNSEEN = 144
MINUTE = 1 / 1440
RESAMPLES = 2_000
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Gain:
    """Mean gain in the share of the key on unseen vignettes, with its 95 % interval; `ratio` is to random order."""

    order: str
    mean: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float


def gains(parameters: Parameters, seed: str, learners: int, cases: int, size: int) -> dict[str, list[float]]:
    """Each learner's gain under each order, with so many cases in each sitting, from a library of that size.

    The same people with the same starting skills come under all orders.
    """
    items, hardness = make_library(f"{seed} library", size)
    unseen, hardness_unseen = make_library(f"{seed} unseen", UNSEEN, first_id=10_001)
    skills = sorted({skill for item in [*items, *unseen] for skill in item.skills})
    found: dict[str, list[float]] = {}
    for name, make in ORDERS.items():
        difficulties: dict[int, tuple[float, int]] = {}  # what the product knows of its vignettes, from nothing on
        for number in range(learners):
            learner = make_learner(parameters, skills, f"{seed} {parameters.name} {number}")

            def level(learner: Learner, day: float) -> float:
                return fmean(learner.chance(item, hardness_unseen[item.id], day) for item in unseen)

            before = level(learner, 0.0)
            order = make(items, Random(f"{seed} {name} {number}"), difficulties, learner)
            for sitting in range(SITTINGS):
                learner.begin()
                for place in range(cases):
                    day = sitting * DAYS_BETWEEN + place * MINUTE
                    item = order.next(day, place)
                    order.answered(item, learner.answer(item, hardness[item.id], day), day)
            after = level(learner, (SITTINGS - 1) * DAYS_BETWEEN + WEEK_LATER)
            found.setdefault(name, []).append(after - before)
    return found


def summarise(found: dict[str, list[float]], seed: str) -> list[Gain]:
    """Means with normal intervals, and ratios to random order with bootstrap intervals over the same learners."""
    base = found["random order"]
    random = Random(f"{seed} resampling")
    number = len(base)
    rows = []
    draws = [[random.randrange(number) for _ in range(number)] for _ in range(RESAMPLES)]
    bases = [sum(base[i] for i in draw) for draw in draws]
    for name, own in found.items():
        half = _Z * stdev(own) / sqrt(number)
        ratios = sorted(sum(own[i] for i in draw) / total for draw, total in zip(draws, bases, strict=True))
        rows.append(
            Gain(
                name,
                fmean(own),
                fmean(own) - half,
                fmean(own) + half,
                fmean(own) / fmean(base),
                ratios[int(0.025 * RESAMPLES)],
                ratios[int(0.975 * RESAMPLES)],
            )
        )
    return rows
