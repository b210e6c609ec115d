"""The accessibility statement says what this suite runs, no less and no more."""

from collections.abc import Callable
from typing import Any

from api.web.accessibility import tried
from tests.browser import test_engines as engines
from tests.browser import test_every_page, test_group_exercise, test_journey

# What stands behind each kind of check that the statement names.
BEHIND: dict[str, Callable[..., Any]] = {
    "axe": test_every_page.test_a_page_is_without_barriers_in_both_schemes_and_nothing_stands_beside_the_screen,
    "keys": test_journey.test_from_the_first_page_to_the_next_person_by_keyboard_and_without_a_page_load,
    "no scripts": test_journey.test_the_same_way_works_without_scripts,
    "narrow": test_every_page.test_a_page_is_without_barriers_in_both_schemes_and_nothing_stands_beside_the_screen,
    "zoom": test_group_exercise.test_the_whole_exercise_with_two_people_and_seven_phones,
    "live regions": test_group_exercise.test_the_whole_exercise_with_two_people_and_seven_phones,
}


def test_the_accessibility_statement_names_the_engines_and_checks_that_run() -> None:
    assert [engine.name for engine in tried().engines] == list(engines.ENGINES)
    assert [check.name for check in tried().checks] == list(BEHIND)
    assert min(test_every_page.WIDTHS) == 320
