"""Typed views of practice for the templates: words and places in pictures, no decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from markupsafe import Markup

from api.charts.bands import Band, band
from api.charts.leaning import Lean, view_lean
from api.kit.systems import NAME, SYSTEMS, System
from api.persistence.engine import now
from api.practice.answered import AnsweredStory
from api.practice.naming import comes_back
from api.practice.place import Place
from api.practice.progress import Advice, Progress, finding
from api.practice.service import ClosedSitting
from api.practice.shelf import is_pair, systems_of
from api.practice.sittings import PLANS, Kind
from api.stats.calibration import Calibration
from api.stats.shares import Share
from api.vignettes.view_models import ExplanationView, VignetteView

CONFIDENCE_NAME = {"guessing": "A hunch", "leaning": "Fairly", "sure": "Very"}
_FELT = {"guessing": "guessing", "leaning": "fairly sure", "sure": "very sure"}
LARGEST_RADIUS = 34.0
# The field of a line chart, in its own units.
LEFT, TOP, WIDTH, HEIGHT = 52.0, 14.0, 268.0, 200.0


@dataclass(frozen=True, slots=True)
class SittingOption:
    """One kind of sitting on the start page; `closed` says why it is not open now."""

    kind: Kind
    title: str
    says: str
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class StartView:
    doors: tuple[SittingOption, ...]
    place: Place | None
    answered: int
    stories: int
    advice: Advice | None
    due: int  # topics that are due now


@dataclass(frozen=True, slots=True)
class Cell:
    """How often the key of the row was answered by the column; `r` in the units of an 80 by 80 box."""

    answer: str
    count: int
    r: float
    matches: bool


@dataclass(frozen=True, slots=True)
class Confusion:
    key: System
    name: str
    cells: tuple[Cell, ...]
    unsure: int


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line chart with its whisker, in the chart's units; and the same as numbers."""

    name: str
    x: float
    y: float
    low_y: float
    high_y: float
    band: Band


@dataclass(frozen=True, slots=True)
class Chart:
    """A line chart: its points in order, those without data left out; the diagonal is where both would agree."""

    points: tuple[Point, ...]
    path: str
    rows: tuple[Band, ...]
    description: str
    diagonal: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class SkillRow:
    skill: str
    name: str
    systems: tuple[str, ...]
    matched: int
    answered: int
    back: str
    pair: bool


@dataclass(frozen=True, slots=True)
class ProgressView:
    finding: str
    answered: int
    lead: str
    systems: tuple[Band, ...]
    levels: tuple[Band, ...]
    confusion: tuple[Confusion, ...]
    also_fit: int
    calibration: Chart
    calibration_says: str
    lean: Lean
    curve: Chart
    pairs: tuple[SkillRow, ...]
    signs: tuple[SkillRow, ...]
    advice: Advice
    advice_systems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndView:
    headline: str
    went_well: tuple[str, ...]
    band: Band
    advice: Advice
    stories: Sequence[AnsweredStory]


@dataclass(frozen=True, slots=True)
class PairView:
    """Two stories: the first was answered; of the second the key is told once it was answered too."""

    name: str
    question: str
    first: ExplanationView
    first_key: System
    second: VignetteView
    second_told: ExplanationView | None
    second_key: System | None
    match_label: str | None
    opened: bool
    place: Markup
    carried: str | None


@dataclass(frozen=True, slots=True)
class CodeView:
    spoken: str
    address: str
    qr: Markup
    minutes: int


def start_view(progress: Progress | None, place: Place | None, stories: int) -> StartView:
    """The four kinds of session, and the open one if there is one."""
    mixed = progress.mixed_up if progress else ()
    answered = progress.answered if progress else 0
    kinds: tuple[Kind, ...] = ("five", "ten", "mixups", "placement")
    doors = tuple(
        SittingOption(
            kind,
            PLANS[kind].title,
            PLANS[kind].says,
            "You have not found a topic tricky so far. This session opens when you do."
            if kind == "mixups" and not mixed
            else None,
        )
        for kind in (kinds if answered else ("placement", "five", "ten", "mixups"))
    )
    at = now().timestamp()
    due = sum(row.due is not None and row.due <= at for row in progress.skills) if progress else 0
    return StartView(doors, place, answered, stories, progress.advice if progress and answered else None, due)


def progress_view(progress: Progress) -> ProgressView:
    """The page of progress."""
    at = now().timestamp()
    rows = [
        SkillRow(
            row.skill,
            row.name if is_pair(row.skill) else _sentence(row.name.removeprefix("Cue: ")),
            tuple(sorted(systems_of(row.skill) & set(SYSTEMS), key=SYSTEMS.index)),
            row.matched,
            row.answered,
            "not started" if row.due is None else comes_back(row.due, at),
            is_pair(row.skill),
        )
        for row in progress.skills
    ]
    skill = progress.advice.skill
    return ProgressView(
        finding=finding(progress),
        answered=progress.answered,
        lead=_lead(progress.whole.answered),
        systems=tuple(band(row, NAME[row.name]) for row in progress.systems),
        levels=tuple(band(row) for row in progress.levels),
        confusion=_confusion(progress),
        also_fit=progress.also_fit,
        calibration=_calibration(progress.calibration),
        calibration_says=_bias(progress.calibration),
        lean=view_lean(progress.detection, "you choose"),
        curve=_curve(progress.curve),
        pairs=tuple(row for row in rows if row.pair),
        signs=tuple(row for row in rows if not row.pair),
        advice=progress.advice,
        advice_systems=tuple(sorted(systems_of(skill), key=SYSTEMS.index)) if skill else (),
    )


def end_view(sitting: ClosedSitting) -> EndView:
    """The end of a sitting: what went well first, then one thing to look at, and the stories to go back to."""
    here = sitting.here
    matched, answered = here.whole.matched, here.whole.answered
    well = []
    if answered:
        well.append(f"You read {answered} {'story' if answered == 1 else 'stories'}.")
    if matched:
        well.append(
            "You gave a good answer " + ("every time." if matched == answered else f"{matched} of {answered} times.")
        )
    surest = [row for row in here.systems if row.answered >= 2 and row.matched == row.answered]
    if surest:
        well.append(f"You spotted {_listed([row.name for row in surest])} every time.")
    open_minded = sum(here.unsure.values())
    if open_minded:
        well.append("You chose “not enough information” when a story did not tell you enough.")
    return EndView(
        "Session complete" if answered else "No answers in this session",
        tuple(well),
        band(here.whole),
        sitting.whole.advice,
        sitting.stories,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lead(answered: int) -> str:
    if answered == 0:
        return "No stories yet. Your progress will appear here."
    stories = f"{answered} {'story' if answered == 1 else 'stories'} so far."
    if answered < 100:
        return f"{stories} The ranges are wide because that is a small number, so treat them as rough."
    return stories


def _confusion(progress: Progress) -> tuple[Confusion, ...]:
    largest = max((count for row in progress.confusion.values() for count in row.values()), default=0) or 1
    return tuple(
        Confusion(
            key,
            NAME[key],
            tuple(
                Cell(
                    answer,
                    progress.confusion[key][answer],
                    round(LARGEST_RADIUS * sqrt(progress.confusion[key][answer] / largest), 1),
                    key == answer,
                )
                for answer in SYSTEMS
            ),
            progress.unsure[key],
        )
        for key in SYSTEMS
    )


def _y(percent: float) -> float:
    return round(TOP + HEIGHT * (1 - percent / 100), 1)


def _chart(places: list[tuple[float, Band]], what: str, diagonal: tuple[float, float, float, float] | None) -> Chart:
    points = tuple(
        Point(band.name, round(LEFT + WIDTH * x, 1), _y(band.percent), _y(band.low), _y(band.high), band)
        for x, band in places
        if band.percent is not None and band.low is not None and band.high is not None
    )
    path = " ".join(f"{'L' if place else 'M'}{point.x} {point.y}" for place, point in enumerate(points))
    told = "; ".join(f"{point.name}: {point.band.percent}%" for point in points) or "nothing to draw yet"
    return Chart(points, path, tuple(band for _, band in places), f"{what}: {told}.", diagonal)


def _calibration(calibration: Calibration) -> Chart:
    places = [(row.expected, band(row, CONFIDENCE_NAME[row.confidence])) for row in calibration.bins]
    return _chart(
        places, "How often your answers matched ours, by how sure you felt", (LEFT, _y(0), LEFT + WIDTH, _y(100))
    )


def _bias(calibration: Calibration) -> str:
    if calibration.bias is None or calibration.answered < 10:
        return "Rate your confidence a few more times to see this."
    if upside_down := _upside_down(calibration):
        return upside_down
    if calibration.bias > 0.1:
        return "You are a little more confident than your results suggest. When you feel very sure, take a second look."
    if calibration.bias < -0.1:
        return "Your results are better than your confidence suggests."
    return "On average, your confidence matches your results well."


def _upside_down(calibration: Calibration) -> str | None:
    """The two neighbouring answers to “how sure?” of which the surer one matched clearly less often, if there are any.

    The mean would hide it: too sure of some answers and not sure enough of others can add up to nothing.
    """
    told = [(row.confidence, row.share) for row in calibration.bins if row.answered >= 3 and row.share is not None]
    for (lower, often), (higher, seldom) in pairwise(told):
        if often - seldom >= 0.1:
            return (
                f"You matched our answer more often when you were {_FELT[lower]} ({often:.0%}) than when you were "
                f"{_FELT[higher]} ({seldom:.0%}). Feeling surer did not go with better results so far."
            )
    return None


def _curve(curve: tuple[Share, ...]) -> Chart:
    last = max(1, len(curve) - 1)
    places = [(place / last if len(curve) > 1 else 0.5, band(row)) for place, row in enumerate(curve)]
    # Kept off the axes, so that the first and last points are clear of them.
    return _chart(
        [(0.04 + 0.92 * x, row) for x, row in places],
        "How often your answers matched ours, in groups of 10 stories",
        None,
    )


def _listed(systems: list[str]) -> str:
    return systems[0] if len(systems) == 1 else ", ".join(systems[:-1]) + " and " + systems[-1]
