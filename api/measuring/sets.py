"""Three sets of twelve stories, balanced and equally hard as far as is known; and who gets which when. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from random import Random
from statistics import fmean
from typing import Final

from api.kit.systems import SYSTEMS, System

SETS, SIZE = 3, 12
LEVELS: Final = (1, 2)  # at level 3 more than one answer fits, so there is no score
OF_EACH: Final = SIZE // (len(SYSTEMS) * len(LEVELS))  # stories of a system and level in each set
_PRIOR: Final = {1: 0.9, 2: 0.75}  # how often a story of the level is matched, while hardly anyone has answered it
_WEIGHT: Final = 10  # answers that this counts for
ORDERS: Final = tuple(permutations(range(SETS)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may be sealed: who has answered it so far, and how many of them matched its key."""

    id: int
    system: System
    level: int
    answered: int = 0
    matched: int = 0

    @property
    def easy(self) -> float:
        """The share expected to match, drawn towards its level's while few have answered."""
        return (self.matched + _PRIOR[self.level] * _WEIGHT) / (self.answered + _WEIGHT)


def choose(candidates: Sequence[Candidate], random: Random) -> tuple[list[list[int]], list[float]] | None:
    """Three sets and how easy each is; None where there are too few stories of a system and level.

    In each cell of system and level those are taken that fewest people have answered, and dealt out in turns by how
    easy they are: forwards, then backwards.
    """
    sets: list[list[Candidate]] = [[] for _ in range(SETS)]
    turn = 0
    for system in SYSTEMS:
        for level in LEVELS:
            cell = [one for one in candidates if (one.system, one.level) == (system, level)]
            random.shuffle(cell)
            cell = sorted(cell, key=lambda one: one.answered)[: SETS * OF_EACH]
            if len(cell) < SETS * OF_EACH:
                return None
            cell.sort(key=lambda one: one.easy)
            order = [(turn + place) % SETS for place in range(SETS)]
            for place, one in enumerate(cell):
                row, column = divmod(place, SETS)
                sets[order[column] if row % 2 == 0 else order[-1 - column]].append(one)
            turn += 1
    return [[one.id for one in own] for own in sets], [round(fmean(one.easy for one in own), 4) for own in sets]


def order_of(salt: str, learner: str) -> tuple[int, ...]:
    """Which set this learner gets before, after and later: one of all six orders, by a hash."""
    return ORDERS[_number(salt, learner) % len(ORDERS)]


def shuffled(salt: str, learner: str, occasion: int, stories: Sequence[int]) -> list[int]:
    """A set in this learner's own order, the same at each visit."""
    mixed = list(stories)
    Random(_number(salt, learner, str(occasion))).shuffle(mixed)  # noqa: S311  # an order, not a secret
    return mixed


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256(":".join(parts).encode()).digest()[:8], "big")
