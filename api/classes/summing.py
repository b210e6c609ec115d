"""A class's totals added up by system and level, from what is shown of each story and nothing else. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.kit.systems import System
from api.stats.answer_shares import ClassStatistics
from api.stats.disclosure import known_sum
from api.stats.shares import Share


@dataclass(frozen=True, slots=True)
class StoryStatistics:
    """A story and what is shown of how the class first answered it."""

    slug: str
    title: str
    level: int
    dominant: System
    acceptable: tuple[str, ...]
    statistics: ClassStatistics


@dataclass(frozen=True)
class Sum(Share):
    """`matched` of `answered` first answers fitted the key, over `stories`; `left_out` stories do not tell.

    The interval counts answers as if each came from someone else.
    """

    stories: int
    left_out: int


def fitting(told: StoryStatistics) -> int | None:
    """How many answers fitted the key, where the shown counts tell it; None where only hidden ones would."""
    shown: dict[str, int | None] = {share.system: share.count for share in told.statistics.systems}
    return known_sum(shown, told.acceptable, told.statistics.answered)


def add_up(name: str, stories: Iterable[StoryStatistics]) -> Sum:
    """The sum over the stories that tell; to add a hidden count would tell it."""
    answered = matched = known = left_out = 0
    for told in stories:
        fits = fitting(told)
        if fits is None:
            left_out += 1
            continue
        known, answered, matched = known + 1, answered + told.statistics.answered, matched + fits
    return Sum(name, answered, matched, known, left_out)


def by_system(stories: Sequence[StoryStatistics], systems: Sequence[System]) -> tuple[Sum, ...]:
    return tuple(add_up(system, (told for told in stories if told.dominant == system)) for system in systems)


def by_level(stories: Sequence[StoryStatistics]) -> tuple[Sum, ...]:
    return tuple(add_up(f"Level {level}", (told for told in stories if told.level == level)) for level in (1, 2, 3))
