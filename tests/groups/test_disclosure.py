"""Small groups stay private: nothing that is shown tells a hidden count of one or two.

Each test plays someone who knows the rules and everything that is shown: of all the tables that look the same, a hidden
count of one or two has at least two values.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import cache
from itertools import permutations, product

import pytest

from api.groups.results import Kind, Snapshot, advise, present
from api.groups.sessions.counting import totals
from api.kit.systems import VOTES
from api.stats.answer_shares import class_statistics
from api.stats.disclosure import FEW, LARGEST_STARRED, STAR, enough, exported, hidden_cells, rounded, shown_movement

from .cases import ANA_CASE, BEN_CASE

SMALLEST, MOST = 5, 14
Table = tuple[int, ...]
CASES = {"one answer": ANA_CASE, "two answers": BEN_CASE}
PLACES = range(len(VOTES))
# Of all tables up to fourteen, where advice was kept from one answer earlier: three pairs of people.
STILL_TOLD = {(2, 2, 2, 3, 5)}


def tables(people: int, cells: int = len(VOTES)) -> Iterator[Table]:
    """Every way for people to be spread over cells."""
    if cells == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in tables(people - first, cells - 1):
            yield (first, *rest)


@cache
def screen(counts: Table) -> tuple[int | None, ...]:
    told = {share.system: share.count for share in class_statistics(counts, SMALLEST, "group", True).systems}
    return tuple(told.get(vote) for vote in VOTES)


@cache
def advice(counts: Table, case: str) -> str | None:
    return advise(counts, CASES[case], 0.45, 0.7) if enough(sum(counts), SMALLEST) else None


def given_away(
    looks: Iterable[tuple[Hashable, Table]], hidden: Callable[[Table, int], bool]
) -> list[tuple[Table, int]]:
    """The tables, and the places in them, whose hidden count of one or two follows from how the table looks."""
    values: dict[Hashable, list[set[int]]] = defaultdict(list)
    one_of: dict[Hashable, Table] = {}
    for look, counts in looks:
        found = values[look]
        if not found:
            found.extend(set() for _ in counts)
        for place, count in enumerate(counts):
            found[place].add(count)
        one_of[look] = counts
    return [
        (one_of[look], place)
        for look, found in values.items()
        for place, possible in enumerate(found)
        if len(possible) == 1 and 0 < one_of[look][place] <= FEW and hidden(one_of[look], place)
    ]


def on_screen(counts: Table, place: int) -> bool:
    return screen(counts)[place] is None


@pytest.mark.parametrize("people", range(1, MOST + 1))
def test_no_count_of_one_or_two_follows_from_screen_export_and_advice(people: int) -> None:
    looks = (
        ((screen(counts), exported(screen(counts)), *(advice(counts, case) for case in CASES)), counts)
        for counts in tables(people)
    )

    assert given_away(looks, on_screen) == []


def moved(counts: Table, *, more: int | None = None, less: int | None = None) -> Table:
    """The same with one answer more here, and one less there."""
    return tuple(count + (place == more) - (place == less) for place, count in enumerate(counts))


def before(then: Table, event: str) -> Iterator[Table]:
    """How the answers may have stood when the vote was first closed: then a step back, the event, and the reveal."""
    voted = [place for place in PLACES if then[place]]
    if event == "one more vote":
        yield from (moved(then, less=place) for place in voted)
    elif event == "one leaves":
        yield from (moved(then, more=place) for place in PLACES)
    else:
        yield from (moved(then, less=new, more=old) for new in voted for old in PLACES if old != new)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("event", ["one more vote", "one leaves", "a changed vote"])
def test_no_count_of_one_or_two_follows_from_two_moments(event: str, case: str) -> None:
    """The advice is of the first closing and stays; screen, summary and export are of the reveal."""
    looks = (
        ((sum(first), advice(first, case), sum(then), screen(then), exported(screen(then))), then)
        for people in range(1, MOST + 1)
        for then in tables(people)
        for first in before(then, event)
    )

    found = given_away(looks, on_screen)
    assert {tuple(sorted(counts)) for counts, _ in found} <= STILL_TOLD


def old_export(counts: Table) -> tuple[int | str, ...]:
    """As it was made once: of the raw counts, with no one told as no one."""
    return tuple(STAR if 0 < count <= LARGEST_STARRED else rounded(count) for count in counts)


def old_advice(counts: Table) -> bool | None:
    """As it was given once: of the raw counts, whatever the size."""
    return counts[VOTES.index("drive")] / sum(counts[:4]) > 0.7 if sum(counts[:4]) else None


def test_the_search_finds_what_an_export_of_raw_counts_and_advice_after_each_vote_gave_away() -> None:
    told = (((screen(counts), old_export(counts)), counts) for counts in tables(SMALLEST))
    probed = (
        ((sum(first), old_advice(first), old_advice(then)), then)
        for then in tables(2)
        for first in before(then, "one more vote")
    )

    assert len(given_away(told, on_screen)) > 10
    assert len(given_away(probed, on_screen)) > 0


Square = tuple[Table, ...]


def movement_look(table: Square) -> tuple[Hashable, tuple[int | None, ...]]:
    """What is shown of two votes and the steps between them."""
    rows, columns = tuple(map(sum, table)), tuple(map(sum, zip(*table, strict=True)))
    shown = shown_movement({(str(row), str(column)): table[row][column] for row, column in cells(len(table))})
    steps = tuple(table[row][column] if (str(row), str(column)) in shown else None for row, column in cells(len(table)))
    return tuple(screen(whole(totals_)) for totals_ in (rows, columns)), steps


def cells(size: int) -> Iterator[tuple[int, int]]:
    return product(range(size), range(size))


def whole(counts: Table) -> Table:
    """With the answers that no one gave."""
    return (*counts, *[0] * (len(VOTES) - len(counts)))


def square(flat: Table, size: int) -> Square:
    return tuple(flat[start : start + size] for start in range(0, size * size, size))


@pytest.mark.parametrize("people", range(SMALLEST, 9))
def test_no_step_of_one_or_two_people_follows_from_the_rule_and_both_votes(people: int) -> None:
    """Of all tables of three answers; where one seems to be given away, a fourth answer may be the way out."""

    def hidden(flat: Table, place: int) -> bool:
        return movement_look(square(flat, 3))[1][place] is None

    found = given_away(((movement_look(square(flat, 3)), flat) for flat in tables(people, 9)), hidden)
    known = {(canonical(square(flat, 3)), flat[place]): (flat, place) for flat, place in found}
    assert [one for one in known.values() if not has_way_out(*one)] == []


def canonical(table: Square) -> Square:
    """The first of all tables that differ by the names of answers alone."""
    size = range(len(table))
    return min(
        tuple(tuple(table[row][column] for column in columns) for row in rows)
        for rows in permutations(size)
        for columns in permutations(size)
    )


def has_way_out(flat: Table, place: int) -> bool:
    """Whether a table of four answers looks the same, though one or two people stand elsewhere."""
    small = square(flat, 3)
    table = (*((*row, 0) for row in small), (0,) * 4)
    mine = (place // 3, place % 3)
    look = movement_look(table)
    taken = [cell for cell in cells(4) if table[cell[0]][cell[1]] and cell != mine]
    for goal, other, its_goal in product(cells(4), [None, *taken], cells(4)):
        counts = {cell: table[cell[0]][cell[1]] for cell in cells(4)}
        counts[mine] -= 1
        counts[goal] += 1
        if other:
            counts[other] -= 1
            counts[its_goal] += 1
        changed = square(tuple(counts[cell] for cell in cells(4)), 4)
        if min(counts.values()) >= 0 and changed[mine[0]][mine[1]] != flat[place] and movement_look(changed) == look:
            return True
    return False


@pytest.mark.parametrize("people", range(1, MOST + 1))
def test_a_check_in_tells_no_count_of_one_or_two_and_not_that_all_are_alike(people: int) -> None:
    def told(counts: Table) -> Hashable:
        return totals((counts[0], counts[1], counts[2]), SMALLEST)

    looks: dict[Hashable, list[Table]] = defaultdict(list)
    for counts in tables(people, 3):
        looks[told(counts)].append(counts)

    assert given_away(((look, counts) for look, all_of in looks.items() for counts in all_of), lambda *_: True) == []
    if people >= SMALLEST:
        assert all(len(all_of) > 1 for all_of in looks.values() if max(all_of[0]) == people)


@pytest.mark.parametrize("kind", ["psychoeducation", "training"])
def test_nothing_is_told_of_a_room_that_is_too_small_however_many_joined(kind: Kind) -> None:
    shown = present(Snapshot(ballots=[[8, 6, 6, 0, 0]], words={0: 20}, people=3), ANA_CASE, kind, SMALLEST)

    assert shown.ballots[0].suppressed
    assert (shown.movement, shown.gain, shown.heat_map, shown.circles) == (None, None, [], None)
    assert totals((9, 6, 5), SMALLEST, 3).counts is None


@pytest.mark.parametrize("counts", list(tables(6, 3)))
def test_a_count_of_one_or_two_is_hidden_with_every_empty_one(counts: Table) -> None:
    hidden = hidden_cells(counts)

    few = {place for place, count in enumerate(counts) if 0 < count <= FEW}
    assert few <= hidden
    if few:
        assert {place for place, count in enumerate(counts) if count == 0} <= hidden
