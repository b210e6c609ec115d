"""Kinds of practice session: how long each is, and when it is over. There is no clock to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["five", "ten", "mixups", "placement", "skill"]
KINDS: tuple[Kind, ...] = get_args(Kind)

FIVE_MINUTES = 300.0
# Anyone away for longer has left for a while, and the time does not count.
LONGEST = 90.0
BREAK = 6 * 3600.0  # after so long the start page offers to go on rather than going on by itself


@dataclass(frozen=True, slots=True)
class SittingKind:
    """What the start page says of a kind; `cases` is None where time decides."""

    title: str
    says: str
    cases: int | None


PLANS: dict[Kind, SittingKind] = {
    "five": SittingKind("Five minutes", "A few stories in about five minutes. You can stop at any time.", None),
    "ten": SittingKind("10 mixed stories", "A mix of stories, chosen to help you most right now.", 10),
    "mixups": SittingKind("My tricky ones", "Up to 10 stories on the topics that you find tricky.", 10),
    "placement": SittingKind(
        "Starter set (9 stories)", "Three stories for each system, from easy to hard, to find your level.", 9
    ),
    "skill": SittingKind("6 stories on one topic", "Six stories on the topic you choose.", 6),
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
