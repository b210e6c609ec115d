"""Pages for people who rate by a link: what it is about, story after story, and one's own ratings."""

import asyncio
from typing import Annotated, cast, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.cookies import drop_cookie, keeps_no_cookies, try_cookies
from api.guesses.dependencies import take_guess
from api.guesses.forms import AnswerForm
from api.guesses.rules import CONFIDENCE_LABEL
from api.kit.errors import Busy, Conflict, Problem, TooMany, Unauthorized, Unavailable, Unprocessable
from api.kit.join_codes import normalise
from api.kit.systems import ANSWERS
from api.panels import rating
from api.panels.access import PanelCode, find_rater, linked_panel, remember_rater
from api.panels.bands import PROFESSION, YEARS_LABEL, Named, Profession, Years
from api.panels.experts import experts_of
from api.panels.rating import LONGEST_NAME, NewRater, PanelRatingBody, Part
from api.panels.service import PanelInfo
from api.persistence.dependencies import engine_of
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.vignettes.view_models import view_vignette
from api.vignettes.words import word_spans
from api.web.admission import take_learner
from api.web.rendering import render

router = APIRouter(prefix="/panels/{code}", include_in_schema=False)

_ABOUT = "Choose your profession and how long you have worked in it."
_AGREE = "Tick the box if you agree to take part. Without it nothing is stored."
_NO_COOKIES = (
    "This browser does not keep cookies, so your ratings could not be kept together. Allow cookies for this site, or "
    "open the link in another browser."
)


@router.get("")
def start(request: Request, code: PanelCode, k: Annotated[str, Query(max_length=40)] = "") -> Response:
    """What the panel is, and the form to take part; anyone who takes part already goes on."""
    if (part := _part(request, code)) is not None:
        return RedirectResponse(_here(part.panel, "mine" if part.finished else "rate"), status_code=303)
    return _start_page(request, linked_panel(request, code, k), k)


@router.post("")
async def join(
    request: Request,
    code: PanelCode,
    k: Annotated[str, Form(max_length=40)] = "",
    profession: Annotated[str, Form(max_length=40)] = "",
    years: Annotated[str, Form(max_length=40)] = "",
    named: Annotated[str, Form(max_length=40)] = "no",
    name: Annotated[str, Form(max_length=300)] = "",
    agree: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Takes someone in who has agreed."""
    if (part := await asyncio.to_thread(_part, request, code)) is not None:
        return RedirectResponse(_here(part.panel, "rate"), status_code=303)
    panel = await asyncio.to_thread(linked_panel, request, code, k)
    given = {"profession": profession, "years": years, "named": named, "name": name, "agree": agree}
    try:
        if keeps_no_cookies(request):
            raise Unprocessable(_NO_COOKIES)
        who = _who(given)
        await take_learner(request)
        library = list(catalogue_of(request).vignettes.values())
        rater = await asyncio.to_thread(rating.join, engine_of(request), panel.code, who, library)
    except (Unprocessable, Conflict, TooMany, Busy) as problem:
        return _start_page(request, panel, k, given, problem)
    response = RedirectResponse(_here(panel, "rate"), status_code=303)
    remember_rater(request, response, panel, rater)
    return response


def _who(given: dict[str, str]) -> NewRater:
    if given["profession"] not in get_args(Profession) or given["years"] not in get_args(Years):
        raise Unprocessable(_ABOUT)
    if given["named"] not in get_args(Named):
        raise Unprocessable("Choose how your reasons may be shown.")
    if given["agree"] != "yes":
        raise Unprocessable(_AGREE)
    return NewRater(
        cast(Profession, given["profession"]),
        cast(Years, given["years"]),
        cast(Named, given["named"]),
        given["name"],
    )


@router.get("/rate")
def show_story(request: Request, code: PanelCode, story: Annotated[str, Query(max_length=80)] = "") -> Response:
    """The next story, alone; or one of those that were handed out, to change its rating."""
    part = _part(request, code)
    if part is None:
        return _begin_anew(code)
    vignette = _wanted(request, part, story)
    if vignette is None or part.panel.closed:
        return RedirectResponse(_here(part.panel, "mine"), status_code=303)
    own = part.ratings.get(vignette.id)
    if own is not None and part.finished:
        return RedirectResponse(_here(part.panel, "mine"), status_code=303)
    return _rate_page(request, part, vignette, _filled(own.body) if own else [])


@router.post("/rate")
async def post_rating(request: Request, code: PanelCode) -> Response:
    """Keeps the rating of the form and goes on to the next story; what is missing comes back with what was given."""
    form = parse_qsl((await request.body()).decode("utf-8", "replace"))
    return await asyncio.to_thread(_keep, request, code, form)


def _keep(request: Request, code: str, form: list[tuple[str, str]]) -> Response:
    part = _part(request, code)
    if part is None:
        return _begin_anew(code)
    fields = dict(form)
    vignette = find_vignette(request, fields.get("story", "")[:80])
    try:
        take_guess(request, part.rater)
        if fields.get("do") == "leave":
            part = rating.leave_out(engine_of(request), part.panel.code, part.rater, vignette)
        else:
            part = rating.rate(engine_of(request), part.panel.code, part.rater, vignette, parse_rating(form))
    except (Unprocessable, TooMany, Unavailable, Busy) as problem:
        return _rate_page(request, part, vignette, form, problem)
    experts_of(request).refresh()
    return RedirectResponse(_here(part.panel, "mine" if part.finished else "rate"), status_code=303)


def parse_rating(form: list[tuple[str, str]]) -> PanelRatingBody:
    """The rating of a form. Raises Unprocessable with what to do."""
    body = AnswerForm(form).parse(PanelRatingBody)
    return body.model_copy(update={"also": [one for one in ANSWERS if ("also", one) in form and one != body.system]})


@router.get("/mine")
def mine(request: Request, code: PanelCode) -> Response:
    """One's own ratings; beside our answers once all stories are rated or the panel has closed."""
    part = _part(request, code)
    if part is None:
        return _begin_anew(code)
    catalogue = catalogue_of(request)
    rows = []
    for vignette_id in part.given:
        own = part.ratings.get(vignette_id)
        vignette = catalogue.version(vignette_id, own.version) if own else _present(request, vignette_id)
        if vignette is not None:
            rows.append((vignette, own.body if own else None))
    return render(
        request,
        "panels/mine.html",
        title="Your ratings",
        panel=part.panel,
        part=part,
        rows=rows,
        confidences=CONFIDENCE_LABEL,
        left=len(_still_open(request, part)),
    )


@router.post("/take-back")
def take_back(request: Request, code: PanelCode) -> Response:
    """Deletes everything about this rater, and forgets them on this device."""
    part = _part(request, code)
    if part is not None:
        rating.take_back(engine_of(request), part.panel.code, part.rater)
        experts_of(request).refresh()
    response = render(request, "panels/taken_back.html", title="Your ratings have been deleted")
    if part is not None:
        drop_cookie(request, response, f"panel-{part.panel.code}")
    return response


def _part(request: Request, code: str) -> Part | None:
    """The part of the person who asks; None where they are new or took it back."""
    rater = find_rater(request, code)
    if rater is None:
        return None
    try:
        return rating.part_of(engine_of(request), normalise(code), rater)
    except Unauthorized:
        return None


def _begin_anew(code: str) -> Response:
    return RedirectResponse(f"/panels/{normalise(code)}", status_code=303)


def _here(panel: PanelInfo, page: str) -> str:
    return f"/panels/{panel.code}/{page}"


def _present(request: Request, vignette_id: int) -> Vignette | None:
    return next((v for v in catalogue_of(request).vignettes.values() if v.id == vignette_id), None)


def _still_open(request: Request, part: Part) -> list[Vignette]:
    """The stories to be rated that are still published, in their order."""
    published = {vignette.id: vignette for vignette in catalogue_of(request).vignettes.values()}
    return [published[one] for one in part.open if one in published]


def _wanted(request: Request, part: Part, story: str) -> Vignette | None:
    named = catalogue_of(request).vignettes.get(story)
    if named is not None and named.id in part.given:
        return named
    return next(iter(_still_open(request, part)), None)


def _filled(body: PanelRatingBody) -> list[tuple[str, str]]:
    """What the form held that gave this rating."""
    form = [("system", str(body.system)), ("confidence", body.confidence or ""), ("reason", body.reason or "")]
    return form + [("also", answer) for answer in body.also] + [("cues", f"{a}-{b}") for a, b in body.cues or []]


def _rate_page(
    request: Request,
    part: Part,
    vignette: Vignette,
    form: list[tuple[str, str]],
    problem: Problem | None = None,
) -> Response:
    case = vignette.case
    spans = word_spans(case.story)
    chosen = AnswerForm(form).marked
    return render(
        request,
        "panels/rate.html",
        title=f"{case.head.person}’s story",
        problem=problem,
        panel=part.panel,
        slug=vignette.slug,
        vignette=view_vignette(case),
        words=[(*span, case.story[slice(*span)]) for span in spans],
        marked=[span for span in spans if any(a < span[1] and span[0] < b for a, b in chosen)],
        given=dict(form),
        also=[value for name, value in form if name == "also"],
        number=(part.given.index(vignette.id) if vignette.id in part.given else 0) + 1,
        whole=len(part.given),
        done=len(part.ratings),
    )


def _start_page(
    request: Request, panel: PanelInfo, k: str, given: dict[str, str] | None = None, problem: Problem | None = None
) -> Response:
    response = render(
        request,
        "panels/start.html",
        title=panel.name,
        problem=problem,
        panel=panel,
        k=k,
        given=given or {},
        professions=PROFESSION,
        years=YEARS_LABEL,
        longest=LONGEST_NAME,
    )
    try_cookies(request, response)
    return response
