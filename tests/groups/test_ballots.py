"""Counts of a vote as a careful group sees them: no one stands out, and no hidden count can be worked out."""

from collections import defaultdict
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kit.systems import VOTES
from api.stats.answer_shares import ClassStatistics, class_statistics
from tests.groups.attack import vectors

SMALLEST = 5
TOTALS = range(SMALLEST, 15)

Shown = tuple[int | None, ...]

counts_of_a_vote = st.tuples(*[st.integers(0, 40)] * len(VOTES)).filter(lambda counts: sum(counts) >= SMALLEST)


def careful(counts: tuple[int, ...]) -> ClassStatistics:
    return class_statistics(counts, SMALLEST, "group", hide_few=True)


def shown(counts: tuple[int, ...]) -> Shown:
    return tuple(share.count for share in careful(counts).systems)


@given(counts_of_a_vote)
def test_one_or_two_answers_are_never_told(counts: tuple[int, ...]) -> None:
    for count, share in zip(counts, careful(counts).systems, strict=True):
        if count in (1, 2):
            assert (share.count, share.share, share.interval, share.few) == (None, None, None, True)
        elif not share.few:
            assert share.count == count
            assert share.share is not None


@given(counts_of_a_vote)
def test_a_hidden_count_is_never_alone(counts: tuple[int, ...]) -> None:
    hidden = [share for share in careful(counts).systems if share.few]

    assert len(hidden) != 1
    assert bool(hidden) == any(count in (1, 2) for count in counts)


@given(counts_of_a_vote)
def test_the_number_of_answers_is_always_told(counts: tuple[int, ...]) -> None:
    assert careful(counts).answered == sum(counts)


@given(st.tuples(*[st.integers(0, 3)] * len(VOTES)))
def test_below_the_smallest_group_nothing_but_the_number_is_told(counts: tuple[int, ...]) -> None:
    told = careful(counts)

    assert told.suppressed == (sum(counts) < SMALLEST)
    assert told.answered == sum(counts)
    assert bool(told.systems) != told.suppressed


@pytest.mark.parametrize("total", TOTALS)
def test_the_total_and_the_shown_counts_leave_every_hidden_count_open(total: int) -> None:
    """The guarantee against someone who adds up, and does not know which second count is hidden along."""
    open_places = 0
    for counts in vectors(len(VOTES), total):
        told = shown(counts)
        hidden = [place for place, count in enumerate(told) if count is None]
        missing = total - sum(count or 0 for count in told)
        possible = list(vectors(len(hidden), missing)) if hidden else []
        for place in range(len(hidden)):
            assert len({filling[place] for filling in possible}) >= 2, counts
            open_places += 1
    assert open_places > 0


@pytest.mark.parametrize("total", TOTALS)
def test_a_hidden_count_stays_open_to_someone_who_knows_the_rule(total: int) -> None:
    """The rule is public: anyone who sees a picture can ask which counts would have given it."""
    alike: dict[Shown, list[tuple[int, ...]]] = defaultdict(list)
    for counts in vectors(len(VOTES), total):
        alike[shown(counts)].append(counts)
    known = [
        (told, place, possible[0][place])
        for told, possible in alike.items()
        for place, count in enumerate(told)
        if count is None
        and len({counts[place] for counts in possible}) == 1
        # Which place is empty may be plain, and so are five times two of ten; how many chose another may not.
        and possible[0][place]
        and any(count is not None for count in told)
    ]

    assert known == [], f"{len(known)} worked out, for example {known[0]}"


def test_a_lone_vote_is_hidden_among_the_empty_answers() -> None:
    assert shown((1, 6, 4, 0, 0)) == (None, 6, 4, None, None)


def test_a_lone_vote_without_an_empty_answer_takes_the_smallest_other_along() -> None:
    assert shown((1, 6, 4, 3, 5)) == (None, 6, 4, None, 5)


def test_everyone_of_one_mind_is_told() -> None:
    assert shown((0, 9, 0, 0, 0)) == (0, 9, 0, 0, 0)


def test_no_count_of_a_careful_group_is_told_in_another_field() -> None:
    told = careful((1, 6, 2, 0, 0))

    numbers = set(chain.from_iterable(share.model_dump(exclude={"system", "few"}).values() for share in told.systems))
    assert numbers >= {6, None}
    assert {1, 2} & {number for number in numbers if isinstance(number, int)} == set()
