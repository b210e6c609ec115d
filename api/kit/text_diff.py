"""Two texts compared word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 4_000_000  # pairs of words that are compared one by one; a page of text has a tenth


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of both texts, the same in both or not; one of them may have nothing here."""

    same: bool
    old: str
    new: str


def stretches(old: str, new: str) -> Iterator[Stretch]:
    """The stretches of two texts in their order: joined, `old` and `new` are the texts. Long ones go line by line."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if len(before) * len(after) > _MOST:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield Stretch(tag == "equal", "".join(before[a:b]), "".join(after[c:d]))
