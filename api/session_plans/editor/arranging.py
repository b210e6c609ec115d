"""Changes to the list of steps, as one presses them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Any

from api.session_plans.editor.fields import KIND_NAME, new_step

MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Arranged:
    """The steps as they then are, which of them to look at (from 0; None: nothing moved), and what to say of it."""

    steps: list[Any]
    at: int | None
    told: str


def arrange(steps: Sequence[Any], do: str) -> Arranged:
    """Does “up 3”, “down 3”, “remove 3”, “duplicate 3”, “add talk” or “order 2 1 3”, counted from 1.

    What there is nothing to do for, and what no one can have pressed, changes nothing.
    """
    what, _, rest = do.partition(" ")
    number = int(rest) - 1 if rest.isascii() and rest.isdigit() and len(rest) < 4 else -1
    here = 0 <= number < len(steps)
    if what in ("up", "down") and here:
        return _move(steps, number, number + (1 if what == "down" else -1))
    if what == "remove" and here:
        left = [*steps[:number], *steps[number + 1 :]]
        return Arranged(
            left, min(number, len(left) - 1) if left else None, f"“{title_of(steps[number])}” has been removed."
        )
    if what == "duplicate" and here and len(steps) < MOST_STEPS:
        twice = [*steps[: number + 1], steps[number], *steps[number + 1 :]]
        return Arranged(twice, number + 1, f"“{title_of(steps[number])}” has been duplicated.")
    if what == "add" and rest in KIND_NAME and len(steps) < MOST_STEPS:
        return _add(steps, rest)
    if what == "order":
        return _order(steps, rest)
    return Arranged(list(steps), None, "Nothing has changed.")


def title_of(step: Any) -> str:
    found = step.get("title") if isinstance(step, dict) else None
    return found.strip() if isinstance(found, str) and found.strip() else "A step without a title"


def keys_of(steps: Sequence[Any]) -> list[str]:
    """A name for each step that stays with it wherever it is moved."""
    keys: list[str] = []
    for step in steps:
        digest = sha256(dumps(step, default=str, skipkeys=True).encode()).hexdigest()[:10]
        keys.append(f"{digest}-{sum(key.startswith(digest) for key in keys)}")
    return keys


def _move(steps: Sequence[Any], number: int, to: int) -> Arranged:
    title = title_of(steps[number])
    if not 0 <= to < len(steps):
        return Arranged(list(steps), number, f"“{title}” is already {'first' if to < 0 else 'last'}.")
    moved = [step for place, step in enumerate(steps) if place != number]
    moved.insert(to, steps[number])
    return Arranged(moved, to, f"“{title}” is now step {to + 1} of {len(steps)}.")


def _add(steps: Sequence[Any], kind: str) -> Arranged:
    """A goodbye goes last, and anything else before it."""
    last = steps[-1].get("kind") if steps and isinstance(steps[-1], dict) else None
    to = len(steps) - 1 if last == "close" and kind != "close" else len(steps)
    step = new_step(kind)
    return Arranged([*steps[:to], step, *steps[to:]], to, f"“{step['title']}” is now step {to + 1}.")


def _order(steps: Sequence[Any], rest: str) -> Arranged:
    order = [int(part) - 1 for part in rest.split() if part.isascii() and part.isdigit() and len(part) < 4]
    if sorted(order) != list(range(len(steps))):
        return Arranged(list(steps), None, "Nothing has changed.")
    # A single step was carried: the one that went furthest.
    to = max(range(len(order)), key=lambda place: abs(order[place] - place), default=None)
    if to is None or order[to] == to:
        return Arranged(list(steps), None, "Nothing has moved.")
    told = f"“{title_of(steps[order[to]])}” is now step {to + 1} of {len(steps)}."
    return Arranged([steps[place] for place in order], to, told)
