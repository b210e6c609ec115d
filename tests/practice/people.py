"""A made-up library of the shipped shape, and answers given on it."""

from collections.abc import Mapping, Sequence
from random import Random

from api.practice.choosing import Choice, ChoiceConstraints, choose
from api.practice.shelf import Item, PracticeIndex
from api.practice.state import Given, State, fold, start_of
from tests.bench.made_up_library import make_library

ITEMS, _ = make_library("tests of practice")
SHELF = PracticeIndex(ITEMS)
DAY = 86_400.0
START = 1_800_000_000.0


def difficulties(items: Sequence[Item]) -> Mapping[int, float]:
    return {item.id: start_of(item) for item in items}


def other_than(item: Item) -> str:
    """A system that does not fit the story."""
    return next(system for system in ("threat", "drive", "soothing") if system not in item.acceptable)


def give(
    state: State, item: Item, matches: bool, confidence: str | None = "leaning", at: float = START, attempt: int = 1
) -> None:
    system = item.dominant if matches else other_than(item)
    fold(state, Given(item.id, system, confidence, attempt, at), item, start_of)


def next_for(
    state: State,
    at: float = START,
    seed: str = "next",
    without: Sequence[int] = (),
    wish: ChoiceConstraints | None = None,
) -> Choice:
    choice = choose(SHELF, state, at, difficulties, Random(seed), without=without, wish=wish)
    assert choice is not None
    return choice
