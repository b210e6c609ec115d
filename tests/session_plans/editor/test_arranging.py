"""Changing the order of steps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.session_plans.editor.arranging import MOST_STEPS, arrange, keys_of

THREE: list[dict[str, Any]] = [{"kind": "talk", "title": title} for title in ("Hello", "Middle", "End")]


def titles(do: str, steps: list[dict[str, Any]] = THREE) -> str:
    return " ".join(str(step["title"]) for step in arrange(steps, do).steps)


@pytest.mark.parametrize(
    "do, order, at, told",
    [
        ("up 3", "Hello End Middle", 1, "“End” is now step 2 of 3."),
        ("down 1", "Middle Hello End", 1, "“Hello” is now step 2 of 3."),
        ("up 1", "Hello Middle End", 0, "“Hello” is already first."),
        ("down 3", "Hello Middle End", 2, "“End” is already last."),
        ("remove 2", "Hello End", 1, "“Middle” has been removed."),
        ("duplicate 1", "Hello Hello Middle End", 1, "“Hello” has been duplicated."),
        ("order 3 1 2", "End Hello Middle", 0, "“End” is now step 1 of 3."),
        ("order 1 2 3", "Hello Middle End", None, "Nothing has moved."),
        ("order 1 1 2", "Hello Middle End", None, "Nothing has changed."),
        ("order 1 2", "Hello Middle End", None, "Nothing has changed."),
        ("up 9", "Hello Middle End", None, "Nothing has changed."),
        ("up -1", "Hello Middle End", None, "Nothing has changed."),
        ("add dance", "Hello Middle End", None, "Nothing has changed."),
        ("", "Hello Middle End", None, "Nothing has changed."),
    ],
)
def test_what_is_pressed_is_done_and_said(do: str, order: str, at: int | None, told: str) -> None:
    done = arrange(THREE, do)

    assert (titles(do), done.at, done.told) == (order, at, told)


def test_a_new_step_stands_before_the_goodbye() -> None:
    steps = [*THREE[:2], {"kind": "close", "title": "Bye"}]

    assert titles("add board", steps) == "Hello Middle What the group says Bye"
    assert titles("add close", steps) == "Hello Middle Bye Goodbye"


def test_no_plan_grows_beyond_what_a_plan_holds() -> None:
    many = THREE * (MOST_STEPS // 3)

    assert len(arrange(many, "add talk").steps) == len(arrange(many, "duplicate 1").steps) == MOST_STEPS


@given(st.permutations(range(6)), st.text(max_size=12))
def test_no_step_is_lost_or_doubled_by_an_order(order: list[int], noise: str) -> None:
    steps = [{"kind": "talk", "title": str(number)} for number in range(6)]

    done = arrange(steps, "order " + " ".join(str(number + 1) for number in order))

    assert done.steps == [steps[number] for number in order]
    assert sorted(str(step["title"]) for step in arrange(steps, f"order {noise}").steps) == list("012345")


def test_a_step_keeps_its_name_wherever_it_goes() -> None:
    before = dict(zip(("Hello", "Middle", "End"), keys_of(THREE), strict=True))
    after = arrange(THREE, "up 3").steps

    assert {step["title"]: key for step, key in zip(after, keys_of(after), strict=True)} == before
    assert len(set(keys_of([THREE[0], THREE[0]]))) == 2
