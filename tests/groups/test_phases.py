"""The way of a round through its phases."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from api.groups.phases import (
    PHASES,
    Phase,
    WrongPhase,
    advance,
    ballot,
    can_take_back,
    is_shown,
    next_phases,
    open_ballot,
    take_back,
)

# Written out from the description, not from the code: discussing and revoting may be left out, nothing else.
WAYS: frozenset[tuple[Phase, ...]] = frozenset(
    (
        ("reading", "voting", "discussing", "revoting", "revealed", "ended"),
        ("reading", "voting", "discussing", "revealed", "ended"),
        ("reading", "voting", "revoting", "revealed", "ended"),
        ("reading", "voting", "revealed", "ended"),
    )
)
BEGUN = frozenset(way[:length] for way in WAYS for length in range(1, len(way) + 1))

paths = st.sampled_from(sorted(BEGUN))
phases = st.sampled_from(PHASES)


def reachable() -> set[tuple[Phase, ...]]:
    """Every way that steps forward lead to."""
    found: set[tuple[Phase, ...]] = {("reading",)}
    front = list(found)
    while front:
        path = front.pop()
        for phase in PHASES:
            try:
                longer = advance(path, phase)
            except WrongPhase:
                continue
            if longer not in found:
                found.add(longer)
                front.append(longer)
    return found


def test_only_the_documented_ways_can_be_gone() -> None:
    assert reachable() == BEGUN
    assert {path for path in reachable() if not next_phases(path)} == WAYS


@given(paths, phases)
def test_a_step_is_taken_or_refused_with_the_steps_that_are_possible(path: tuple[Phase, ...], phase: Phase) -> None:
    if (*path, phase) in BEGUN:
        assert advance(path, phase) == (*path, phase)
        return
    with pytest.raises(WrongPhase) as refused:
        advance(path, phase)
    assert all(possible in str(refused.value) for possible in next_phases(path))


@given(paths, phases)
def test_back_undoes_a_step_until_the_answers_are_shown(path: tuple[Phase, ...], phase: Phase) -> None:
    if (*path, phase) not in BEGUN:
        return
    longer = advance(path, phase)
    if phase in ("revealed", "ended"):
        assert not can_take_back(longer)
        with pytest.raises(WrongPhase):
            take_back(longer)
    else:
        assert can_take_back(longer)
        assert take_back(longer) == path


def test_the_beginning_cannot_be_taken_back() -> None:
    assert not can_take_back(("reading",))
    with pytest.raises(WrongPhase):
        take_back(("reading",))


@given(paths)
def test_votes_are_taken_in_the_two_ballots_and_nowhere_else(path: tuple[Phase, ...]) -> None:
    assert open_ballot(path) == {"voting": 1, "revoting": 2}.get(path[-1])


@given(paths)
def test_the_answers_are_shown_from_the_reveal_on(path: tuple[Phase, ...]) -> None:
    assert is_shown(path) == ("revealed" in path)


@given(paths)
def test_a_round_is_about_its_second_ballot_only_once_that_was_opened(path: tuple[Phase, ...]) -> None:
    assert ballot(path) == (2 if "revoting" in path else 1)


class Walk(RuleBasedStateMachine):
    """Someone who presses every button at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.path: tuple[Phase, ...] = ("reading",)
        self.was_shown = False

    @rule(phase=phases)
    def step(self, phase: Phase) -> None:
        try:
            self.path = advance(self.path, phase)
        except WrongPhase:
            assert (*self.path, phase) not in BEGUN

    @rule()
    def back(self) -> None:
        before = self.path
        try:
            self.path = take_back(before)
        except WrongPhase:
            assert self.was_shown or before == ("reading",)
        else:
            assert before[:-1] == self.path

    @invariant()
    def the_way_is_a_documented_one(self) -> None:
        assert self.path in BEGUN

    @invariant()
    def shown_answers_are_never_hidden_again(self) -> None:
        self.was_shown = self.was_shown or is_shown(self.path)
        assert is_shown(self.path) == self.was_shown

    @precondition(lambda self: open_ballot(self.path) is not None)
    @invariant()
    def an_open_ballot_is_the_one_that_the_round_is_about(self) -> None:
        assert open_ballot(self.path) == ballot(self.path)
        assert not is_shown(self.path)

    @invariant()
    def ballots_are_opened_in_order_and_at_most_once(self) -> None:
        opened = [number for phase in self.path if (number := open_ballot((phase,))) is not None]
        assert all(first < second for first, second in pairwise(opened))


TestWalk = Walk.TestCase
