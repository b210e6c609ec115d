"""Change with intervals: published examples, and made-up classes with and without an effect."""

from collections.abc import Sequence
from math import comb
from random import Random

import pytest

from api.measuring.sets import ORDERS
from api.stats.change import mean_change, own_change, t_quantile

RUNS, LEARNERS, STORIES = 500, 24, 12


def test_a_difference_of_shares_has_the_interval_of_newcombes_table() -> None:
    found = own_change((48, 80), (56, 70))  # 1998, table II, example (a): 56/70 less 48/80

    assert found.change == pytest.approx(0.2)
    assert found.interval == pytest.approx((0.0524, 0.3339), abs=0.0001)
    assert own_change((3, 12), (9, 12), 0.05).change == pytest.approx(0.55)
    assert own_change((6, 12), (8, 12)).called == "open"  # twelve stories tell little
    assert own_change((2, 12), (11, 12)).called == "up"
    assert own_change((0, 0), (1, 12)).interval is None


@pytest.mark.parametrize(("freedom", "quantile"), [(9, 2.262), (19, 2.093), (29, 2.045), (99, 1.984)])
def test_the_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert t_quantile(freedom) == pytest.approx(quantile, abs=0.0006)


def test_fewer_than_ten_learners_tell_nothing() -> None:
    assert mean_change([0.5] * 9).interval is None
    assert mean_change([0.1] * 5 + [0.3] * 5).called == "up"


def matched(random: Random, share: float) -> list[int]:
    """How many of a set's stories someone matches, in each run."""
    weights = [comb(STORIES, k) * share**k * (1 - share) ** (STORIES - k) for k in range(STORIES + 1)]
    return random.choices(range(STORIES + 1), weights, k=RUNS)


def classes(effect: float, ease: Sequence[float], seed: int) -> list[list[float]]:
    """In each run the change of each learner of a class, as it is worked out: sets differ, and are counterbalanced."""
    random, known = Random(seed), []
    for learner in range(LEARNERS):
        ability, order = 0.45 + 0.35 * learner / LEARNERS, ORDERS[learner % len(ORDERS)]
        first, second = ease[order[0]], ease[order[1]]
        before, after = matched(random, ability + first), matched(random, ability + effect + second)
        known.append([(b - a) / STORIES + first - second for a, b in zip(before, after, strict=True)])
    return [list(run) for run in zip(*known, strict=True)]


@pytest.mark.parametrize("ease", [(0.0, 0.0, 0.0), (0.0, 0.04, -0.03)], ids=["equal sets", "unequal sets"])
def test_made_up_classes_with_an_effect_are_covered_and_those_without_are_called_no_change(
    ease: tuple[float, ...],
) -> None:
    planted = [mean_change(run).interval for run in classes(0.12, ease, 1)]
    covered = sum(interval is not None and interval[0] <= 0.12 <= interval[1] for interval in planted) / RUNS
    called = sum(mean_change(run).called != "open" for run in classes(0.0, ease, 2)) / RUNS

    assert 0.93 <= covered <= 0.97
    assert called <= 0.05
