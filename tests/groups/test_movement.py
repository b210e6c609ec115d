"""Steps between the two votes: what a careful group hides stays hidden from someone who knows both totals."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from api.groups.results import Movement, count_movement, present_movement
from api.kit.systems import VOTES, Vote
from tests.groups.attack import Holed, Table, worked_out

# Rows and columns where no one stands are known to be empty, so a table of the others is attacked.
TWO: tuple[Vote, ...] = ("threat", "drive")
THREE: tuple[Vote, ...] = ("threat", "soothing", "pass")

tables_of_two = st.tuples(*[st.tuples(*[st.integers(0, 12)] * 2)] * 2)
tables_of_three = st.tuples(*[st.tuples(*[st.sampled_from((0, 0, 0, 1, 2, 3, 4))] * 3)] * 3)


def movement(table: Table, answers: tuple[Vote, ...]) -> Movement:
    return {
        start: {end: count for end, count in zip(answers, row, strict=True) if count}
        for start, row in zip(answers, table, strict=True)
    }


def told(table: Table, answers: tuple[Vote, ...]) -> Holed:
    shown = present_movement(movement(table, answers), careful=True)
    return tuple(tuple(shown[start][end] for end in answers) for start in answers)


def assert_no_one_stands_out(table: Table, answers: tuple[Vote, ...]) -> None:
    shown = told(table, answers)
    found = worked_out(table, shown)
    assert found == [], f"{table} is shown as {shown}; with both totals known, {found} can only be what they are"


@given(st.one_of(tables_of_three, tables_of_two))
def test_a_step_is_told_exactly_or_not_at_all_and_never_below_three(table: Table) -> None:
    answers = THREE if len(table) == 3 else TWO
    for row, shown_row in zip(table, told(table, answers), strict=True):
        for count, shown in zip(row, shown_row, strict=True):
            assert shown is None or shown == count >= 3


@given(tables_of_three)
def test_what_is_hidden_never_lies_in_one_row_or_one_column(table: Table) -> None:
    shown = told(table, THREE)
    hidden = [(r, c) for r, c in product(range(3), range(3)) if table[r][c] and shown[r][c] is None]
    anything_shown = any(cell is not None for row in shown for cell in row)

    if hidden and anything_shown:
        assert len({r for r, _ in hidden}) > 1
        assert len({c for _, c in hidden}) > 1


def test_two_people_who_changed_places_cannot_be_worked_out() -> None:
    """The smallest table that matters: six and six, and one of each went over."""
    assert_no_one_stands_out(((5, 1), (1, 5)), TWO)


def test_no_step_between_two_answers_can_be_worked_out() -> None:
    tables = list(product(product(range(6), repeat=2), repeat=2))
    known = [(table, told(table, TWO)) for table in tables if worked_out(table, told(table, TWO))]
    shown = sum(any(cell is not None for row in told(table, TWO) for cell in row) for table in tables)

    assert shown > 0
    assert known == [], f"{len(known)} of {len(tables)} tables, for example {known[0]}"


@given(tables_of_three)
def test_no_step_between_three_answers_can_be_worked_out(table: Table) -> None:
    assert_no_one_stands_out(table, THREE)


@given(st.one_of(tables_of_three, tables_of_two))
def test_a_training_group_sees_every_step(table: Table) -> None:
    answers = THREE if len(table) == 3 else TWO
    shown = present_movement(movement(table, answers), careful=False)

    assert tuple(tuple(shown[start][end] for end in answers) for start in answers) == table
    assert all(shown[start][end] == 0 for start in VOTES for end in VOTES if {start, end} - set(answers))


votes = st.dictionaries(st.sampled_from([f"m{number}" for number in range(12)]), st.sampled_from(VOTES))


@given(votes, votes)
def test_movement_counts_anyone_who_answered_twice_and_no_one_else(
    first: dict[str, str], second: dict[str, str]
) -> None:
    counted = count_movement(first, second)

    pairs = Counter((first[member], second[member]) for member in first.keys() & second.keys())
    assert {(s, e): count for s, row in counted.items() for e, count in row.items()} == pairs


def test_unsure_and_pass_are_steps_like_others() -> None:
    counted = count_movement({"a": "unsure", "b": "pass"}, {"a": "drive", "b": "pass"})

    assert counted == {"unsure": {"drive": 1}, "pass": {"pass": 1}}
