"""Pages for trainers: the first account, signing in and out, and the library with its keys."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.db import session
from api.guesses.service import counts_of
from api.identity.models import Trainer
from api.identity.trainer import (
    COOKIE,
    add_trainer,
    find_trainer,
    is_set_up_token,
    needs_setup,
    remember_trainer,
    sign_in,
)
from api.library.api import find_vignette
from api.library.catalogue import Vignette
from api.library.systems import ANSWERS, SYSTEMS, Answer, System
from api.library.views import ExplanationView, view_explanation
from api.problems import Conflict, NotFound, Problem, Unprocessable
from api.ratelimit import SIGN_INS_PER_ADDRESS, SIGN_INS_PER_NAME, address, take
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
        return _sign_in_page(request)
    catalogue = request.app.state.catalogue
    vignettes = list(catalogue.vignettes.values())
    counts = counts_of(request.app.state.engine, vignettes)
    smallest = request.app.state.settings.small_group
    rows = tuple(_row(vignette, counts[vignette.id], smallest) for vignette in vignettes)
    return render(
        request, "trainers/library.html", title="Stories", section="trainers", rows=rows, problems=catalogue.problems
    )


@router.get("/vignettes/{slug}")
def vignette(request: Request, slug: str, trainer: Asking) -> Response:
    """One vignette as trainers see it."""
    if trainer is None:
        return _sign_in_page(request)
    found = find_vignette(request, slug)
    counts = counts_of(request.app.state.engine, [found])[found.id]
    view = _view(found, counts, request.app.state.settings.small_group)
    return render(request, "trainers/vignette.html", title=found.case.head.title, section="trainers", view=view)


async def _limit(request: Request, name: Annotated[str, Form(max_length=200)] = "") -> None:
    await take(request, SIGN_INS_PER_ADDRESS, address(request))
    await take(request, SIGN_INS_PER_NAME, name.strip())


@router.post("/sign-in", dependencies=[Depends(_limit)])
def post_sign_in(
    request: Request,
    db: Annotated[Session, Depends(session)],
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Signs in with name and password."""
    trainer = sign_in(db, name, password)
    if trainer is None:
        return _sign_in_page(request, "The name and password do not belong together. Please try again.", name, 401)
    response = RedirectResponse("/trainers", status_code=303)
    remember_trainer(request, response, trainer)
    return response


@router.post("/sign-out")
async def post_sign_out() -> Response:
    """Forgets the sign-in on this device."""
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@router.get("/setup/{token}")
def set_up(request: Request, token: str) -> Response:
    """The form that makes the first trainer."""
    _require_open_setup(request, token)
    return _set_up_page(request, token)


@router.post("/setup/{token}", dependencies=[Depends(_limit)])
def post_set_up(
    request: Request,
    token: str,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Makes the first trainer, who may do everything, and signs them in."""
    _require_open_setup(request, token)
    try:
        trainer = add_trainer(request.app.state.engine, name, password, admin=True, first=True)
    except (Unprocessable, Conflict) as problem:
        return _set_up_page(request, token, problem, name)
    request.app.state.needs_setup = False
    response = RedirectResponse("/trainers", status_code=303)
    remember_trainer(request, response, trainer)
    return response


def _require_open_setup(request: Request, token: str) -> None:
    if not is_set_up_token(request.app.state.tokens, token) or not needs_setup(request.app.state.engine):
        raise NotFound("This link has been used or has run out. The first trainer can sign in under Trainers.")


def _set_up_page(request: Request, token: str, problem: Problem | None = None, name: str = "") -> Response:
    return render(
        request,
        "trainers/setup.html",
        title="The first trainer",
        section="trainers",
        status_code=problem.status if problem else 200,
        token=token,
        error=problem.detail if problem else None,
        name=name,
    )


def _sign_in_page(request: Request, error: str | None = None, name: str = "", status: int = 200) -> Response:
    return render(
        request,
        "trainers/sign_in.html",
        title="Sign in",
        section="trainers",
        status_code=status,
        error=error,
        name=name,
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
