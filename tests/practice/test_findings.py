"""The progress page says a finding so that it can be read one way only, and advises what fits it."""

import pytest

from api.practice.progress import Progress, finding, look_back
from api.practice.shelf import Item, systems_of
from api.practice.state import Given, State, fold, start_of
from api.practice.view_models import progress_view
from tests.practice.people import DAY, ITEMS, SHELF, START

SYSTEMS = ("threat", "drive", "soothing")


def only_key(system: str) -> list[Item]:
    return [item for item in ITEMS if item.dominant == system and item.acceptable == (system,)]


def looked_back(*answers: tuple[str, str, str | None, int]) -> Progress:
    """Progress after `number` answers `system` to stories of `key`, each in turn."""
    state, shelf = State(), {key: iter(only_key(key)) for key in SYSTEMS}
    given: list[Given] = []
    for key, system, confidence, number in answers:
        for _ in range(number):
            item = next(shelf[key])
            given.append(Given(item.id, system, confidence, 1, START + len(given)))
            fold(state, given[-1], item, start_of)
    return look_back(SHELF, state, given, START + DAY)


@pytest.mark.parametrize(("key", "answer"), [(key, other) for key in SYSTEMS for other in SYSTEMS if key != other])
def test_the_finding_counts_one_mix_up_and_the_advice_practises_telling_these_two_apart(key: str, answer: str) -> None:
    progress = looked_back((key, answer, None, 3), (key, key, None, 2))

    assert finding(progress) == f"In 3 of the 5 stories where we chose {key}, you chose {answer}."
    assert progress.advice.skill is not None
    assert {key, answer} <= systems_of(progress.advice.skill)


def test_of_two_equal_mix_ups_neither_is_named() -> None:
    progress = looked_back(("threat", "drive", None, 2), ("soothing", "threat", None, 2))

    assert finding(progress) == ""


def test_confidence_is_not_said_to_fit_where_surer_answers_matched_less() -> None:
    upside_down = looked_back(
        ("threat", "threat", "guessing", 2), ("drive", "soothing", "guessing", 2),
        ("drive", "drive", "leaning", 6), ("soothing", "threat", "leaning", 1),
        ("soothing", "soothing", "sure", 3), ("threat", "drive", "sure", 2),
    )  # fmt: skip
    says = progress_view(upside_down).calibration_says

    assert says.startswith("You matched our answer more often when you were fairly sure (86%) than when you were very")
    fitting = looked_back(("threat", "threat", "sure", 6), ("drive", "drive", "leaning", 4))
    assert "more often when" not in progress_view(fitting).calibration_says
