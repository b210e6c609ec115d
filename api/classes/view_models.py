"""What the pages of classes show: words and rows, no decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import Request
from markupsafe import Markup

from api.charts.bands import Band, band
from api.charts.figures import ClassStatisticsView, view_class_statistics
from api.classes.access import link_mark
from api.classes.service import ClassInfo, members
from api.classes.summing import StoryStatistics, Sum, by_level, by_system
from api.classes.totals import Key, all_counts, class_counts
from api.guesses.recording import Counts
from api.kit.join_codes import spoken
from api.kit.qr import qr
from api.kit.systems import NAME, SYSTEMS, System
from api.persistence.dependencies import engine_of
from api.stats.answer_shares import ClassStatistics, class_statistics
from api.stats.disclosure import size_if_enough
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of
from api.web.dependencies import settings_of
from api.web.rendering import base_url, fragment

SCOPE = "class"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as it is named: to its members, and in its trainer's list."""

    code: str
    spoken: str
    name: str
    last_day: date
    closed: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What a trainer may see of a class; `members` is None below the smallest group."""

    members: int | None
    stories: tuple[StoryStatistics, ...]
    systems: tuple[Sum, ...]
    levels: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class StoryRow:
    slug: str
    title: str
    level: int
    dominant: System
    statistics: ClassStatisticsView


@dataclass(frozen=True, slots=True)
class Sums:
    """Bands to draw; `left_out` stories do not tell how many answers fitted."""

    title: str
    colourful: bool
    rows: tuple[Band, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class ClassView:
    known: ClassRow
    join_url: str
    qr: Markup
    smallest: int
    members: int | None
    stories: tuple[StoryRow, ...]
    sums: tuple[Sums, ...]


def view_known(found: ClassInfo) -> ClassRow:
    return ClassRow(found.code, spoken(found.code), found.name, found.last_day, found.closed)


def join_url(request: Request, found: ClassInfo) -> str:
    return f"{base_url(request)}/practice/class?code={found.code}&k={link_mark(request, found.code)}"


def shown(counts: Counts, smallest: int) -> ClassStatistics:
    """A class's counts as anyone may see them."""
    return class_statistics(counts, smallest, SCOPE, hide_few=True)


def statistics_of(request: Request, found: ClassInfo, vignette: Vignette) -> ClassStatistics:
    """How the class first answered a vignette, of the series that this version belongs to."""
    smallest = settings_of(request).small_group
    counts = class_counts(engine_of(request), found, (vignette.id, vignette.series), smallest)
    return shown(counts, smallest)


def totals_of(request: Request, found: ClassInfo) -> Totals:
    """Everything that its trainer may see: of published stories in their present meaning."""
    smallest = settings_of(request).small_group
    size = members(engine_of(request), found.id)
    counts = all_counts(engine_of(request), found, smallest)
    stories = _stories(catalogue_of(request).vignettes.values(), counts, smallest)
    return Totals(size_if_enough(size, smallest), stories, by_system(stories, SYSTEMS), by_level(stories))


def _stories(vignettes: Iterable[Vignette], counts: Mapping[Key, Counts], smallest: int) -> tuple[StoryStatistics, ...]:
    told = []
    for vignette in vignettes:
        statistics = shown(counts.get((vignette.id, vignette.series), (0, 0, 0, 0)), smallest)
        if not statistics.suppressed:
            head = vignette.case.head
            fits = tuple(vignette.case.acceptable)
            told.append(StoryStatistics(vignette.slug, head.title, head.level, head.key.dominant, fits, statistics))
    return tuple(told)


def class_view(request: Request, found: ClassInfo) -> ClassView:
    """The page of a class."""
    smallest = settings_of(request).small_group
    totals = totals_of(request, found)
    url = join_url(request, found)
    return ClassView(
        known=view_known(found),
        join_url=url,
        qr=qr(url),
        smallest=smallest,
        members=totals.members,
        stories=tuple(
            StoryRow(told.slug, told.title, told.level, told.dominant, view_class_statistics(told.statistics, smallest))
            for told in totals.stories
        ),
        sums=(_sums("By system", totals.systems, colourful=True), _sums("By level", totals.levels, colourful=False)),
    )


def _sums(title: str, sums: tuple[Sum, ...], *, colourful: bool) -> Sums:
    rows = tuple(band(row, NAME.get(row.name)) for row in sums)
    return Sums(title, colourful, rows, sum(row.left_out for row in sums))


def class_block(request: Request, found: ClassInfo, vignette: Vignette) -> Markup:
    """“Your class”, to stand beside how everyone answered."""
    smallest = settings_of(request).small_group
    statistics = view_class_statistics(statistics_of(request, found, vignette), smallest)
    return Markup(fragment("classes/_block.html", {"known": view_known(found), "statistics": statistics}))  # noqa: S704
