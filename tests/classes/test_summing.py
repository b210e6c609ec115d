"""Sums over stories are made from shown counts alone."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from api.classes.summing import StoryStatistics, add_up, fitting
from api.classes.view_models import shown
from api.kit.systems import ANSWERS

cells = st.tuples(*(st.integers(0, 9) for _ in ANSWERS)).filter(lambda counts: sum(counts) >= 5)
fits = st.sets(st.sampled_from(ANSWERS), min_size=1)


def told(counts: tuple[int, ...], acceptable: set[str]) -> StoryStatistics:
    threat, drive, soothing, unsure = counts
    return StoryStatistics(
        "ana", "Ana", 1, "drive", tuple(sorted(acceptable)), shown((threat, drive, soothing, unsure), 5)
    )


@given(cells, fits)
def test_the_fitting_answers_are_told_rightly_or_not_at_all(
    counts: tuple[int, int, int, int], accept: set[str]
) -> None:
    found = fitting(told(counts, accept))

    assert found is None or found == sum(counts[ANSWERS.index(answer)] for answer in accept)


def test_votes_that_look_the_same_have_the_same_sum() -> None:
    votes = [counts for counts in product(range(10), repeat=4) if 5 <= sum(counts) <= 9]
    sums: dict[tuple[str, tuple[str, ...]], set[int | None]] = {}
    for size in range(1, 5):
        for accept in combinations(ANSWERS, size):
            for counts in votes:
                told_so = told(counts, set(accept))
                sums.setdefault((told_so.statistics.model_dump_json(), accept), set()).add(fitting(told_so))

    assert len(sums) > 1000
    assert all(len(found) == 1 for found in sums.values())


def test_a_story_that_would_tell_a_hidden_count_is_left_out_and_counted() -> None:
    clear, hidden = told((0, 6, 0, 0), {"drive"}), told((1, 6, 1, 0), {"drive", "threat"})

    found = add_up("drive", [clear, hidden])

    assert (found.matched, found.answered, found.stories, found.left_out) == (6, 6, 1, 1)


def test_nothing_shown_has_no_share() -> None:
    assert add_up("drive", []).share is None
