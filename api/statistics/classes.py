"""How a class answered: counts, shares and intervals."""

from collections.abc import Sequence
from functools import lru_cache

from pydantic import BaseModel, Field

from api.library.systems import ANSWERS, Answer
from api.statistics.intervals import wilson


class AnswerShare(BaseModel):
    """One answer's part of the class. `count`, `share` and `interval` are null where 1 or 2 people chose it."""

    system: Answer
    count: int | None
    share: float | None = Field(description="From 0 to 1.")
    interval: tuple[float, float] | None = Field(description="95 % Wilson interval of the share.")
    few: bool = False


class ClassStatistics(BaseModel):
    """How everybody answered. Below the smallest group `suppressed` is true and `systems` is empty."""

    scope: str
    answered: int
    suppressed: bool
    systems: list[AnswerShare]


@lru_cache(maxsize=512)
def class_statistics(counts: Sequence[int], smallest: int, scope: str = "everyone") -> ClassStatistics:
    """The statistics of counts in the order of ANSWERS; nothing but their number below `smallest` answers."""
    answered = sum(counts)
    suppressed = answered < smallest
    systems = [] if suppressed else [_share(a, n, answered) for a, n in zip(ANSWERS, counts, strict=True)]
    return ClassStatistics(scope=scope, answered=answered, suppressed=suppressed, systems=systems)


def _share(answer: Answer, count: int, total: int) -> AnswerShare:
    low, high = wilson(count, total)
    return AnswerShare(
        system=answer, count=count, share=round(count / total, 4), interval=(round(low, 4), round(high, 4))
    )
