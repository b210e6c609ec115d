"""The interval of a share: published worked values, and what holds for every count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stats.intervals import wilson

totals = st.integers(min_value=1, max_value=100_000)
shares = totals.flatmap(lambda total: st.tuples(st.integers(min_value=0, max_value=total), st.just(total)))


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (3, 5, 0.23, 0.88),
        (12, 20, 0.39, 0.78),
        (60, 100, 0.50, 0.69),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, Stat Med 17:857-872, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_worked_examples_come_out(count: int, total: int, low: float, high: float) -> None:
    precision = 0.005 if total in (5, 20, 100) and low != 0 else 0.00005

    assert wilson(count, total) == pytest.approx((low, high), abs=precision)


@given(shares)
def test_the_interval_lies_within_zero_and_one_and_contains_the_share(share: tuple[int, int]) -> None:
    count, total = share
    low, high = wilson(count, total)

    assert 0 <= low <= count / total <= high <= 1
    assert low < high


@given(shares)
def test_the_interval_of_the_others_is_the_mirror_image(share: tuple[int, int]) -> None:
    count, total = share
    low, high = wilson(count, total)

    assert wilson(total - count, total) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(shares, st.integers(min_value=2, max_value=50))
def test_the_same_share_of_more_people_is_known_better(share: tuple[int, int], times: int) -> None:
    count, total = share
    low, high = wilson(count, total)
    better_low, better_high = wilson(count * times, total * times)

    assert better_high - better_low < high - low


@given(shares)
def test_more_confidence_takes_a_wider_interval(share: tuple[int, int]) -> None:
    low, high = wilson(*share)
    wider_low, wider_high = wilson(*share, confidence=0.99)

    assert wider_high - wider_low > high - low


@given(totals)
def test_no_one_and_everyone_are_exact_at_their_end(total: int) -> None:
    assert wilson(0, total)[0] == 0
    assert wilson(total, total)[1] == 1


@pytest.mark.parametrize(("count", "total"), [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -1)])
def test_what_is_no_share_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="count"):
        wilson(count, total)
