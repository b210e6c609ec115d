"""Pages: reading a vignette, answering it, and the outcome. All of it works as plain links and forms."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlmodel import Session

from api.accounts.learner import find_learner, new_learner, remember
from api.classes.access import is_in_class
from api.classes.service import class_of
from api.classes.view_models import class_block
from api.guesses.dependencies import take_guess
from api.guesses.forms import AnswerForm
from api.guesses.outcome import EMPTY, view_outcome
from api.guesses.recording import Counts
from api.guesses.rules import GuessBody
from api.guesses.service import counts_of, latest_guess, record
from api.kit.errors import Busy, Problem, TooMany, Unavailable, Unprocessable
from api.panels.experts import experts_of
from api.persistence.dependencies import engine_of, session, writer_of
from api.practice import cached_fragments
from api.practice.choosing import WHY
from api.practice.content_notes import is_open, stop_asking
from api.practice.dependencies import practice_of
from api.practice.place import Place, place_line, read_place
from api.review.panel import panel_of
from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of, find_retired, find_vignette
from api.vignettes.explaining import explanation
from api.vignettes.view_models import VignetteView, view_vignette
from api.web.admission import take_learner
from api.web.dependencies import settings_of
from api.web.problems import error_page
from api.web.rendering import render, wants_fragment

router = APIRouter(include_in_schema=False)

CHANGED = {
    "wording": "We have improved the wording of this story or its explanation since you answered. "
    "This is the version you read.",
    "meaning": "We have changed the meaning of this story since you answered. This is the version you read. "
    "The new one is ready for your answer.",
}


@dataclass(frozen=True, slots=True)
class CaseView:
    """What `practice/_case.html` shows: the content note, or the story with the form."""

    vignette: VignetteView
    opened: bool
    skip_url: str
    place: Markup = EMPTY
    carried: str | None = None
    why: str | None = None
    chosen: str | None = None
    confidence: str | None = None
    error: str | None = None
    circles: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    words: Markup = EMPTY
    marked: bool = False


@router.get("/vignettes/{slug}")
def show_vignette(
    request: Request,
    slug: str,
    open: bool = False,  # the query's own name
    because: Annotated[str, Query(max_length=20)] = "",
    past: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """The story with the answer control; first its content note, where it has one.

    `because` is the reason for which it was chosen, `past` the slugs that were passed over to come here.
    """
    if (gone := find_retired(request, slug)) is not None:
        return _retired_page(request, gone)
    case = find_vignette(request, slug).case
    learner = find_learner(request)
    place = practice_of(request).place(learner) if learner else None
    why = next((said for reason, said in WHY.items() if reason == because), None)
    return _case_page(request, case, opened=is_open(request, case, open), place=place, why=why, past=past)


@router.post("/vignettes/{slug}/open")
def open_stories(request: Request, slug: str) -> Response:
    """Goes on to the story, and to all others today without asking about their content notes."""
    response = RedirectResponse(f"/vignettes/{find_vignette(request, slug).slug}", status_code=303)
    stop_asking(request, response)
    return response


@router.post("/vignettes/{slug}/guesses")
async def give_guess(request: Request, slug: str) -> Response:
    """Keeps the guess of the form. htmx gets the outcome to swap in; a plain form is sent on to its page."""
    vignette = find_vignette(request, slug)
    learner = find_learner(request)
    known = learner is not None
    learner = learner or new_learner()
    form = AnswerForm(parse_qsl((await request.body()).decode("utf-8", "replace")))
    beside = form.given.get("beside")  # the story that this one was read beside
    place = read_place(form.given.get("place"))
    try:
        take_guess(request, learner)
        if not known:
            await take_learner(request)
        body = form.parse(GuessBody, by_size=True)
        recorded = await record(writer_of(request), learner, vignette, body)
    except (Unprocessable, TooMany, Unavailable, Busy) as problem:
        return _case_page(request, vignette.case, opened=True, form=form, problem=problem, place=place)
    response: Response
    if wants_fragment(request):
        own = EMPTY
        if body.circles:  # beside those of the class, which the database knows
            own = await asyncio.to_thread(cached_fragments.own, request, vignette, body.reason, body.circles)
        elif body.reason:
            own = cached_fragments.own(request, vignette, body.reason, None)
        response = _outcome_fragment(request, vignette.case, body, recorded.attempt, recorded.counts, own, place)
    else:
        compared = beside in catalogue_of(request).vignettes
        url = f"/practice/pair/{beside}/{slug}" if compared else f"/vignettes/{slug}/outcome"
        response = RedirectResponse(url, status_code=303)
    if not known:
        remember(request, response, learner)
    return response


@router.get("/vignettes/{slug}/outcome")
def show_outcome(request: Request, slug: str, db: Annotated[Session, Depends(session)]) -> Response:
    """The learner's newest guess beside the key; anyone who has not answered is sent to the story."""
    vignette = find_retired(request, slug) or find_vignette(request, slug)
    learner = find_learner(request)
    guess = latest_guess(db, learner, vignette) if learner else None
    if guess is None:
        return RedirectResponse(f"/vignettes/{slug}", status_code=303)
    answered = catalogue_of(request).version(vignette.id, guess.version) or vignette
    counts = counts_of(engine_of(request), [answered])[vignette.id]
    smallest = settings_of(request).small_group
    mine = class_of(engine_of(request), learner) if learner else None
    place = practice_of(request).place(learner) if learner else None
    view = view_outcome(
        answered.case,
        guess.system,
        guess.confidence,
        guess.cues,
        guess.attempt,
        explanation(answered.case),
        cached_fragments.statistics(counts, smallest, panel_of(request).split(answered.case))
        + cached_fragments.experts(experts_of(request).lens(answered.case)),
        cached_fragments.own(request, answered, guess.reason, guess.circles)
        if guess.reason or guess.circles
        else EMPTY,
        changed=CHANGED["meaning" if answered.series != vignette.series else "wording"]
        if answered.case != vignette.case
        else None,
        own_class=class_block(request, mine, answered) if mine else EMPTY,
    )
    return render(
        request,
        "practice/outcome.html",
        title=view.headline,
        section="practice",
        view=view,
        where=place_line(place, reading=False),
    )


def back_to_the_story(request: Request, problem: Problem) -> Response | None:
    """Leads from a guess that could not be taken back to its story; None for other addresses."""
    story, found, _ = request.url.path.partition("/guesses")
    return error_page(request, problem, story) if found else None


PROBLEM_PAGES = {"/vignettes/": back_to_the_story}


def _retired_page(request: Request, vignette: Vignette) -> Response:
    """Where a story went that is no longer offered, and the way back to one's answer."""
    learner = find_learner(request)
    with Session(engine_of(request)) as db:
        answered = learner is not None and latest_guess(db, learner, vignette) is not None
    return render(
        request,
        "practice/retired.html",
        title="This story has been replaced",
        section="practice",
        status_code=HTTPStatus.GONE,
        person=vignette.case.head.person,
        outcome_url=f"/vignettes/{vignette.slug}/outcome" if answered else None,
    )


def _case_page(
    request: Request,
    case: Case,
    *,
    opened: bool,
    form: AnswerForm | None = None,
    problem: Problem | None = None,
    place: Place | None = None,
    why: str | None = None,
    past: str = "",
) -> Response:
    form = form or AnswerForm([])
    marked = tuple(form.marked)
    view = CaseView(
        vignette=view_vignette(case),
        opened=opened,
        skip_url="/practice?" + urlencode({"after": case.head.slug} | ({"past": past} if past else {}), safe=","),
        place=place_line(place, reading=True),
        carried=place.carried if place else None,
        why=why,
        chosen=form.system,
        confidence=form.confidence,
        error=problem.detail if problem else None,
        circles=form.circles,
        reason=form.reason,
        words=cached_fragments.words(case, marked),
        marked=bool(marked),
    )
    template = "practice/_case.html" if wants_fragment(request) else "practice/case.html"
    return render(request, template, title=case.head.title, section="practice", problem=problem, view=view)


def _outcome_fragment(
    request: Request,
    case: Case,
    body: GuessBody,
    attempt: int,
    counts: Counts,
    own: Markup,
    place: Place | None,
) -> Response:
    first, middle, last = cached_fragments.outcome(
        case, body.system, body.confidence, tuple(body.cues or ()), attempt > 1, is_in_class(request)
    )
    html = "".join(
        (
            place_line(place.after_answer() if place else None, reading=False),
            first,
            own,
            middle,
            cached_fragments.statistics(counts, settings_of(request).small_group, panel_of(request).split(case)),
            cached_fragments.experts(experts_of(request).lens(case)),
            last,
        )
    )
    return HTMLResponse(html, headers={"Vary": "HX-Request"})
