"""How a class answered: suppressed while it is small, exact afterwards, and the same in picture and table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.charts.figures import view_class_statistics
from api.kit.systems import ANSWERS, SYSTEMS
from api.stats.answer_shares import class_statistics
from api.stats.intervals import wilson

counts = st.tuples(*[st.integers(min_value=0, max_value=500)] * 4)
limits = st.integers(min_value=1, max_value=50)


@given(counts, limits)
def test_below_the_smallest_group_nothing_but_the_number_is_told(counts: tuple[int, ...], smallest: int) -> None:
    statistics = class_statistics(counts, smallest)

    assert statistics.answered == sum(counts)
    assert statistics.suppressed == (sum(counts) < smallest)
    assert [share.system for share in statistics.systems] == ([] if statistics.suppressed else list(ANSWERS))


@given(counts.filter(lambda counts: sum(counts) > 0))
def test_shares_add_up_and_lie_in_their_intervals(counts: tuple[int, ...]) -> None:
    statistics = class_statistics(counts, 1)

    assert tuple(share.count for share in statistics.systems) == counts
    assert sum(share.share or 0 for share in statistics.systems) == pytest.approx(1, abs=0.001)
    for share, count in zip(statistics.systems, counts, strict=True):
        assert share.interval == pytest.approx(wilson(count, sum(counts)), abs=0.0001)
        assert share.interval is not None
        assert share.share is not None
        assert share.interval[0] <= share.share <= share.interval[1]


@given(counts, limits)
def test_the_picture_shows_what_the_table_shows(counts: tuple[int, ...], smallest: int) -> None:
    view = view_class_statistics(class_statistics(counts, smallest), smallest)

    assert [row.count for row in view.rows] == ([] if sum(counts) < smallest else list(counts))
    circles = view.figure.circles if view.figure else ()
    told = {circle.system: circle.value for circle in circles}
    assert told == {row.answer: str(row.count) for row in view.rows if row.answer in SYSTEMS and row.count}


def test_the_picture_is_told_in_words_from_the_largest_circle_on() -> None:
    view = view_class_statistics(class_statistics((9, 24, 5, 4), 5), 5)

    assert view.figure is not None
    assert view.figure.description == "Drive is the largest circle with 24 answers. Threat has 9. Soothing has 5."


def test_a_class_that_is_only_unsure_has_a_table_and_no_circles() -> None:
    view = view_class_statistics(class_statistics((0, 0, 0, 7), 5), 5)

    assert view.figure is None
    assert [row.percent for row in view.rows] == [0, 0, 0, 100]
    assert view.rows[3].interval == (65, 100)
