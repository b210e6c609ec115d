"""What an answer says about skills, and when they come back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from api.practice.shelf import Item
from api.practice.skills import WEEK, affected_skills, need
from api.practice.state import State
from tests.practice.people import DAY, ITEMS, START, give, other_than

ITEM = next(item for item in ITEMS if item.level == 2 and len(item.acceptable) == 1)
Answers = list[tuple[Item, bool, str | None, float]]
answers = st.lists(
    st.tuples(
        st.sampled_from(ITEMS),
        st.booleans(),
        st.sampled_from([None, "guessing", "leaning", "sure"]),
        st.floats(min_value=0, max_value=5 * DAY),
    ),
    max_size=30,
)


def told(matches: bool, confidence: str | None) -> State:
    state = State()
    give(state, ITEM, matches, confidence)
    return state


def soonest(state: State) -> float:
    return min(skill.due for skill in state.skills.values())


def test_an_error_made_with_confidence_comes_back_sooner_than_one_that_was_a_hunch() -> None:
    assert soonest(told(False, "sure")) < soonest(told(False, "guessing"))


def test_a_match_comes_back_the_later_the_surer_it_was() -> None:
    assert soonest(told(True, "guessing")) < soonest(told(True, "leaning")) < soonest(told(True, "sure"))


def test_after_a_confident_error_a_match_is_asked_again_within_a_week_and_then_no_longer() -> None:
    state = told(False, "sure")
    (name, *_) = affected_skills(ITEM, other_than(ITEM), False)
    give(state, ITEM, True, "sure", at=START + DAY / 2, attempt=1)
    assert START < state.skills[name].due <= START + WEEK

    give(state, ITEM, True, "sure", at=START + WEEK)
    assert state.skills[name].surprised is None
    assert state.skills[name].due > START + WEEK + DAY


def test_to_know_a_story_already_says_less_of_the_skill_than_to_meet_someone_new() -> None:
    new, known = told(True, "sure"), State()
    give(known, ITEM, True, "sure", attempt=2)

    assert soonest(known) < soonest(new)
    assert known.ability == 0 < new.ability


@given(answers)
def test_a_state_is_the_same_after_it_was_kept(given_answers: Answers) -> None:
    state, at = State(), START
    for item, matches, confidence, later in given_answers:
        at += later
        give(state, item, matches, confidence, at)

    again = State.from_json(json.loads(json.dumps(state.to_json())))

    assert again.skills == state.skills
    assert (again.seen, again.met, again.recent, again.n) == (state.seen, state.met, state.recent, state.n)
    for skill in again.skills.values():
        assert 0 <= need(skill, again.ability, at) <= 3
        assert 0 <= skill.retrievability(at) <= 1


def test_taking_one_system_for_another_never_blames_the_signs_of_the_answer() -> None:
    for item in ITEMS:
        answer = other_than(item)
        signs = {skill for skill in affected_skills(item, answer, False) if "." in skill}
        assert all(skill.startswith(item.dominant + ".") for skill in signs)
