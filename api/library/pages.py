"""Pages of the library for trainers: every vignette with its key, and how people answered."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.guesses.service import counts_of
from api.identity.models import Trainer
from api.identity.pages import sign_in_page
from api.identity.trainer import find_trainer
from api.library.api import find_vignette
from api.library.catalogue import Vignette
from api.library.systems import ANSWERS, SYSTEMS, Answer, System
from api.library.views import ExplanationView, view_explanation
from api.statistics.classes import class_statistics
from api.statistics.figures import ClassStatisticsView, view_class_statistics
from api.web import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

Asking = Annotated[Trainer | None, Depends(find_trainer)]


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """A vignette in the trainers' list; `percent_match` is None while too few have answered."""

    slug: str
    title: str
    person: str
    level: int
    dominant: System
    acceptable: tuple[Answer, ...]
    answered: int
    percent_match: int | None
    reconstructed: bool


@dataclass(frozen=True, slots=True)
class TrainerVignetteView:
    """The whole case with its key, and what is reconstructed in it."""

    explanation: ExplanationView
    dominant: System
    secondary: System | None
    acceptable: tuple[Answer, ...]
    blend: tuple[tuple[System, int, int], ...]
    reconstructed: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    authors: tuple[str, ...]
    licence: str
    tags: tuple[str, ...]
    skills: tuple[str, ...]
    class_statistics: ClassStatisticsView


@router.get("")
def library(request: Request, trainer: Asking) -> Response:
    """The list of vignettes, for a signed-in trainer; the sign-in form for everybody else."""
    if trainer is None:
        return sign_in_page(request)
    catalogue = request.app.state.catalogue
    vignettes = list(catalogue.vignettes.values())
    counts = counts_of(request.app.state.engine, vignettes)
    smallest = request.app.state.settings.small_group
    rows = tuple(_row(vignette, counts[vignette.id], smallest) for vignette in vignettes)
    return render(
        request,
        "trainers/library.html",
        title="Stories",
        section="trainers",
        place="stories",
        rows=rows,
        problems=catalogue.problems,
    )


@router.get("/vignettes/{slug}")
def vignette(request: Request, slug: str, trainer: Asking) -> Response:
    """One vignette as trainers see it."""
    if trainer is None:
        return sign_in_page(request)
    found = find_vignette(request, slug)
    counts = counts_of(request.app.state.engine, [found])[found.id]
    view = _view(found, counts, request.app.state.settings.small_group)
    return render(
        request,
        "trainers/vignette.html",
        title=found.case.head.title,
        section="trainers",
        place="stories",
        view=view,
    )


def _row(vignette: Vignette, counts: tuple[int, ...], smallest: int) -> LibraryRow:
    case = vignette.case
    answered = sum(counts)
    matching = counts[ANSWERS.index(case.head.key.dominant)]
    return LibraryRow(
        slug=vignette.slug,
        title=case.head.title,
        person=case.head.person,
        level=case.head.level,
        dominant=case.head.key.dominant,
        acceptable=tuple(case.acceptable),
        answered=answered,
        percent_match=round(100 * matching / answered) if answered >= smallest else None,
        reconstructed=bool(case.head.reconstructed),
    )


def _view(vignette: Vignette, counts: tuple[int, ...], smallest: int) -> TrainerVignetteView:
    case = vignette.case
    head = case.head
    return TrainerVignetteView(
        explanation=view_explanation(case),
        dominant=head.key.dominant,
        secondary=head.key.secondary,
        acceptable=tuple(case.acceptable),
        blend=tuple((system, *getattr(head.key.blend, system)) for system in SYSTEMS),
        reconstructed=tuple((lost.text, lost.note) for lost in head.reconstructed),
        sources=tuple(head.sources),
        authors=tuple(head.authors),
        licence=head.licence,
        tags=tuple(head.tags),
        skills=tuple(head.skills),
        class_statistics=view_class_statistics(class_statistics(counts, smallest), smallest),
    )
