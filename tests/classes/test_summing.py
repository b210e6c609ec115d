"""Sums over stories are made from shown counts alone."""

from hypothesis import given
from hypothesis import strategies as st

from api.classes.summing import Told, add_up, fitting
from api.classes.views import shown
from api.library.systems import ANSWERS

cells = st.tuples(*(st.integers(0, 9) for _ in ANSWERS)).filter(lambda counts: sum(counts) >= 5)
fits = st.sets(st.sampled_from(ANSWERS), min_size=1)


def told(counts: tuple[int, int, int, int], acceptable: set[str]) -> Told:
    return Told("ana", "Ana", 1, "drive", tuple(sorted(acceptable)), shown(counts, 5))


@given(cells, fits)
def test_the_fitting_answers_are_told_rightly_or_not_at_all(
    counts: tuple[int, int, int, int], accept: set[str]
) -> None:
    found = fitting(told(counts, accept))

    assert found is None or found == sum(counts[ANSWERS.index(answer)] for answer in accept)


@given(cells, cells, fits)
def test_two_votes_that_look_the_same_have_the_same_sum(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int], accept: set[str]
) -> None:
    if shown(one, 5) == shown(other, 5):
        assert fitting(told(one, accept)) == fitting(told(other, accept))


def test_a_story_that_would_tell_a_hidden_count_is_left_out_and_counted() -> None:
    clear, hidden = told((0, 6, 0, 0), {"drive"}), told((1, 6, 1, 0), {"drive", "threat"})

    found = add_up("drive", [clear, hidden])

    assert (found.matched, found.answered, found.stories, found.left_out) == (6, 6, 1, 1)


def test_nothing_shown_has_no_share() -> None:
    assert add_up("drive", []).share is None
