"""What may be told of small numbers: every rule of statistical disclosure control, in one place. Pure.

docs/decisions/0007-small-numbers.md gives the reasons. Counts are of people; None stands for a count that is hidden.
"""

from collections.abc import Mapping, Sequence

FEW = 2  # so many answers would single someone out
LARGEST_STARRED, STEP = 7, 5  # of NHS hospital statistics since 2018
STAR = "*"

Cell = tuple[str, str]
Node = tuple[str, str]


def enough(answered: int, smallest: int, people: int | None = None) -> bool:
    """Whether anything may be told. `people`: how many are in the room, where the facilitator has said so."""
    return (answered if people is None else min(answered, people)) >= smallest


def size_if_enough(size: int, smallest: int) -> int | None:
    """The size of a class, as it may be told."""
    return size if enough(size, smallest) else None


def hidden_cells(counts: Sequence[int]) -> frozenset[int]:
    """The places of counts that may not be shown, because 1 or 2 answers would single someone out.

    Then every count up to an edge is hidden, empty ones too: which of them is empty would tell the rest to anyone who
    adds up. The edge starts at 2 and rises to the next larger count while only one is hidden, or while the hidden
    ones are all as large as they can be. Where no count is above 3 the whole table is hidden: else a table of twos
    would be the only one of its size that is.
    """
    if not any(0 < count <= FEW for count in counts):
        return frozenset()
    edge = FEW
    if max(counts) <= FEW + 1:
        return frozenset(range(len(counts)))
    while True:
        hidden = frozenset(place for place, count in enumerate(counts) if count <= edge)
        larger = [count for count in counts if count > edge]
        open_still = len(hidden) > 1 and sum(counts[place] for place in hidden) < edge * len(hidden)
        if open_still or not larger:
            return hidden
        edge = min(larger)


def is_large(count: int) -> bool:
    """Whether a count would still be shown by itself after one answer more or less."""
    return count > FEW + 1


def own_answers(counts: Sequence[int], smallest: int) -> tuple[int | None, ...] | None:
    """The totals of a question about people themselves; None where nothing may be told.

    Where all gave one answer nothing is told either: it would be everyone's own. Nor where all but one or two did, or
    to be told nothing would tell that all did.
    """
    answered = sum(counts)
    if not enough(answered, smallest) or max(counts) >= answered - FEW:
        return None
    hidden = hidden_cells(counts)
    return tuple(None if place in hidden else count for place, count in enumerate(counts))


def least_marked(careful: bool) -> int:
    """By how many people a word has to be marked before it is shown."""
    return FEW + 1 if careful else 1


def shown_movement(table: Mapping[Cell, int]) -> frozenset[Cell]:
    """The steps between two ballots whose counts may be shown to someone who knows the totals of both.

    A count below 3 is hidden, zero among them. All the others are shown, or none of them where that and the totals
    would leave a hidden count a single value from 0 to 2. To hide only some of them would tell more: that a hidden
    count is large. And what decides is the same in every table that looks so, so that the choice itself tells nothing.
    None is shown where none is above 3 either: else a hidden 2 would be known by not being the 3 that is shown.
    """
    few = {cell: count for cell, count in table.items() if count <= FEW}
    if max(table.values(), default=0) <= FEW + 1 or _any_fixed(few):
        return frozenset()
    return frozenset(table.keys() - few)


def rounded(count: int) -> int:
    """To the nearest 5."""
    return STEP * ((count + STEP // 2) // STEP)


def starred(count: int) -> int | None:
    """A count by the rule of NHS hospital statistics: 1 to 7 hidden, others to the nearest 5."""
    return None if 1 <= count <= LARGEST_STARRED else rounded(count)


def exported(counts: Sequence[int | None]) -> tuple[int | str, ...]:
    """Shown counts as a file may hold them, and their total last, which is hidden with any of its parts.

    It is made of nothing but what the screen shows, so the two side by side tell no more than the screen.
    """
    cells = [None if count is None else starred(count) for count in counts]
    total = None if None in cells else rounded(sum(count or 0 for count in counts))
    return tuple(STAR if cell is None else cell for cell in (*cells, total))


def known_sum(counts: Mapping[str, int | None], wanted: Sequence[str], answered: int) -> int | None:
    """How many gave one of the `wanted` answers, where the shown counts tell it; None where only hidden ones would."""
    hidden = {name for name, count in counts.items() if count is None}
    fits = sum(count for name, count in counts.items() if count is not None and name in wanted)
    if hidden.isdisjoint(wanted):
        return fits
    if hidden <= set(wanted):
        return fits + answered - sum(count for count in counts.values() if count is not None)
    return None


def _any_fixed(hidden: Mapping[Cell, int]) -> bool:
    """Whether the totals of rows and columns leave a hidden count, which is known to be 0 to 2, no other value.

    A count of a table can change exactly when it lies on a cycle of hidden cells whose counts can be raised and
    lowered in turn. Rows and columns are nodes; raising leads from row to column, lowering back.
    """
    leads: dict[Node, set[Node]] = {}
    for (start, end), count in hidden.items():
        if count < FEW:
            leads.setdefault(("row", start), set()).add(("column", end))
        if count:
            leads.setdefault(("column", end), set()).add(("row", start))
    return any(
        count
        and not (count < FEW and _reaches(leads, ("column", end), ("row", start)))
        and not _reaches(leads, ("row", start), ("column", end))
        for (start, end), count in hidden.items()
    )


def _reaches(leads: Mapping[Node, set[Node]], origin: Node, goal: Node) -> bool:
    """Whether a way leads from one node to the other that is not the step between them."""
    seen, waiting = {origin}, [origin]
    while waiting:
        here = waiting.pop()
        for there in leads.get(here, ()):
            if there == goal and here != origin:
                return True
            if there not in seen and there != goal:
                seen.add(there)
                waiting.append(there)
    return False
