"""What someone with pen and paper can work out from a table with holes. Slow, plain, and not the product's way."""

from collections.abc import Iterator, Sequence
from itertools import product

Table = tuple[tuple[int, ...], ...]
Holed = tuple[tuple[int | None, ...], ...]


def vectors(places: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every way to give `total` answers to so many places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in vectors(places - 1, total - first):
            yield (first, *rest)


def completions(shown: Holed, rows: Sequence[int], columns: Sequence[int]) -> Iterator[Table]:
    """Every table that has the shown cells and these totals of rows and columns."""

    def fill(number: int, left: tuple[int, ...]) -> Iterator[Table]:
        if number == len(shown):
            if not any(left):
                yield ()
            return
        row = shown[number]
        holes = [place for place, cell in enumerate(row) if cell is None]
        missing = rows[number] - sum(cell or 0 for cell in row)
        if missing < 0 or (not holes and missing):
            return
        for filling in vectors(len(holes), missing) if holes else [()]:
            whole = [cell or 0 for cell in row]
            for place, count in zip(holes, filling, strict=True):
                whole[place] = count
            after = tuple(total - cell for total, cell in zip(left, whole, strict=True))
            if min(after) >= 0:
                for rest in fill(number + 1, after):
                    yield (tuple(whole), *rest)

    yield from fill(0, tuple(columns))


def worked_out(table: Table, shown: Holed) -> list[tuple[int, int]]:
    """The hidden cells with someone in them that the shown ones give away to anyone who knows the totals of both votes.

    What the totals tell without any table, no table can hide.
    """
    without: Holed = tuple((None,) * len(row) for row in table)
    return sorted(_certain(table, shown) - _certain(table, without))


def _certain(table: Table, shown: Holed) -> set[tuple[int, int]]:
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    possible = list(completions(shown, rows, columns))
    assert table in possible
    return {
        (row, column)
        for row, column in product(range(len(table)), repeat=2)
        if shown[row][column] is None and table[row][column] and len({other[row][column] for other in possible}) == 1
    }
