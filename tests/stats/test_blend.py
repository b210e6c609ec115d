"""Sized circles as shares, how far they lie from a range, and the middle of a class."""

from math import ceil
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stats.blend import Quartiles, class_blend, distance, quartiles, shares, size_word

sizes = st.fixed_dictionaries({name: st.integers(0, 100) for name in ("threat", "drive", "soothing")})
values = st.lists(st.floats(0, 100), min_size=1, max_size=30)


@given(sizes)
def test_shares_sum_to_a_hundred_and_keep_the_order_of_the_sizes(given_sizes: dict[str, int]) -> None:
    found = shares(given_sizes)

    if not any(given_sizes.values()):
        assert found is None
        return
    assert found is not None
    assert sum(found.values()) == pytest.approx(100)
    assert sorted(found, key=found.__getitem__) == sorted(found, key=given_sizes.__getitem__)


def test_a_size_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        shares({"threat": -1, "drive": 2, "soothing": 0})


@pytest.mark.parametrize(
    ("value", "away"), [(5, -5), (10, 0), (20, 0), (30, 0), (42.5, 12.5)], ids=["under", "low", "in", "high", "over"]
)
def test_the_distance_from_a_range_is_nothing_within_it_and_has_a_sign_outside(value: float, away: float) -> None:
    assert distance(value, (10, 30)) == away


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        # By hand after Hyndman and Fan, definition 7: places 1 + (n - 1) / 4, 1 + (n - 1) / 2, 1 + 3 (n - 1) / 4.
        ([10, 20, 30, 40, 50], (20, 30, 40)),
        ([40, 10, 30, 20], (17.5, 25, 32.5)),
        ([10, 20], (12.5, 15, 17.5)),
        ([7], (7, 7, 7)),
    ],
)
def test_quartiles_are_those_of_definition_7(given_values: list[float], expected: tuple[float, ...]) -> None:
    found = quartiles(given_values)

    assert (found.low, found.median, found.high) == expected


@given(values)
def test_about_a_quarter_lies_beyond_each_quartile(given_values: list[float]) -> None:
    found = quartiles(given_values)
    quarter = ceil((len(given_values) - 1) / 4)

    assert found.median == pytest.approx(median(given_values))
    assert sum(value < found.low - 1e-9 for value in given_values) <= quarter
    assert sum(value > found.high + 1e-9 for value in given_values) <= quarter
    assert found.low - 1e-9 <= found.median <= found.high + 1e-9


def test_no_value_has_no_quartiles() -> None:
    with pytest.raises(ValueError, match="need a value"):
        quartiles([])


def test_a_class_is_told_from_the_smallest_group_on_and_circles_of_no_size_do_not_count() -> None:
    one = {"threat": 20, "drive": 60, "soothing": 20}
    nothing = dict.fromkeys(one, 0)

    assert class_blend([one, one, nothing], 3) is None
    told = class_blend([one, one, one, nothing], 3)
    assert told == {"threat": Quartiles(20, 20, 20), "drive": Quartiles(60, 60, 60), "soothing": Quartiles(20, 20, 20)}
    assert class_blend([], 1) is None


def test_a_range_reads_as_small_medium_or_large_by_its_middle() -> None:
    ranges = [(0, 10), (15, 30), (20, 30), (25, 40), (40, 49), (40, 50), (55, 65)]
    words = ["small", "small", "medium", "medium", "medium", "large", "large"]

    assert [size_word(*each) for each in ranges] == words
