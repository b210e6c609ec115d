"""Pages of blind review: the story alone with the answer, and afterwards what everyone answered."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.editorial.standing import get_status, is_sealed
from api.guesses.forms import AnswerForm
from api.guesses.rules import CONFIDENCE_LABEL, GuessBody
from api.kit.errors import Conflict, Problem, Unprocessable
from api.persistence.dependencies import engine_of
from api.review import agreeing, reviewing
from api.vignettes.case import Case
from api.vignettes.view_models import view_vignette
from api.vignettes.words import word_spans
from api.web.rendering import render

router = APIRouter(prefix="/trainers/vignettes/{slug}", include_in_schema=False)


@router.get("/rate")
def show_story(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """The story alone: its title, key and tags stay hidden. Anyone who has rated it goes on to the review."""
    engine = engine_of(request)
    try:
        case = reviewing.story_to_rate(engine, trainer, slug)
    except Conflict:
        if is_sealed(engine, trainer, slug):
            raise
        return RedirectResponse(f"/trainers/vignettes/{slug}/review", status_code=303)
    return _rate_page(request, slug, case)


@router.post("/rate")
async def post_rating(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Keeps the rating of the form and shows everyone's; what is missing comes back with what was given."""
    form = AnswerForm(parse_qsl((await request.body()).decode("utf-8", "replace")))
    return await asyncio.to_thread(_keep, request, slug, trainer, form)


def _keep(request: Request, slug: str, trainer: Trainer, form: AnswerForm) -> Response:
    engine = engine_of(request)
    try:
        body = form.parse(GuessBody)
        reviewing.rate(engine, trainer, slug, body, form.given.get("comment"))
    except Unprocessable as problem:
        return _rate_page(request, slug, reviewing.story_to_rate(engine, trainer, slug), form, problem)
    return RedirectResponse(f"/trainers/vignettes/{slug}/review", status_code=303)


def _rate_page(
    request: Request,
    slug: str,
    case: Case,
    form: AnswerForm | None = None,
    problem: Problem | None = None,
) -> Response:
    form = form or AnswerForm([])
    spans = word_spans(case.story)
    return render(
        request,
        "review/rate.html",
        title=f"Rate {case.head.person}’s story",
        place="stories",
        problem=problem,
        slug=slug,
        vignette=view_vignette(case),
        words=[(*span, case.story[slice(*span)]) for span in spans],
        marked=form.marked,
        given=form.given,
        confidences=CONFIDENCE_LABEL,
        longest=reviewing.LONGEST_COMMENT,
    )


@router.get("/review")
def show_review(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Agreement between the raters and with the key. Anyone who has yet to rate it is led to the story."""
    engine = engine_of(request)
    if is_sealed(engine, trainer, slug):
        return RedirectResponse(f"/trainers/vignettes/{slug}/rate", status_code=303)
    standing = get_status(engine, trainer, slug)
    ratings = reviewing.ratings(engine, trainer, slug)
    case = standing.text.case
    return render(
        request,
        "review/review.html",
        title="Review",
        place="stories",
        slug=slug,
        tab="review",
        standing=standing,
        person=case.head.person if case else "",
        acceptable=case.acceptable if case else [],
        ratings=ratings,
        review=agreeing.review(case, ratings) if case else None,
        confidences=CONFIDENCE_LABEL,
        over=agreeing.over_library(reviewing.counts_of_all(engine)),
    )
