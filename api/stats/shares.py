"""A share with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.stats.intervals import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """`matched` of `answered`; share and interval (95 %, Wilson) are None while there is no answer."""

    name: str
    answered: int
    matched: int
    share: float | None
    interval: tuple[float, float] | None


def share(name: str, matches: Sequence[bool]) -> Share:
    answered, matched = len(matches), sum(matches)
    if not answered:
        return Share(name, 0, 0, None, None)
    return Share(name, answered, matched, matched / answered, wilson(matched, answered))
