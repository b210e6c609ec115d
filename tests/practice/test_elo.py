"""Difficulty and ability on one scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.practice.elo import chance, step, surprise

logits = st.floats(min_value=-40, max_value=40)


@pytest.mark.parametrize(("lead", "expected"), [(0.0, 0.667), (0.51, 0.75), (1.24, 0.85), (-40.0, 0.333)])
def test_the_chance_is_that_of_the_published_formula(lead: float, expected: float) -> None:
    assert chance(lead, 0.0) == pytest.approx(expected, abs=0.001)


@given(logits, logits, st.floats(min_value=0.01, max_value=5))
def test_no_one_does_worse_than_guessing_and_more_ability_never_lowers_the_chance(
    ability: float, difficulty: float, more: float
) -> None:
    assert 1 / 3 <= chance(ability, difficulty) <= chance(ability + more, difficulty) <= 1


@given(logits, logits)
def test_a_match_moves_an_ability_up_and_another_view_down(ability: float, difficulty: float) -> None:
    assert surprise(ability, difficulty, False) < 0 <= surprise(ability, difficulty, True)


@given(st.integers(min_value=0, max_value=10_000))
def test_the_more_answers_the_smaller_the_step(n: int) -> None:
    assert step(n + 1) < step(n) <= step(0) == 1
