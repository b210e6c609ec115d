"""Pages of a class: for learners to join and leave it, for its trainer to see its totals."""

from contextlib import nullcontext
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.accounts.cookies import drop_cookie, keeps_no_cookies, try_cookies
from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import find_learner, new_learner, remember
from api.accounts.models import Trainer
from api.classes import service
from api.classes.access import COOKIE, came_by_link, limit_wrong_codes, remember_class
from api.classes.dependencies import limit_classes
from api.classes.view_models import class_block, class_view, view_known
from api.guesses.service import latest_guess
from api.kit.errors import Busy, Conflict, NotFound, Problem, TooMany, Unprocessable
from api.persistence.dependencies import engine_of, session
from api.vignettes.dependencies import find_vignette
from api.web.admission import take_learner
from api.web.dependencies import settings_of
from api.web.load_shedding import must_wait, shed_statistics
from api.web.rate_limit import wrong_codes
from api.web.rendering import render, wants_fragment

router = APIRouter(include_in_schema=False)
LATER = '<p class="small quiet">Your class’s answers will be back in a moment.</p>'

Code = Annotated[str, Path(max_length=40)]


@router.get("/practice/class")
def show_own(
    request: Request, code: Annotated[str, Query(max_length=300)] = "", k: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The class that the learner is in, or where its code is typed; opening a link alone joins nothing."""
    return _own_page(request, code, k)


@router.post("/practice/class")
async def join(
    request: Request,
    code: Annotated[str, Form(max_length=300)] = "",
    k: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Joins a class; the page comes back with a sentence when it cannot be."""
    known = find_learner(request)
    learner = known or new_learner()
    if keeps_no_cookies(request):
        told = (
            "This browser does not keep cookies, so you would not stay in the class. Allow cookies for this site, or "
        )
        return await run_in_threadpool(_own_page, request, code, k, Unprocessable(told + "open the link elsewhere."))
    try:
        if known is None:
            await take_learner(request)
        async with nullcontext() if came_by_link(request, code, k) else wrong_codes(request, "class"):
            found = await run_in_threadpool(service.join, engine_of(request), learner, code)
    except (NotFound, Conflict, TooMany, Busy) as problem:
        return await run_in_threadpool(_own_page, request, code, k, problem)
    response = RedirectResponse("/practice/class", status_code=303)
    remember_class(request, response, found)
    if known is None:
        remember(request, response, learner)
    return response


@router.post("/practice/class/leave")
def leave(request: Request) -> Response:
    if learner := find_learner(request):
        service.leave(engine_of(request), learner)
    response = RedirectResponse("/practice/class", status_code=303)
    drop_cookie(request, response, COOKIE)
    return response


def _own_page(request: Request, code: str, k: str = "", problem: Problem | None = None) -> Response:
    learner = find_learner(request)
    mine = service.class_of(engine_of(request), learner) if learner else None
    response = render(
        request,
        "classes/own.html",
        title="Your class",
        section="practice",
        problem=problem,
        mine=view_known(mine) if mine else None,
        smallest=settings_of(request).small_group,
        code=code,
        k=k,
    )
    if learner is None:
        try_cookies(request, response)
    return response


@router.get("/vignettes/{slug}/class")
def show_block(request: Request, slug: str, db: Annotated[Session, Depends(session)]) -> Response:
    """How the learner's class answered, to be put into an outcome that is shown already."""
    if not wants_fragment(request):
        return RedirectResponse(f"/vignettes/{quote(slug)}/outcome", status_code=303)
    if must_wait(request):
        return HTMLResponse(LATER, headers={"Vary": "HX-Request"})
    vignette = find_vignette(request, slug)
    learner = find_learner(request)
    guess = latest_guess(db, learner, vignette) if learner else None
    mine = service.class_of(engine_of(request), learner) if learner and guess else None
    if mine is None or guess is None or guess.series != vignette.series:
        return HTMLResponse("", headers={"Vary": "HX-Request"})
    return HTMLResponse(class_block(request, mine, vignette), headers={"Vary": "HX-Request"})


@router.get("/trainers/classes")
def classes(request: Request, trainer: CurrentTrainer) -> Response:
    """The trainer's own classes, and a form for another."""
    return _list_page(request, trainer)


@router.post("/trainers/classes", dependencies=[Depends(limit_classes)])
def make(
    request: Request,
    trainer: CurrentTrainer,
    name: Annotated[str, Form(max_length=200)] = "",
    closes_on: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    try:
        found = service.make_class(engine_of(request), trainer, name, service.parse_day(closes_on))
    except Unprocessable as problem:
        return _list_page(request, trainer, problem, name, closes_on)
    return RedirectResponse(f"/trainers/classes/{found.code}", status_code=303)


@router.get("/trainers/classes/{code}", dependencies=[Depends(limit_wrong_codes), Depends(shed_statistics)])
def one(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """A class: its code, and the totals of its answers."""
    found = service.led_class(engine_of(request), trainer, code)
    view = class_view(request, found)
    return render(request, "classes/one.html", title=found.name, place="classes", view=view)


@router.post("/trainers/classes/{code}/delete", dependencies=[Depends(limit_wrong_codes)])
def delete(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    service.delete_class(engine_of(request), trainer, code)
    return RedirectResponse("/trainers/classes", status_code=303)


def _list_page(
    request: Request, trainer: Trainer, problem: Problem | None = None, name: str = "", closes_on: str = ""
) -> Response:
    found = service.classes_of(engine_of(request), trainer)
    return render(
        request,
        "classes/list.html",
        title="Classes",
        place="classes",
        problem=problem,
        classes=tuple(view_known(row) for row in found),
        name=name,
        closes_on=closes_on or service.usual_last_day().isoformat(),
        smallest=settings_of(request).small_group,
    )
