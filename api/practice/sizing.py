"""What only the learner's own outcome shows: the reason in their words, and their circles beside the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.guesses.rules import CircleSizes
from api.kit.systems import NAME, SYSTEMS, System
from api.stats.blend import Quartiles, class_blend, distance, shares
from api.vignettes.case import Case


@dataclass(frozen=True, slots=True)
class SizedRow:
    """One system in percent: the learner's share, the key's range, and the class's quartiles if it may be seen."""

    system: System
    name: str
    share: int
    low: int
    high: int
    people: Quartiles | None


@dataclass(frozen=True, slots=True)
class OwnView:
    """What `practice/_own.html` shows. `rows` is empty without circles, or where all of them have no size."""

    reason: str | None
    rows: tuple[SizedRow, ...]
    says: str
    people: bool
    smallest: int


def view_own(
    case: Case, reason: str | None, circles: CircleSizes | None, others: Iterable[Mapping[str, float]], smallest: int
) -> OwnView:
    """`others` are the sizes that people gave with their first answers, the learner's own among them."""
    own = shares(circles.model_dump()) if circles else None
    if own is None:
        return OwnView(reason, (), "", False, smallest)
    people = class_blend(others, smallest)
    rows = tuple(_row(case, system, own[system], people[system] if people else None) for system in SYSTEMS)
    return OwnView(reason, rows, _says(rows), people is not None, smallest)


def _row(case: Case, system: System, share: float, people: Quartiles | None) -> SizedRow:
    low, high = getattr(case.head.key.blend, system)
    shown = Quartiles(round(people.low), round(people.median), round(people.high)) if people else None
    return SizedRow(system, NAME[system], round(share), low, high, shown)


def _says(rows: tuple[SizedRow, ...]) -> str:
    """Where the learner's circles lie, seen from the suggested ranges, by the figures that are shown."""
    away = [(row, round(distance(row.share, (row.low, row.high)))) for row in rows]
    told = [
        f"your {row.system} circle is {abs(points)} {'point' if abs(points) == 1 else 'points'} "
        f"{'above' if points > 0 else 'below'} our suggested range"
        for row, points in away
        if points
    ]
    if not told:
        return "All three are within our suggested ranges."
    sentences = " ".join(f"{text[0].upper()}{text[1:]}." for text in told)
    within = [row.system for row, points in away if not points]
    if not within:
        return sentences
    return f"{sentences} Your {' and '.join(within)} {'circle is' if len(within) == 1 else 'circles are'} within it."
