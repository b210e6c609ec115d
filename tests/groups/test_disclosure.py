"""Small groups stay private: nothing that is shown tells a hidden count of one or two."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from api.groups.results import Snapshot, advise, present
from api.kit.systems import VOTES
from api.stats.answer_shares import class_statistics
from api.stats.disclosure import FEW, exported

from .cases import ANA_CASE, BEN_CASE

SMALLEST, MOST = 5, 14
Table = tuple[int, ...]


def tables(people: int, cells: int = len(VOTES)) -> Iterator[Table]:
    """Every way for people to be spread over cells."""
    if cells == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in tables(people - first, cells - 1):
            yield (first, *rest)


@pytest.mark.parametrize("people", range(1, MOST + 1))
def test_no_count_of_one_or_two_follows_from_screen_export_and_advice(people: int) -> None:
    behind: dict[object, list[Table]] = defaultdict(list)
    for counts in tables(people):
        shown = class_statistics(counts, SMALLEST, "group", True)
        told = {share.system: share.count for share in shown.systems}
        screen = tuple(told.get(vote) for vote in VOTES)
        advice = [advise(shown, case, 0.45, 0.7) for case in (ANA_CASE, BEN_CASE)]
        behind[(shown.suppressed, screen, exported(screen), *advice)].append(counts)

    known = [
        (looks, place)
        for looks in behind.values()
        for place in range(len(VOTES))
        if len({counts[place] for counts in looks}) == 1 and 0 < looks[0][place] <= FEW
    ]
    assert known == []


def test_nothing_is_told_of_a_room_that_is_too_small_however_many_joined() -> None:
    shown = present(Snapshot(ballots=[[8, 6, 6, 0, 0]], people=3), ANA_CASE, "psychoeducation", SMALLEST)

    assert shown.ballots[0].suppressed
