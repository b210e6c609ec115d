"""Pages of item analysis: the whole library in the order of attention, and one vignette."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from api.accounts.dependencies import CurrentTrainer
from api.accounts.permissions import require
from api.editorial.standing import get_status, is_sealed
from api.guesses.rules import CONFIDENCE_LABEL
from api.item_analysis.dependencies import analysis_of, served
from api.item_analysis.item import analyse
from api.item_analysis.whole import AnalysedVignette, LibraryAnalysis, LibraryAnalysisCache
from api.kit.systems import ANSWERS, VOTES
from api.persistence.dependencies import engine_of
from api.persistence.engine import LARGEST_ID, table
from api.review import agreeing, reviewing
from api.stats.calibration import STANDS_FOR
from api.stats.enough import NotEnough
from api.stats.items import LEARNERS_NEEDED, OTHERS_NEEDED, Discrimination, Reason
from api.stats.shares import Share
from api.vignettes.models import Vignette
from api.web.dependencies import settings_of
from api.web.load_shedding import shed_statistics
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

PAGE = 50

REASON: dict[Reason, str] = {
    "possibly mis-keyed": "Confident, high-scoring learners choose a different system. Check the key.",
    "does not discriminate": "High-scoring learners are hardly more likely than others to choose an answer that fits.",
    "too hard": "Few learners choose an answer that fits.",
    "too easy": "Almost everyone chooses an answer that fits.",
    "explanation changed": "Most answers are to an earlier version.",
}
REASON_NAME: dict[Reason, str] = {
    "possibly mis-keyed": "Possibly mis-keyed",
    "does not discriminate": "Does not discriminate",
    "too hard": "Very hard",
    "too easy": "Very easy",
    "explanation changed": "Recently changed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A vignette in the library's table."""

    item: AnalysedVignette
    slug: str
    title: str
    level: int
    dominant: str


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
    "is_share": lambda figure: isinstance(figure, Share),
    "is_discrimination": lambda figure: isinstance(figure, Discrimination),
}


@router.get("/analysis", dependencies=[Depends(shed_statistics)])
def library_analysis(
    request: Request, trainer: CurrentTrainer, page: Annotated[int, Query(ge=1, le=LARGEST_ID)] = 1
) -> Response:
    """Every answered vignette, first what needs attention, with agreement and calibration over the library."""
    require(trainer, "see_library")
    engine, kept = engine_of(request), analysis_of(request)
    assert isinstance(kept, LibraryAnalysisCache)
    whole = kept.get()
    pages = max(1, -(-len(whole.items) // PAGE))
    page = max(1, min(page, pages))
    return render(
        request,
        "item_analysis/library.html",
        title="Analysis",
        place="analysis",
        whole=whole,
        rows=_rows(request, whole, page),
        number=page,
        pages=pages,
        over=agreeing.over_library(reviewing.counts_of_all(engine)),
        **_COMMON,
    )


def _rows(request: Request, whole: LibraryAnalysis, page: int) -> list[Row]:
    shown = whole.items[PAGE * (page - 1) : PAGE * page]
    of = table(Vignette).c
    query = select(of.id, of.slug, of.title, of.level, of.dominant).where(of.id.in_([i.vignette_id for i in shown]))
    with engine_of(request).connect() as connection:
        found = {row.id: row for row in connection.execute(query)}
    return [
        Row(item, row.slug, row.title, row.level, row.dominant)
        for item in shown
        if (row := found.get(item.vignette_id)) is not None
    ]


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
        title="Analysis",
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
