"""Two texts compared word by word, and shown next to each other. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 150_000  # pairs of equal words: what comparing costs grows with them, and faster; a story has a tenth


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of both texts, the same in both or not; one of them may have nothing here."""

    same: bool
    old: str
    new: str


def stretches(old: str, new: str) -> Iterator[Stretch]:
    """The stretches of two texts in their order: joined, `old` and `new` are the texts.

    Long ones go line by line, and those of very many equal lines as a whole.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if _pairs(before, after) > _MOST:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _pairs(before, after) > _MOST:
        before, after = [old], [new]
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield Stretch(tag == "equal", "".join(before[a:b]), "".join(after[c:d]))


def _pairs(before: list[str], after: list[str]) -> int:
    """How many pairs of equal parts there are."""
    there = Counter(after)
    return sum(there[part] for part in before)


@dataclass(frozen=True, slots=True)
class SidePiece:
    """A stretch of one text; `own` where the other text differs."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A part that differs between two texts of the same thing, with its words in each."""

    label: str
    mine: tuple[SidePiece, ...]
    theirs: tuple[SidePiece, ...]


def side_by_side(label: str, mine: str, theirs: str) -> SideBySide:
    left, right = list[SidePiece](), list[SidePiece]()
    for stretch in stretches(mine, theirs):
        if stretch.old:
            left.append(SidePiece(stretch.old, not stretch.same))
        if stretch.new:
            right.append(SidePiece(stretch.new, not stretch.same))
    return SideBySide(label, tuple(left), tuple(right))
