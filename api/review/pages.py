"""Pages of blind review: the story alone with the answer, and afterwards what everyone answered."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.editorial.standing import get_status, is_sealed
from api.guesses.rules import CONFIDENCE_LABEL, GuessBody
from api.kit.errors import Conflict, Problem, Unprocessable
from api.kit.systems import SYSTEMS
from api.persistence.dependencies import engine_of
from api.review import agreeing, reviewing
from api.vignettes.case import Case
from api.vignettes.view_models import view_vignette
from api.vignettes.words import phrases, spans_of, word_spans
from api.web.rendering import render

router = APIRouter(prefix="/trainers/vignettes/{slug}", include_in_schema=False)

_CHOOSE = "Choose one of the circles, or “not enough information”."
_SIZES = "Enter a whole number from 0 to 100 for all three sizes, or leave all three blank."


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
    form = parse_qsl((await request.body()).decode("utf-8", "replace"))
    return await asyncio.to_thread(_keep, request, slug, trainer, form)


def _keep(request: Request, slug: str, trainer: Trainer, form: list[tuple[str, str]]) -> Response:
    engine = engine_of(request)
    try:
        body = _parse(form)
        reviewing.rate(engine, trainer, slug, body, dict(form).get("comment"))
    except Unprocessable as problem:
        return _rate_page(request, slug, reviewing.story_to_rate(engine, trainer, slug), form, problem)
    return RedirectResponse(f"/trainers/vignettes/{slug}/review", status_code=303)


def _parse(form: list[tuple[str, str]]) -> GuessBody:
    fields = dict(form)
    if not fields.get("system"):
        raise Unprocessable(_CHOOSE)
    sizes = {system: fields.get(f"size-{system}", "").strip() for system in SYSTEMS}
    if any(sizes.values()) and not all(size.isdecimal() and int(size) <= 100 for size in sizes.values()):
        raise Unprocessable(_SIZES)
    try:
        return GuessBody.model_validate(
            {
                "system": fields["system"],
                "confidence": fields.get("confidence") or None,
                "cues": phrases(spans_of(form)) or None,
                "circles": {one: int(size) for one, size in sizes.items()} if any(sizes.values()) else None,
            }
        )
    except (ValidationError, ValueError):
        raise Unprocessable(_CHOOSE) from None


def _rate_page(
    request: Request,
    slug: str,
    case: Case,
    form: list[tuple[str, str]] | None = None,
    problem: Problem | None = None,
) -> Response:
    given = dict(form or ())
    chosen = {value for name, value in form or () if name == "cues"}
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
        marked=[span for span in spans if f"{span[0]}-{span[1]}" in chosen],
        given=given,
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
