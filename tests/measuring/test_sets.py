"""Three sets, balanced and equally easy; and who gets which when."""

from collections import Counter
from random import Random

import pytest

from api.kit.systems import SYSTEMS
from api.measuring.sets import LEVELS, ORDERS, Candidate, choose, order_of, shuffled


def library(random: Random, of_each: int = 9) -> list[Candidate]:
    cells = [(system, level) for system in SYSTEMS for level in LEVELS for _ in range(of_each)]
    return [
        Candidate(number, system, level, n := random.randrange(40), round(n * random.uniform(0.5, 1)))
        for number, (system, level) in enumerate(cells)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_sets_are_balanced_and_about_equally_easy_whatever_the_stories(seed: int) -> None:
    random = Random(seed)
    stories = {one.id: one for one in library(random)}
    found = choose(list(stories.values()), random)
    assert found is not None
    sets, expected = found

    assert len({story for own in sets for story in own}) == 36
    for own in sets:
        cells = Counter((stories[story].system, stories[story].level) for story in own)
        assert set(cells.values()) == {2}
        assert len(cells) == 6
    assert max(expected) - min(expected) < 0.04


def test_the_least_answered_stories_are_taken_and_too_few_are_none() -> None:
    random = Random(1)
    stories = library(random, 7)
    sets, _ = choose(stories, random) or ([], [])
    left = {one.id for one in stories} - {story for own in sets for story in own}

    for one in stories:
        if one.id in left:
            same = [o for o in stories if (o.system, o.level) == (one.system, one.level)]
            assert one.answered == max(o.answered for o in same)
    assert choose(library(random, 5), random) is None


def test_every_order_comes_about_equally_often_and_stays_the_same() -> None:
    orders = Counter(order_of("salt", f"learner-{n}") for n in range(1200))

    assert set(orders) == set(ORDERS)
    assert min(orders.values()) > 150  # of 200
    assert order_of("salt", "learner-7") == order_of("salt", "learner-7")
    assert sorted(shuffled("salt", "learner-7", 1, range(12))) == list(range(12))
