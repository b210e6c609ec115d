"""Intervals of agreement by bootstrap, and handing out in blocks."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from api.stats.handing_out import hand_out
from api.stats.resampling import agreed

LABELS = ("a", "b", "c")


def test_the_interval_holds_the_figure_and_the_same_data_give_the_same() -> None:
    random = Random(4)
    counts = [Counter(random.choices(LABELS, [6, 2, 1], k=6)) for _ in range(40)]
    found = agreed(counts, LABELS)

    for figure, interval in ((found.alpha, found.alpha_interval), (found.ac1, found.ac1_interval)):
        assert figure is not None
        assert interval is not None
        assert interval[0] < figure < interval[1]
    assert agreed(counts, LABELS) == found


def test_intervals_hold_the_true_agreement_about_as_often_as_they_say() -> None:
    """Raters who copy the unit's label with 0.8 and else guess: alpha is 0.64 in the long run."""
    random, covered = Random(5), 0
    for _ in range(40):
        counts = []
        for _ in range(30):
            own = random.choice(LABELS)
            counts.append(Counter(own if random.random() < 0.8 else random.choice(LABELS) for _ in range(4)))
        interval = agreed(counts, LABELS, seed=random.randrange(10**6)).alpha_interval
        assert interval is not None
        covered += interval[0] <= 0.64 <= interval[1]

    assert covered >= 34  # 95 % of 40 is 38; fewer than 34 would be one in 200


@pytest.mark.parametrize("counts", [[], [Counter("aa")] * 3, [Counter("a")] * 20])
def test_too_few_units_have_no_interval(counts: list[Counter[str]]) -> None:
    assert agreed(counts, LABELS).alpha_interval is None


def test_blocks_are_balanced_in_units_and_nearly_in_pairs() -> None:
    random, blocks = Random(6), list[list[int]]()
    for _ in range(13):
        blocks.append(hand_out(range(13), blocks, 4, random))
    had = Counter(unit for block in blocks for unit in block)
    met = Counter(pair for block in blocks for pair in combinations(sorted(block), 2))

    assert set(had.values()) == {4}
    assert (
        max(met.values()) <= 3
    )  # a design of 13 blocks in which each pair meets once exists; one by one it nearly does
    assert len(met) >= 60
    assert hand_out(range(3), [], 9, random).__len__() == 3
