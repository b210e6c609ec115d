"""How people moved between the two ballots of groups, over all groups that have ended, with small numbers hidden.

A total over few groups would tell of one of them, and the difference between two days would tell of the group that
ended in between. So nothing is shown below 5 groups and 20 people, counts of 1 to 7 are told as few, and the others
are rounded to the nearest 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from api.groups.models import GroupMovement, GroupTotal
from api.kit.systems import ANSWERS, VOTES
from api.persistence.engine import table
from api.stats.disclosure import rounded, starred
from api.stats.enough import NotEnough

GROUPS_NEEDED, PEOPLE_NEEDED = 5, 20

_movement, _total = table(GroupMovement), table(GroupTotal)


@dataclass(frozen=True, slots=True)
class Moved:
    """People who voted twice, rounded; each of VOTES × VOTES is a rounded count, 0, or None for a few.

    `before` and `after` are the shares of answers that the key accepts, from 0 to 1 in steps of 0.05. `gain` is the
    normalised gain (p2 − p1) / (1 − p1), None where everyone had it right away.
    """

    groups: int
    people: int
    table: dict[str, dict[str, int | None]]
    before: float
    after: float
    gain: float | None


def read_movement(engine: Engine, vignette_id: int, series: int, acceptable: Sequence[str]) -> Moved | NotEnough:
    """The movement on a vignette; two queries."""
    with engine.connect() as connection:
        groups = connection.execute(
            select(_total.c.revotes).where(_total.c.vignette_id == vignette_id, _total.c.series == series)
        ).scalar_one_or_none()
        rows = connection.execute(
            select(_movement.c.first, _movement.c.second, _movement.c.people).where(
                _movement.c.vignette_id == vignette_id, _movement.c.series == series
            )
        ).all()
    return present({(row.first, row.second): row.people for row in rows}, groups or 0, acceptable)


def present(counts: dict[tuple[str, str], int], groups: int, acceptable: Sequence[str]) -> Moved | NotEnough:
    """What may be shown of the raw counts."""
    people = sum(counts.values())
    if groups < GROUPS_NEEDED:
        return NotEnough(groups, GROUPS_NEEDED, "groups that voted twice")
    if people < PEOPLE_NEEDED:
        return NotEnough(people, PEOPLE_NEEDED, "people who voted twice")
    first, second = (
        _fitting({answer: sum(n for key, n in counts.items() if key[at] == answer) for answer in ANSWERS}, acceptable)
        for at in (0, 1)
    )
    return Moved(
        groups=groups,
        people=rounded(people),
        table={start: {end: starred(counts.get((start, end), 0)) for end in VOTES} for start in VOTES},
        before=round(round(first * 20) / 20, 2),
        after=round(round(second * 20) / 20, 2),
        gain=None if first == 1 else round((second - first) / (1 - first), 1),
    )


def _fitting(counts: dict[str, int], acceptable: Sequence[str]) -> float:
    answered = sum(counts.values())
    return sum(counts[answer] for answer in acceptable if answer in counts) / answered if answered else 0.0
