"""Pages of blind review: the story alone with the answer, and afterwards what everyone answered."""

import asyncio
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.standing import get_status, is_sealed
from api.guesses.forms import AnswerForm
from api.guesses.rules import CONFIDENCE_LABEL, GuessBody
from api.kit.errors import Conflict, Problem, Unprocessable
from api.panels import reviewing as panel_review
from api.panels.experts import experts_of
from api.panels.figures import DECISIONS
from api.persistence.dependencies import engine_of
from api.review import agreeing, reviewing
from api.vignettes.case import Case
from api.vignettes.dependencies import catalogue_of, find_vignette
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
    return _review_page(request, slug, trainer)


@router.post("/decision")
def post_decision(
    request: Request,
    slug: str,
    trainer: CurrentTrainer,
    decision: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=5_000)] = "",
) -> Response:
    """Keeps what was decided about the key of the published version, and why."""
    try:
        vignette = find_vignette(request, slug)
        stood = experts_of(request).standing(vignette.case)
        panel_review.decide(engine_of(request), trainer, vignette, stood, decision, reason)
    except Unprocessable as problem:
        return _review_page(request, slug, trainer, problem, decision, reason)
    return RedirectResponse(f"/trainers/vignettes/{slug}/review#decisions", status_code=303)


def _review_page(
    request: Request,
    slug: str,
    trainer: Trainer,
    problem: Problem | None = None,
    decision: str = "",
    reason: str = "",
) -> Response:
    engine = engine_of(request)
    if is_sealed(engine, trainer, slug):
        return RedirectResponse(f"/trainers/vignettes/{slug}/rate", status_code=303)
    standing = get_status(engine, trainer, slug)
    ratings = reviewing.ratings(engine, trainer, slug)
    case = standing.text.case
    published = catalogue_of(request).vignettes.get(slug)
    return render(
        request,
        "review/review.html",
        title="Review",
        place="stories",
        problem=problem,
        slug=slug,
        tab="review",
        standing=standing,
        person=case.head.person if case else "",
        acceptable=case.acceptable if case else [],
        ratings=ratings,
        review=agreeing.review(case, ratings) if case else None,
        confidences=CONFIDENCE_LABEL,
        over=agreeing.over_library(reviewing.counts_of_all(engine)),
        stood=experts_of(request).standing(published.case) if published else None,
        lens=experts_of(request).lens(published.case) if published else None,
        decisions=panel_review.decisions(engine, standing.id),
        choices=DECISIONS,
        decision=decision,
        reason=reason,
        longest_reason=panel_review.LONGEST_REASON,
        may_decide=may(trainer, "decide_key"),
    )
