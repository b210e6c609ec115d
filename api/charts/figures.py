"""Class statistics as the templates draw them: table rows and three circles."""

from dataclasses import dataclass
from functools import lru_cache

from api.charts.circles import NAME_FITS, VALUE_FITS, arrange, place_labels
from api.kit.systems import NAME, SYSTEMS
from api.stats.answer_shares import AnswerShare, ClassStatistics

FEW_WEIGHT = 1.5  # a hidden count is 2 or fewer, and drawn as none of them


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in the table; count, percent and interval are None where few answered so."""

    answer: str
    name: str
    count: int | None
    percent: int | None
    interval: tuple[int, int] | None
    few: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """One circle in the units of the figure's view box; a small one has its name `beside` it, at the label's place."""

    system: str
    name: str
    cx: float
    cy: float
    r: float
    few: bool
    value: str
    show_value: bool
    beside: str | None
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Circles:
    """The figure: its size, its circles, and the same in words."""

    width: float
    height: float
    circles: tuple[Circle, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ClassStatisticsView:
    """What `_class_statistics.html` shows."""

    answered: int
    suppressed: bool
    smallest: int
    rows: tuple[Row, ...]
    figure: Circles | None


def view_class_statistics(statistics: ClassStatistics, smallest: int) -> ClassStatisticsView:
    """Rows for every answer, and the circles of the three systems."""
    return ClassStatisticsView(
        answered=statistics.answered,
        suppressed=statistics.suppressed,
        smallest=smallest,
        rows=tuple(_row(share) for share in statistics.systems),
        figure=_figure(tuple((share.system, share.count, share.few) for share in statistics.systems)),
    )


def _row(share: AnswerShare) -> Row:
    interval = share.interval and (round(100 * share.interval[0]), round(100 * share.interval[1]))
    percent = None if share.share is None else round(100 * share.share)
    return Row(share.system, NAME[share.system], share.count, percent, interval, share.few)


@lru_cache(maxsize=512)
def _figure(answers: tuple[tuple[str, int | None, bool], ...]) -> Circles | None:
    shown: dict[str, tuple[int | None, bool]] = {
        system: (count, few) for system, count, few in answers if system in SYSTEMS
    }
    arrangement = arrange({s: FEW_WEIGHT if few else float(count or 0) for s, (count, few) in shown.items()})
    if arrangement is None:
        return None
    value = {system: "hidden" if few else str(count) for system, (count, few) in shown.items()}
    beside = {
        circle.system: NAME[circle.system] + ("" if circle.r >= VALUE_FITS else f" {value[circle.system]}")
        for circle in arrangement.circles
        if circle.r < NAME_FITS
    }
    arrangement, labels = place_labels(arrangement, beside)
    circles = [
        Circle(
            system=placed.system,
            name=NAME[placed.system],
            cx=round(placed.cx, 1),
            cy=round(placed.cy, 1),
            r=round(placed.r, 1),
            few=shown[placed.system][1],
            value=value[placed.system],
            show_value=placed.r >= VALUE_FITS,
            beside=beside.get(placed.system),
            label_x=round(labels[placed.system].x, 1) if placed.system in labels else 0.0,
            label_y=round(labels[placed.system].y, 1) if placed.system in labels else 0.0,
        )
        for placed in arrangement.circles
    ]
    return Circles(round(arrangement.width, 1), round(arrangement.height, 1), tuple(circles), _describe(circles))


def _describe(circles: list[Circle]) -> str:
    ordered = sorted(circles, key=lambda circle: -circle.r)
    first, rest = ordered[0], ordered[1:]
    told = [f"{first.name} is the largest circle with {first.value} answers."]
    told += [f"{circle.name} {'is hidden' if circle.few else f'has {circle.value}'}." for circle in rest]
    return " ".join(told)


@dataclass(frozen=True, slots=True)
class BallotView:
    """One vote: a table row for each answer, and three circles."""

    number: int
    title: str
    answered: int
    suppressed: bool
    smallest: int
    rows: tuple[Row, ...]
    figure: Circles | None
