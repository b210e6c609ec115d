"""What someone can work out who reads a class's totals beside those of everyone, which are exact."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from api.stats.disclosure import FEW, hidden_cells

Table = tuple[int, ...]

ANSWERED = range(5, 13)


def tables(answered: int) -> Iterator[Table]:
    """Every way in which so many people can give four answers."""
    for a in range(answered + 1):
        for b in range(answered + 1 - a):
            for c in range(answered + 1 - a - b):
                yield a, b, c, answered - a - b - c


def shown(table: Table) -> tuple[int | None, ...]:
    hidden = hidden_cells(table)
    return tuple(None if place in hidden else count for place, count in enumerate(table))


def worked_out(others: int) -> tuple[int, int]:
    """Of how many tables with hidden counts a count of one or two can be worked out, and how many there are.

    `others`: how many people outside the class gave each answer. More of them leave more room, so this is the worst.
    """
    found, tried = 0, 0
    for answered in ANSWERED:
        alike = defaultdict(list)
        for table in tables(answered):
            alike[shown(table)].append(table)
        for seen, several in alike.items():
            for table in several if None in seen else ():
                everyone = [count + others for count in table]
                possible = [one for one in several if all(a <= b for a, b in zip(one, everyone, strict=True))]
                few = [place for place, count in enumerate(table) if seen[place] is None and 0 < count <= FEW]
                found += any(len({one[place] for one in possible}) == 1 for place in few)
                tried += 1
    return found, tried


@pytest.mark.parametrize(("others", "found"), [(0, 1469), (1, 22), (2, 0), (3, 0)])
def test_beside_two_others_a_reader_of_both_works_out_no_hidden_count(others: int, found: int) -> None:
    """And beside fewer as often as decision 0016 says."""
    assert worked_out(others) == (found, 1469)
