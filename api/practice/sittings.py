"""Kinds of sitting: how long each is, and when it is over. There is no clock to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["five", "ten", "mixups", "placement", "skill"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FIVE_MINUTES = 300.0
# Whoever is away for longer has left for a while; the time does not count.
LONGEST = 90.0
BREAK = 6 * 3600.0  # after so long the start page offers to go on rather than going on by itself


@dataclass(frozen=True, slots=True)
class Plan:
    """What the start page says of a kind; `cases` is None where time decides."""

    title: str
    says: str
    cases: int | None


PLANS: dict[Kind, Plan] = {
    "five": Plan("Five minutes", "A few people, for about as long as a cup of tea. You can stop at any time.", None),
    "ten": Plan("Ten people", "A mixed set, chosen for what helps you most now.", 10),
    "mixups": Plan("Only what I mix up", "Up to ten people of the kinds that you took for something else.", 10),
    "placement": Plan("Nine to begin with", "Three of each system, from clear to open, to see where you are.", 9),
    "skill": Plan("One kind", "Six people of one kind.", 6),
}


def time_spent(started: float, answers: Sequence[float]) -> float:
    """Seconds of practice up to the last answer, breaks left out; times in seconds, in order."""
    earlier = [started, *answers[:-1]]
    return sum(min(LONGEST, max(0.0, now - before)) for before, now in zip(earlier, answers, strict=False))


def is_over(planned: int | None, started: float, answers: Sequence[float]) -> bool:
    """Whether a sitting has all its cases, or without a number of cases its five minutes."""
    if planned is not None:
        return len(answers) >= planned
    return time_spent(started, answers) >= FIVE_MINUTES
