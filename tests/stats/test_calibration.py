"""How sure people felt, beside how often they matched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.stats.calibration import STANDS_FOR, calibrate
from api.stats.intervals import wilson

answers = st.lists(st.tuples(st.sampled_from([*STANDS_FOR, "no answer"]), st.booleans()))


def test_a_worked_example() -> None:
    found = calibrate([("sure", True), ("sure", False), ("guessing", True)])

    assert [(row.answered, row.matched, row.share) for row in found.bins] == [(1, 1, 1.0), (0, 0, None), (2, 1, 0.5)]
    assert found.bins[2].interval == wilson(1, 2)
    assert found.bias == pytest.approx((0.9 + 0.9 + 1 / 3) / 3 - 2 / 3)
    assert found.brier == pytest.approx((0.01 + 0.81 + 4 / 9) / 3)


def test_without_an_answer_nothing_is_said() -> None:
    found = calibrate([("no answer", True)])

    assert (found.answered, found.bias, found.brier) == (0, None, None)


@given(answers)
def test_figures_stay_within_their_ranges_and_no_one_is_lost(given_answers: list[tuple[str, bool]]) -> None:
    found = calibrate(given_answers)

    assert sum(row.answered for row in found.bins) == found.answered <= len(given_answers)
    if found.answered:
        assert found.bias is not None
        assert found.brier is not None
        assert -1 <= found.bias <= 1
        assert 0 <= found.brier <= 1
