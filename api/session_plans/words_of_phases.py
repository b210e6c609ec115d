"""Which of a story step's words to say belong to which phase of its round. Pure.

A plan has them in the order in which they are said: up to the choice, while people talk, and at the second vote. Read
out all at once they would skip the vote. A question asks for talk, as “What would change your mind?” does.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

Part = Literal["before", "talk", "again"]

_CHOICE: Final = re.compile(r"\b(choose|vote|choice)\b", re.IGNORECASE)
_AGAIN: Final = re.compile(
    r"\b(again|change your (choice|answer|mind|vote)|keep (it|your (choice|answer|vote)))\b", re.IGNORECASE
)


def words_of(say: Sequence[str], part: Part) -> tuple[str, ...]:
    """The lines of a part, in order. Without a line that asks for a choice, only the first comes before the talk."""
    parts = [_part(line, number, _last_before(say)) for number, line in enumerate(say)]
    return tuple(line for line, own in zip(say, parts, strict=True) if own == part)


def _last_before(say: Sequence[str]) -> int:
    return next((number for number, line in enumerate(say) if _CHOICE.search(line) and not _AGAIN.search(line)), 0)


def _part(line: str, number: int, last_before: int) -> Part:
    if number <= last_before:
        return "before"
    return "again" if _AGAIN.search(line) and not line.endswith("?") else "talk"
