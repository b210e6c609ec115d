"""How a class answered: counts, shares and intervals."""

from functools import lru_cache

from pydantic import BaseModel, Field

from api.kit.systems import VOTES, Vote
from api.stats.disclosure import enough, hidden_cells
from api.stats.intervals import wilson


class AnswerShare(BaseModel):
    """One answer's part of the class. `count`, `share` and `interval` are null where 1 or 2 people chose it."""

    system: Vote
    count: int | None
    share: float | None = Field(description="From 0 to 1.")
    interval: tuple[float, float] | None = Field(description="95 % Wilson interval of the share.")
    few: bool = False


class ClassStatistics(BaseModel):
    """How everyone answered. Below the smallest group `suppressed` is true and `systems` is empty."""

    scope: str
    answered: int
    suppressed: bool
    systems: list[AnswerShare]


@lru_cache(maxsize=512)
def class_statistics(
    counts: tuple[int, ...],
    smallest: int,
    scope: str = "everyone",
    hide_few: bool = False,
    people: int | None = None,
) -> ClassStatistics:
    """The statistics of counts in the order of VOTES (passes may be left out).

    Nothing but their number below `smallest` answers, or `people` in the room, and none of counts below zero, which
    cannot be. With `hide_few` counts of 1 or 2 are not told.
    """
    answered = max(0, sum(counts))
    if not enough(answered, smallest, people) or min(counts) < 0:
        return ClassStatistics(scope=scope, answered=answered, suppressed=True, systems=[])
    hidden = hidden_cells(counts) if hide_few else frozenset()
    systems = [
        AnswerShare(system=vote, count=None, share=None, interval=None, few=True)
        if place in hidden
        else _share(vote, counts[place], answered)
        for place, vote in enumerate(VOTES[: len(counts)])
    ]
    return ClassStatistics(scope=scope, answered=answered, suppressed=False, systems=systems)


def _share(answer: Vote, count: int, total: int) -> AnswerShare:
    low, high = wilson(count, total)
    return AnswerShare(
        system=answer, count=count, share=round(count / total, 4), interval=(round(low, 4), round(high, 4))
    )
