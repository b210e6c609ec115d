"""Parts of the pages of a case and its outcome. What is the same for many is rendered once and kept."""

from functools import lru_cache
from types import SimpleNamespace

from fastapi import Request
from markupsafe import Markup

from api.charts.drawing import circles, statistics_row
from api.charts.figures import view_class_statistics
from api.guesses.outcome import EMPTY, view_outcome
from api.guesses.recording import Counts
from api.guesses.rules import CircleSizes, Confidence
from api.guesses.service import circles_of
from api.kit.page_slots import cut, slot
from api.kit.systems import ANSWERS, NAME, Answer
from api.panels.experts import Lens
from api.persistence.dependencies import engine_of
from api.practice.sizing import view_own
from api.review.panel import Split
from api.stats.answer_shares import class_statistics
from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette
from api.vignettes.explaining import explanation
from api.vignettes.words import Span, word_spans
from api.web.dependencies import settings_of
from api.web.rendering import fragment

_STATISTICS, _OWN = slot("class statistics"), slot("own")
_ANSWERED, _FIGURE, _ROWS = slot("answered"), slot("figure"), slot("rows")


@lru_cache(maxsize=512)
def words(case: Case, marked: tuple[Span, ...]) -> Markup:
    """The story whose words can each be marked, for the form."""
    found = [(start, end, case.story[start:end]) for start, end in word_spans(case.story)]
    context = {"paragraphs": case.story.split("\n\n"), "words": found, "marked": marked}
    return Markup(fragment("practice/_words.html", context))  # noqa: S704  # a template


def own(request: Request, vignette: Vignette, reason: str | None, circles: CircleSizes | None) -> Markup:
    """What no one else's page shows; with circles it asks for those of the class."""
    others = circles_of(engine_of(request), vignette) if circles else []
    view = view_own(vignette.case, reason, circles, others, settings_of(request).small_group)
    return Markup(fragment("practice/_own.html", {"view": view}))  # noqa: S704  # a template


@lru_cache(maxsize=4096)
def outcome(
    case: Case,
    guess: Answer,
    confidence: Confidence | None,
    marked: tuple[tuple[int, int], ...],
    again: bool,
    in_class: bool,
) -> tuple[str, ...]:
    """What stands before, between and after the learner's own and the class statistics: the same for all who answered
    the same.
    """
    own_class = Markup(fragment("classes/_later.html", {"slug": case.head.slug})) if in_class else EMPTY  # noqa: S704
    attempt = 2 if again else 1
    view = view_outcome(
        case, guess, confidence, list(marked), attempt, explanation(case), _STATISTICS, _OWN, own_class=own_class
    )
    return cut(fragment("practice/_outcome.html", {"view": view}), _OWN, _STATISTICS)


@lru_cache(maxsize=512)
def statistics(counts: Counts, smallest: int, panel: Split | None) -> Markup:
    view = view_class_statistics(class_statistics(counts, smallest), smallest)
    told = _panel(panel) if panel else ""
    if view.figure is None:
        return Markup(fragment("_class_statistics.html", {"statistics": view, "panel": told}))  # noqa: S704
    first, second, third, last = _statistics_frame(smallest, told)
    rows = "".join(map(statistics_row, view.rows))
    return Markup(f"{first}{view.answered}{second}{circles(view.figure)}{third}{rows}{last}")  # noqa: S704


@lru_cache(maxsize=512)
def experts(lens: Lens | None) -> Markup:
    """How clinicians answered; nothing below five of them."""
    return Markup(fragment("panels/_experts.html", {"lens": lens})) if lens else EMPTY  # noqa: S704  # a template


@lru_cache(maxsize=512)
def _statistics_frame(smallest: int, panel: str) -> tuple[str, ...]:
    """The statistics of a story around what changes with each answer."""
    told = SimpleNamespace(
        answered=_ANSWERED, suppressed=False, smallest=smallest, figure=SimpleNamespace(circles=True), rows=(None,)
    )
    slots = {"circles": lambda _: _FIGURE, "statistics_row": lambda _: _ROWS}
    page = fragment("_class_statistics.html", {"statistics": told, "panel": panel, **slots})
    return cut(page, _ANSWERED, _FIGURE, _ROWS)


def _panel(split: Split) -> str:
    told = ", ".join(f"{count} {NAME[answer].lower()}" for answer, count in zip(ANSWERS, split, strict=True) if count)
    return f"Language models (not clinicians) answered this story without seeing our answer: {told}."
