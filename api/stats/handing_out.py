"""Which units each rater gets, so that few raters give every unit enough ratings. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from random import Random


def hand_out(units: Sequence[int], blocks: Iterable[Sequence[int]], size: int, random: Random) -> list[int]:
    """`size` of the units for one more rater, in an order of their own; `blocks` are those of earlier raters.

    One after the other the unit is taken that fewest have, of those the one that has least often stood in one block
    with what is taken already, of those any: blocks as of a balanced incomplete block design, in which no unit is
    more than one rater ahead of another, and pairs meet about equally often (Cochran & Cox 1957, ch. 11), for raters
    who come one by one and may not come to an end.
    """
    had: Counter[int] = Counter()
    met: Counter[tuple[int, int]] = Counter()
    for block in blocks:
        had.update(block)
        met.update(combinations(sorted(block), 2))
    left, taken = list(units), list[int]()
    random.shuffle(left)
    while left and len(taken) < size:
        best = min(left, key=lambda unit: (had[unit], sum(met[min(unit, one), max(unit, one)] for one in taken)))
        left.remove(best)
        taken.append(best)
    random.shuffle(taken)
    return taken
