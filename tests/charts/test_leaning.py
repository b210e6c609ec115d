"""What is said of the answer that someone leans towards."""

import pytest

from api.charts.leaning import view_lean
from api.stats.detection import detect


def said(chosen: dict[str, str], times: int = 12) -> tuple[str, ...]:
    answers = list(chosen.items()) * times
    return view_lean([detect(system, answers) for system in ("threat", "drive", "soothing")], "you choose").sentences


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        (
            {"threat": "threat", "drive": "drive", "soothing": "soothing"},
            "No lean towards one answer can be told so far.",
        ),
        (
            {"threat": "threat", "drive": "threat", "soothing": "threat"},
            "You choose threat 3.0 times as often as the suggested answers do (36 times against 12).",
        ),
    ],
)
def test_a_lean_is_told_in_times_and_none_where_there_is_none(chosen: dict[str, str], says: str) -> None:
    assert says in said(chosen)


def test_half_as_much_again_is_one_and_a_half_times_and_few_answers_tell_nothing() -> None:
    answers = (
        [("threat", "threat")] * 20
        + [("drive", "threat")] * 10
        + [("drive", "drive")] * 4
        + [("soothing", "soothing")] * 6
    )
    (sentence, *_) = view_lean([detect("threat", answers)], "this class chooses").sentences

    assert (
        sentence
        == "This class chooses threat one and a half times as often as the suggested answers do (30 times against 20)."
    )
    assert said({"threat": "threat", "drive": "drive"}, 3) == ()
