"""The phases of a round, as a pure state machine."""

from collections.abc import Sequence
from typing import Literal, get_args

Phase = Literal["reading", "voting", "discussing", "revoting", "revealed", "ended"]
PHASES: tuple[Phase, ...] = get_args(Phase)

# Discussing and the second vote may be skipped; nothing else is.
_NEXT: dict[Phase, tuple[Phase, ...]] = {
    "reading": ("voting",),
    "voting": ("discussing", "revoting", "revealed"),
    "discussing": ("revoting", "revealed"),
    "revoting": ("revealed",),
    "revealed": ("ended",),
    "ended": (),
}
_SHOWN: frozenset[Phase] = frozenset(("revealed", "ended"))
_BALLOT: dict[Phase, int] = {"voting": 1, "revoting": 2}


class WrongPhase(ValueError):
    """A step that cannot be taken from here; its text says which can."""


def advance(path: Sequence[Phase], phase: str, second_vote: bool = True) -> tuple[Phase, ...]:
    """The way of a round with one more step. Raises WrongPhase with the steps that are possible."""
    possible = next_phases(path, second_vote)
    step = next((known for known in possible if known == phase), None)
    if step is None:
        told = " or ".join(possible) if possible else "nothing more"
        raise WrongPhase(f"After {path[-1]} comes {told}, not {phase}.")
    return (*path, step)


def next_phases(path: Sequence[Phase], second_vote: bool = True) -> tuple[Phase, ...]:
    """The phases that may come next, the usual one first; without a second vote there is no revoting."""
    return tuple(phase for phase in _NEXT[path[-1]] if second_vote or phase != "revoting")


def take_back(path: Sequence[Phase]) -> tuple[Phase, ...]:
    """The way without its last step. Raises WrongPhase at the start and once answers have been shown."""
    if not can_take_back(path):
        raise WrongPhase(
            "You cannot go back once the answers have been shown."
            if is_shown(path)
            else "This is the first step of the story, so you cannot go back."
        )
    return tuple(path[:-1])


def can_take_back(path: Sequence[Phase]) -> bool:
    return len(path) > 1 and not is_shown(path)


def is_shown(path: Sequence[Phase]) -> bool:
    """Whether key, explanation and results may be seen."""
    return bool(path) and path[-1] in _SHOWN


def open_ballot(path: Sequence[Phase]) -> int | None:
    """The ballot that takes votes now: 1, 2 or none."""
    return _BALLOT.get(path[-1]) if path else None


def ballot(path: Sequence[Phase]) -> int:
    """The ballot that the round is about: the second one from its opening on, else the first."""
    return 2 if "revoting" in path else 1
