"""The made-up learners and their library are what they claim; and our order is not below chance."""

from collections import Counter

import pytest

from tests.bench.learner import SETS, Parameters, make_learner
from tests.bench.made_up_library import make_library
from tests.bench.measuring import gains

ITEMS, HARDNESS = make_library("tests")
SKILLS = sorted({skill for item in ITEMS for skill in item.skills})


def test_a_made_up_library_has_the_shape_of_the_shipped_one() -> None:
    assert Counter((item.level, item.dominant) for item in ITEMS) == {
        (level, system): 8 for level in (1, 2, 3) for system in ("threat", "drive", "soothing")
    }
    often = Counter(skill for item in ITEMS for skill in item.skills)
    assert len(often) == 7 + 17
    assert min(often.values()) >= 6


@pytest.mark.parametrize("parameters", SETS, ids=lambda parameters: parameters.name)
def test_a_learner_learns_by_practice_and_forgets_without(parameters: Parameters) -> None:
    learner = make_learner(parameters, SKILLS, "one")
    before = learner.chance(ITEMS[0], 0.0, 0.0)
    for item in ITEMS:
        learner.answer(item, HARDNESS[item.id], 0.0)

    assert learner.chance(ITEMS[0], 0.0, 0.0) > learner.chance(ITEMS[0], 0.0, 30.0) > before


@pytest.mark.parametrize("parameters", SETS, ids=lambda parameters: parameters.name)
def test_our_order_teaches_no_less_than_random_order(parameters: Parameters) -> None:
    found = gains(parameters, "tests", learners=12, cases=5, size=72)

    assert sum(found["ours"]) > 0.99 * sum(found["random order"])
