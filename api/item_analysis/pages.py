"""Pages of item analysis: the whole library in the order of attention, and one vignette."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from api.accounts.dependencies import CurrentTrainer
from api.accounts.permissions import require
from api.audit.trail import record_export
from api.editorial.standing import get_status, is_sealed
from api.guesses.rules import CONFIDENCE_LABEL
from api.item_analysis.dependencies import analysis_of, served
from api.item_analysis.item import analyse
from api.item_analysis.whole import AnalysedVignette, LibraryAnalysis
from api.kit.spreadsheet import csv_text
from api.kit.systems import ANSWERS, SYSTEMS, VOTES, System
from api.persistence.dependencies import engine_of
from api.persistence.engine import LARGEST_ID, table
from api.review import agreeing, reviewing
from api.stats.calibration import STANDS_FOR
from api.stats.enough import NotEnough
from api.stats.items import LEARNERS_NEEDED, OTHERS_NEEDED, Discrimination, Reason, Rival, Thresholds
from api.stats.shares import Share
from api.vignettes.models import Vignette
from api.web.dependencies import settings_of
from api.web.load_shedding import shed_statistics
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

PAGE = 50

REASON: dict[Reason, str] = {
    "possibly mis-keyed": "More learners choose one other system than what the key accepts. Check the key.",
    "does not discriminate": "Learners who do well on other stories choose an answer that fits less often than others.",
    "too hard": "Few learners choose an answer that fits.",
    "too easy": "Almost everyone chooses an answer that fits.",
    "explanation changed": "Most answers are to an earlier version.",
}
REASON_NAME: dict[Reason, str] = {
    "possibly mis-keyed": "Possibly mis-keyed",
    "does not discriminate": "Reversed",
    "too hard": "Very hard",
    "too easy": "Very easy",
    "explanation changed": "Recently changed",
}


SORTS: dict[str, str] = {
    "attention": "Needs attention first",
    "title": "Title, A to Z",
    "-title": "Title, Z to A",
    "key": "Key, threat first",
    "-key": "Key, soothing first",
    "share": "Lowest facility",
    "-share": "Highest facility",
    "index": "Lowest discrimination",
    "-index": "Highest discrimination",
    "-learners": "Most learners",
    "learners": "Fewest learners",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A vignette in the library's table."""

    item: AnalysedVignette
    slug: str
    title: str
    level: int
    dominant: str

    def value(self, column: str) -> str | float | None:
        """What the table is sorted by; None where nothing is shown."""
        item = self.item
        if column == "title":
            return self.title.casefold()
        if column == "key":
            return SYSTEMS.index(cast(System, self.dominant))
        if column == "share":
            return item.facility.share if isinstance(item.facility, Share) else None
        if column == "index":
            return item.discrimination.index if isinstance(item.discrimination, Discrimination) else None
        return item.learners


def efficiency_words(efficiency: float) -> str:
    """Discriminative efficiency in words, by Moodle's guide: 50 very good, 30 adequate, 20 weak, below 0 look again."""
    for least, words in ((50, "very good"), (30, "adequate"), (20, "weak"), (0, "very weak")):
        if efficiency >= least:
            return words
    return "reversed: check the key"


_COMMON: dict[str, Any] = {
    "section": "trainers",
    "reason": REASON,
    "reason_name": REASON_NAME,
    "confidences": CONFIDENCE_LABEL,
    "stands_for": STANDS_FOR,
    "learners_needed": LEARNERS_NEEDED,
    "others_needed": OTHERS_NEEDED,
    "efficiency_words": efficiency_words,
    "is_missing": lambda figure: isinstance(figure, NotEnough),
    "is_rival": lambda figure: isinstance(figure, Rival),
    "is_share": lambda figure: isinstance(figure, Share),
    "is_discrimination": lambda figure: isinstance(figure, Discrimination),
}


def _sort(request: Request) -> str:
    asked = request.query_params.get("sort", "")
    return asked if asked in SORTS else "attention"


def _address(sort: str, only: bool, page: int = 1, path: str = "") -> str:
    query = {"sort": "" if sort == "attention" else sort, "only": "attention" if only else "", "page": max(page, 1)}
    asked = urlencode({name: value for name, value in query.items() if value and value != 1})
    return f"/trainers/analysis{path}?{asked}" if asked else f"/trainers/analysis{path}"


@router.get("/analysis", dependencies=[Depends(shed_statistics)])
def library_analysis(
    request: Request, trainer: CurrentTrainer, page: Annotated[int, Query(ge=1, le=LARGEST_ID)] = 1, only: str = ""
) -> Response:
    """Every answered vignette, first what needs attention, with agreement and calibration over the library."""
    require(trainer, "see_library")
    whole, sort, attention = analysis_of(request).get(), _sort(request), only == "attention"
    rows = _rows(request, whole, sort, attention)
    pages = max(1, -(-len(rows) // PAGE))
    page = max(1, min(page, pages))
    return render(
        request,
        "item_analysis/library.html",
        title="Results",
        place="analysis",
        whole=whole,
        rows=rows[PAGE * (page - 1) : PAGE * page],
        number=page,
        pages=pages,
        sort=sort,
        sorts=SORTS,
        only=attention,
        limits=Thresholds(),
        address=partial(_address, sort, attention),
        sorted_by=lambda name: _address(name, attention),
        filtered=lambda chosen: _address(sort, chosen),
        over=agreeing.over_library(reviewing.counts_of_all(engine_of(request))),
        **_COMMON,
    )


@router.get("/analysis/table", dependencies=[Depends(shed_statistics)])
def take_out(request: Request, trainer: CurrentTrainer, only: str = "") -> Response:
    """The same table as CSV, as it is sorted and filtered; what is too few to be told is left empty."""
    require(trainer, "export")
    rows = _rows(request, analysis_of(request).get(), _sort(request), only == "attention")
    record_export(engine_of(request), trainer, "export", f"results, {len(rows)} stories")
    names = (
        "story",
        "title",
        "level",
        "key",
        "needs attention",
        "learners",
        "facility",
        "facility from",
        "facility to",
    )
    text = csv_text([(*names, "index", "index from", "index to", "efficiency"), *(_cells(row) for row in rows)])
    headers = {"Content-Disposition": 'attachment; filename="three-circles-results.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


COLUMNS = (
    *("story", "title", "level", "key", "needs attention", "learners"),
    *("facility", "facility from", "facility to", "index", "index from", "index to", "efficiency"),
)


def _cells(row: Row) -> tuple[object, ...]:
    share, told = row.item.facility, row.item.discrimination
    shown = (share.share, *(share.interval or (None, None))) if isinstance(share, Share) else (None, None, None)
    index = told if isinstance(told, Discrimination) else Discrimination(0, None, None)
    return (
        row.slug,
        row.title,
        row.level,
        row.dominant,
        ", ".join(REASON_NAME[reason] for reason in row.item.reasons),
        row.item.learners if isinstance(share, Share) else None,
        *(None if part is None else round(part, 3) for part in shown),
        *(
            None if figure is None else round(figure, 1)
            for figure in (index.index, *(index.interval or (None, None)), index.efficiency)
        ),
    )


def _rows(request: Request, whole: LibraryAnalysis, sort: str, attention: bool) -> list[Row]:
    """All rows of the table in their order; one query. What has no value in a column comes last, either way round."""
    items = {item.vignette_id: item for item in (whole.attention if attention else whole.items)}
    of = table(Vignette).c
    query = select(of.id, of.slug, of.title, of.level, of.dominant).where(of.status == "published")
    with engine_of(request).connect() as connection:
        found = {row.id: row for row in connection.execute(query)}
    rows = [
        Row(item, row.slug, row.title, row.level, row.dominant)
        for number, item in items.items()
        if (row := found.get(number)) is not None
    ]
    if sort == "attention":
        return rows
    column = sort.removeprefix("-")
    known = sorted((row for row in rows if row.value(column) is not None), key=lambda row: row.value(column) or 0)
    return [*(reversed(known) if sort.startswith("-") else known), *(row for row in rows if row.value(column) is None)]


@router.post("/analysis")
def post_analysis(request: Request, trainer: CurrentTrainer) -> Response:
    """Works the analysis out anew."""
    require(trainer, "see_library")
    analysis_of(request).forget()
    return RedirectResponse("/trainers/analysis", status_code=303)


@router.get("/vignettes/{slug}/analysis", dependencies=[Depends(shed_statistics)])
def vignette_analysis(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """One vignette; anyone who has yet to rate it is led to its story."""
    require(trainer, "see_library")
    engine = engine_of(request)
    if is_sealed(engine, trainer, slug):
        return RedirectResponse(f"/trainers/vignettes/{slug}/rate", status_code=303)
    standing = get_status(engine, trainer, slug)
    vignette = served(request, standing.id, standing.text.version) if standing.text.version else None
    return render(
        request,
        "item_analysis/vignette.html",
        title="Results",
        place="stories",
        slug=slug,
        tab="analysis",
        standing=standing,
        vignette=vignette,
        analysis=analyse(engine, vignette, settings_of(request).small_group) if vignette else None,
        answers=ANSWERS,
        votes=VOTES,
        **_COMMON,
    )
