"""Exported tables: small counts are stars, others are rounded, and no star can be worked out."""

import csv
import io
from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.groups.exporting import as_csv, rows
from api.groups.results import GroupResults
from api.kit.systems import VOTES
from api.stats.answer_shares import class_statistics
from api.stats.disclosure import starred

ballots = st.lists(st.integers(0, 60), min_size=len(VOTES), max_size=len(VOTES))


@given(st.integers(1, 7))
def test_counts_of_one_to_seven_become_a_star(count: int) -> None:
    assert starred(count) is None


@given(st.integers(8, 100_000))
def test_other_counts_are_rounded_to_the_nearest_five(count: int) -> None:
    shown = starred(count)

    assert isinstance(shown, int)
    assert shown % 5 == 0
    assert abs(shown - count) <= 2


def test_no_one_is_told_as_no_one() -> None:
    assert starred(0) == 0


def results(*ballots: Sequence[int]) -> GroupResults:
    """What a training group's screen shows, where nothing but the export hides small counts."""
    shown = [class_statistics(tuple(counts), 1) for counts in ballots]
    return GroupResults(ballots=shown, movement=None, gain=None, heat_map=[])


def exported(counts: tuple[int, ...] | list[int]) -> dict[str, int | str]:
    return rows([(1, "ana-the-race", results(counts))])[0]


def row_of(counts: Sequence[int]) -> tuple[int | str, ...]:
    shown = exported(list(counts))
    return (*(shown[vote] for vote in VOTES), shown["answered"])


def behind(cell: int | str) -> range:
    """The counts that an exported cell may stand for."""
    return range(1, 8) if cell == "*" else range(1) if cell == 0 else range(int(cell) - 2, int(cell) + 3)


def worked_out(row: tuple[int | str, ...]) -> set[int]:
    """The places of stars that can be one count only, for anyone who tries all counts that give this row."""
    values: dict[int, set[int]] = {place: set() for place in range(len(VOTES)) if row[place] == "*"}
    for counts in product(*map(behind, row[: len(VOTES)])):
        if row_of(counts) == row:
            for place, found in values.items():
                found.add(counts[place])
            if all(len(found) > 1 for found in values.values()):
                return set()
    return {place for place, found in values.items() if len(found) == 1}


def test_no_star_can_be_worked_out_from_its_row() -> None:
    found = {row_of((*counts, 0)): counts for counts in product((0, 1, 4, 7, 8, 12, 13), repeat=4)}
    known = [(counts, row) for row, counts in found.items() if worked_out(row)]

    assert sum("*" in row[:-1] for row in found) > 100
    assert known == [], f"{len(known)} of {len(found)} rows, for example {known[0]}"


@pytest.mark.parametrize("others", [0, 3, 8, 13, 22])
def test_a_single_star_is_not_the_difference_between_total_and_rest(others: int) -> None:
    looks: dict[tuple[int | str, ...], set[int]] = {}
    for lone in range(1, 8):
        shown = exported([lone, others, 0, 0, 0])
        looks.setdefault(tuple(shown.values()), set()).add(lone)

    assert all(len(possible) >= 2 for possible in looks.values()), looks


@given(st.lists(st.lists(ballots, min_size=1, max_size=2), max_size=4))
def test_an_export_has_a_row_for_each_vote_and_reads_back_from_csv(rounds: list[list[list[int]]]) -> None:
    table = rows([(number, "ana-the-race", results(*votes)) for number, votes in enumerate(rounds, start=1)])

    assert [(row["round"], row["ballot"]) for row in table] == [
        (number, ballot) for number, votes in enumerate(rounds, start=1) for ballot in range(1, len(votes) + 1)
    ]
    read = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert read == [{name: str(cell) for name, cell in row.items()} for row in table]


@given(ballots)
def test_no_exported_number_is_exact_or_small(counts: list[int]) -> None:
    shown = exported(counts)

    for cell in (*(shown[vote] for vote in VOTES), shown["answered"]):
        assert cell in ("*", 0) or (isinstance(cell, int) and cell >= 10 and cell % 5 == 0)
