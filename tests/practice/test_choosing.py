"""Which story the learner meets next."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.practice.choosing import ChoiceConstraints, choose
from api.practice.contrasting import partners, shared_pair
from api.practice.elo import chance
from api.practice.shelf import Item, is_pair
from api.practice.state import State
from tests.practice.people import DAY, ITEMS, SHELF, START, difficulties, give, next_for

seeds = st.integers(min_value=0, max_value=1_000).map(str)


def go_on(state: State, number: int, seed: str, matches: float = 0.7) -> list[Item]:
    """So many cases one after the other, all hunches; some match."""
    random, met = Random(seed), []
    for place in range(number):
        item = next_for(state, START + place * 60, f"{seed} {place}").item
        give(state, item, random.random() < matches, "guessing", START + place * 60)
        met.append(item)
    return met


@given(seeds)
def test_practice_begins_with_two_clear_people_of_each_system(seed: str) -> None:
    met = go_on(State(), 6, seed)

    assert [item.level for item in met] == [1] * 6
    assert [met[place].dominant == met[place + 1].dominant for place in (0, 2, 4)] == [True] * 3
    assert len({item.dominant for item in met}) == 3


@given(seeds)
def test_no_one_comes_twice_while_there_is_someone_new_of_the_skills_that_need_practice(seed: str) -> None:
    met: list[int] = []
    for item in go_on(State(), 60, seed):
        if item.id in met:
            assert any(all(other.id in met for other in ITEMS if skill in other.skills) for skill in item.skills)
        met.append(item.id)


def test_kinds_are_mixed_after_the_first_block() -> None:
    same = Counter[bool]()
    for seed in range(40):
        met = go_on(State(), 36, str(seed))[6:]
        same.update(one.dominant == other.dominant for one, other in pairwise(met))

    assert same[True] / same.total() < 0.1  # by chance it would be a third


@given(seeds)
def test_an_error_made_with_confidence_leads_to_a_similar_story_with_another_key(seed: str) -> None:
    state = State()
    go_on(state, int(seed) % 12, seed)
    item = next_for(state, seed=seed).item
    give(state, item, False, "sure")
    stand_against = partners(SHELF, item, state, (), Random(seed))

    choice = next_for(state, seed=seed)

    if stand_against:
        assert choice.reason == "pair"
        assert shared_pair(item, choice.item) is not None
        assert choice.item.dominant != item.dominant


def test_an_error_that_was_a_hunch_leads_on() -> None:
    state = State()
    go_on(state, 8, "hunch")
    give(state, next_for(state).item, False, "guessing")

    assert next_for(state).reason != "pair"


@pytest.mark.parametrize("ability", [-1.0, 0.5, 1.5])
def test_new_people_are_about_as_hard_as_helps(ability: float) -> None:
    """Nearer to 75 to 85 % expected success than a person picked blindly."""
    state = State()
    go_on(state, 6, "aim")
    state.ability = ability
    for skill in state.skills.values():
        skill.theta = 0.0

    def off(item: Item) -> float:
        expected = chance(state.ability_for(item), difficulties([item])[item.id])
        return max(0.0, 0.75 - expected, expected - 0.85)

    chosen = [off(next_for(state, seed=str(seed)).item) for seed in range(60)]
    blindly = [off(item) for item in ITEMS if item.id not in state.seen]
    assert sum(chosen) / len(chosen) < sum(blindly) / len(blindly) + 0.02
    assert len({next_for(state, seed=str(seed)).item.id for seed in range(60)}) > 3  # with some exploring


def test_a_skill_that_fades_comes_back_with_someone_new() -> None:
    """Everything was met and went well; one pair alone was met long ago."""
    state = State()
    faded = "rest-or-reward"
    for item in ITEMS[:40]:
        give(state, item, True, "leaning", START if faded in item.skills else START + 60 * DAY)
    for name, skill in state.skills.items():
        if name != faded:
            skill.last, skill.due, skill.stability = START + 60 * DAY, START + 160 * DAY, 100.0
    chosen = [next_for(state, START + 60 * DAY, str(seed)).item for seed in range(30)]

    assert sum(faded in item.skills for item in chosen) > 15
    assert all(item.id not in state.seen for item in chosen)


def test_the_nine_of_a_placement_are_each_system_at_each_level_and_never_two_of_a_kind_in_a_row() -> None:
    state, met = State(), []
    for place in range(9):
        choice = next_for(state, wish=ChoiceConstraints(place=place))
        give(state, choice.item, True)
        met.append(choice.item)

    assert {(item.level, item.dominant) for item in met} == {
        (level, system) for level in (1, 2, 3) for system in ("threat", "drive", "soothing")
    }
    assert [item.level for item in met] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert all(one.dominant != other.dominant for one, other in pairwise(met))


@given(st.sampled_from([skill for skill in SHELF.skills if is_pair(skill)]), seeds)
def test_a_sitting_on_one_skill_asks_for_nothing_else(skill: str, seed: str) -> None:
    assert skill in next_for(State(), seed=seed, wish=ChoiceConstraints(only=(skill,))).item.skills


def test_when_all_were_met_the_one_met_longest_ago_comes() -> None:
    state = State()
    for item in ITEMS:
        give(state, item, True)
    choice = next_for(state, START + DAY)

    assert choice.reason == "again"
    of_its_skills = [state.seen[item.id] for item in ITEMS if set(item.skills) & set(choice.item.skills)]
    assert state.seen[choice.item.id] <= sorted(of_its_skills)[len(of_its_skills) // 2]


def test_with_everyone_passed_over_there_is_no_one_left() -> None:
    everyone = [item.id for item in ITEMS]

    assert choose(SHELF, State(), START, difficulties, Random("none"), without=everyone) is None
