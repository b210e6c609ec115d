"""Cramér's V, on published figures and on what has to be true of any table."""

from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from api.stats.association import cramers_v

# Snee 1974, Am Stat 28:9-12: hair and eye colour of 592 students; chi-squared 138.29, V 0.279 (R, vcd::assocstats).
HAIR_AND_EYES = {
    "black": {"brown": 68, "blue": 20, "hazel": 15, "green": 5},
    "brown": {"brown": 119, "blue": 84, "hazel": 54, "green": 29},
    "red": {"brown": 26, "blue": 17, "hazel": 14, "green": 14},
    "blond": {"brown": 7, "blue": 94, "hazel": 10, "green": 16},
}

pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("wxyz")), max_size=40)


def test_hair_and_eye_colour_go_together_as_published() -> None:
    people = [(hair, eyes) for hair, row in HAIR_AND_EYES.items() for eyes, count in row.items() for _ in range(count)]

    assert round(cramers_v(people), 3) == 0.279
    assert round(cramers_v(people) ** 2 * len(people) * 3, 2) == 138.29


def test_attributes_that_decide_each_other_give_one_and_independent_ones_nothing() -> None:
    assert cramers_v([("a", "x"), ("b", "y"), ("c", "z")]) == 1
    assert cramers_v([(row, column) for row in "abc" for column in "xy"]) == 0
    assert cramers_v([("a", "x"), ("a", "y")]) == 0
    assert cramers_v([]) == 0


@given(pairs)
def test_it_lies_between_nothing_and_one_and_does_not_mind_order_or_repetition(table: list[tuple[str, str]]) -> None:
    found = cramers_v(table)

    assert 0 <= found <= 1
    assert isclose(found, cramers_v([(column, row) for row, column in reversed(table)]), abs_tol=1e-6)
    assert isclose(found, cramers_v(table * 3), abs_tol=1e-6)
