"""Pages of the facilitator: starting a group, leading it, its summary and its end."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.cookies import drop_cookie
from api.groups import service
from api.groups.access import (
    find_facilitator,
    remember_facilitator,
    require_leading,
    require_led,
    require_state,
)
from api.groups.dependencies import limit_groups, may_start
from api.groups.live.dependencies import hub_of
from api.groups.live.hub import EventStream
from api.groups.pages.dependencies import back_to_console, show_console
from api.groups.pages.returning import find_way_back
from api.groups.pages.view_builder import console_key, get_view_builder
from api.groups.pages.view_models import EndView, NewGroupView, view_choice
from api.groups.results import Kind
from api.groups.results_file import MEDIA_TYPE, results_file
from api.groups.results_file import Form as FileForm
from api.groups.sessions.starting import SessionSetup, plans_on_offer, prepare
from api.kit.errors import Conflict, NotFound, Problem, Unprocessable
from api.persistence.dependencies import engine_of
from api.session_plans.faces import Live, face
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.web.dependencies import settings_of
from api.web.rendering import RowNumber, base_url, render

router = APIRouter(include_in_schema=False)


@router.get("/groups/new", dependencies=[Depends(may_start)])
def new_group(request: Request, suggestion: str = "") -> Response:
    """The page to start from. With a `suggestion`, its stories are ticked and can be changed."""
    on_offer = get_view_builder(request).suggestions()
    wanted = next(([choice.slug for choice in s.choices] for s in on_offer if s.slug == suggestion), None)
    return _new_page(request, None, chosen=wanted, changing=wanted is not None)


@router.post("/groups", dependencies=[Depends(limit_groups), Depends(may_start)])
def start_group(
    request: Request,
    kind: Annotated[Kind, Form()] = "psychoeducation",
    name: Annotated[str, Form(max_length=200)] = "",
    vignette: Annotated[list[str] | None, Form()] = None,
    first_ballot: Annotated[str, Form()] = "",
    session: Annotated[str, Form(max_length=100)] = "",
    first_session: Annotated[str, Form()] = "",
) -> Response:
    """Makes the group and opens its links; this device is now the console.

    `session` is a plan and its length, such as `first-look:20`: the group is of the kind that the plan is made for.
    With `first_session` it goes without the step that looks back on the last one.
    """
    settings, catalogue = settings_of(request), catalogue_of(request)
    try:
        guided = _session(request, session, bool(first_session)) if session else None
        if guided is not None:
            kind = "training" if guided.kind == "training" else "psychoeducation"
        made = service.create_group(
            engine_of(request),
            catalogue,
            kind,
            name,
            vignette or [],
            settings.group_days,
            bool(first_ballot),
            guided,
        )
    except Unprocessable as problem:
        return _new_page(request, problem, kind, name, vignette or [], asked_vignettes=not session)
    response = RedirectResponse(f"/g/{made.code}/ready", status_code=303)
    remember_facilitator(request, response, require_state(request, made.code))
    return response


def _session(request: Request, wanted: str, first: bool) -> SessionSetup:
    plan, _, length = wanted.partition(":")
    return prepare(plans_on_offer(request), plan, int(length) if length.isdecimal() else None, first)


@router.get("/groups/plans/{slug}", dependencies=[Depends(may_start)])
def look_through(request: Request, slug: str, length: Annotated[int | None, Query(ge=1, le=1_000)] = None) -> Response:
    """A plan step by step, before anything is started with it."""
    plan = plans_on_offer(request).get(slug)
    if plan is None:
        raise NotFound("We cannot find this session plan. It may have been taken away.")
    length = length if length in plan.lengths else plan.lengths[0]
    vignettes = catalogue_of(request).vignettes
    faces = tuple(
        face(step, Live(), found.case if (found := vignettes.get(getattr(step, "vignette", ""))) else None, length)
        for step in plan.steps_in(length)
    )
    return render(
        request, "groups/plan.html", title=plan.title, section="groups", plan=plan, length=length, faces=faces
    )


def _new_page(
    request: Request,
    problem: Problem | None,
    kind: str = "psychoeducation",
    name: str = "",
    chosen: list[str] | None = None,
    *,
    asked_vignettes: bool = True,
    changing: bool = False,
) -> Response:
    wanted = service.SUGGESTED if chosen is None else chosen
    vignettes = catalogue_of(request).vignettes.values()
    choices = [view_choice(vignette.case, vignette.slug in wanted) for vignette in vignettes]
    choices.sort(key=lambda choice: wanted.index(choice.slug) if choice.chosen else len(wanted))
    plans = tuple(sorted(plans_on_offer(request).values(), key=lambda plan: (plan.audience, plan.slug)))
    view = NewGroupView(
        tuple(choices),
        get_view_builder(request).suggestions(),
        plans,
        kind,
        name,
        problem.detail if problem else None,
        find_way_back(request),
        asked_vignettes,
        changing,
    )
    return render(
        request,
        "groups/new.html",
        title="Start a group",
        section="groups",
        problem=problem,
        view=view,
    )


@router.get("/g/{code}/ready")
def ready(request: Request, code: str) -> Response:
    """Code, links and QR, for the facilitator."""
    state = require_led(request, code)
    _, listening = request.scope.get("server") or (None, None)
    view = get_view_builder(request).ready(state, base_url(request), console_key(request, state), listening)
    return render(request, "groups/ready.html", title="Your group is ready", section="groups", view=view)


@router.get("/g/{code}/console")
def console(request: Request, code: str, key: str | None = None) -> Response:
    """The facilitator's page. Its link carries the key, which moves into a cookie and out of the address."""
    if key is not None:
        facilitator = find_facilitator(request, code, key)
        if facilitator is None:
            raise NotFound("This link is incomplete, or its group has ended. Check that you copied the whole link.")
        state = require_state(request, code, facilitator.uid)
        require_leading(state, facilitator)
        response = RedirectResponse(f"/g/{code}/console", status_code=303)
        remember_facilitator(request, response, state)
        return response
    return show_console(request, require_led(request, code), fragment=False)


@router.get("/g/{code}/now/console")
def console_now(request: Request, code: str) -> Response:
    return show_console(request, require_led(request, code), fragment=True)


@router.post("/g/{code}/step")
def step(
    request: Request,
    code: str,
    phase: Annotated[str, Form(max_length=20)],
    seen: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Takes the next step: a phase, or the next person of the plan.

    `seen` is the step that the button stood under. When another console was quicker, this press has been answered.
    """
    state = require_led(request, code)
    if seen and seen != state.step:
        return back_to_console(request, code)
    engine = engine_of(request)
    if phase == "next-person":
        slug = get_view_builder(request).next_slug(state)
        if slug is None:
            raise Conflict("You have reached the last story. Add another story, or end the group.")
        service.start_round(engine, code, state.uid, find_vignette(request, slug))
    else:
        service.change_phase(engine, catalogue_of(request), settings_of(request), code, state.uid, phase)
    return back_to_console(request, code)


@router.post("/g/{code}/back")
def back(request: Request, code: str) -> Response:
    """Takes the last step back."""
    state = require_led(request, code)
    service.go_back(engine_of(request), code, state.uid)
    return back_to_console(request, code)


@router.post("/g/{code}/room")
def say_people(request: Request, code: str, people: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Keeps how many people are in the room; an empty field takes it back."""
    state = require_led(request, code)
    typed = people.strip()
    number = int(typed) if typed.isascii() and typed.isdecimal() else 0
    service.say_people(engine_of(request), code, state.uid, number if typed else None)
    return back_to_console(request, code)


@router.post("/g/{code}/people")
def add_person(request: Request, code: str, vignette: Annotated[str, Form(max_length=80)]) -> Response:
    """Adds a vignette to the plan."""
    state = require_led(request, code)
    service.add_person(engine_of(request), code, state.uid, find_vignette(request, vignette).slug)
    return back_to_console(request, code)


@router.post("/g/{code}/reasons/{vote_id}")
def let_through(request: Request, code: str, vote_id: RowNumber, shown: Annotated[bool, Form()] = False) -> Response:
    """Shows a reason to the group, or takes it back."""
    state = require_led(request, code)
    service.show_reason(engine_of(request), code, state.uid, vote_id, shown)
    return back_to_console(request, code)


@router.get("/g/{code}/summary")
def summary(request: Request, code: str) -> Response:
    """One page to print or save."""
    state = require_led(request, code)
    with engine_of(request).connect() as connection:
        view = get_view_builder(request).summary(connection, state)
    return render(request, "groups/summary.html", title="Summary", section="groups", view=view)


@router.get("/g/{code}/results.{form}")
def save_results(request: Request, code: str, form: FileForm) -> Response:
    """The results as one picture or one PDF, to keep."""
    state = require_led(request, code)
    with engine_of(request).connect() as connection:
        view = get_view_builder(request).summary(connection, state)
    if not view.rounds:
        raise NotFound("There are no results yet. Each story appears here once you have shown its answers.")
    name = f'attachment; filename="three-circles-{state.code}.{form}"'
    return Response(results_file(view, form), media_type=MEDIA_TYPE[form], headers={"Content-Disposition": name})


@router.post("/g/{code}/link")
def withdraw_link(request: Request, code: str) -> Response:
    """Withdraws the facilitator's link and makes a new one; this device continues, others open the new one."""
    state = require_led(request, code)
    service.withdraw_link(engine_of(request), code, state.uid)
    hub_of(request).changed(code)
    response = RedirectResponse(f"/g/{code}/ready#second-device", status_code=303)
    remember_facilitator(request, response, require_state(request, code, state.uid))
    return response


@router.get("/g/{code}/end")
def confirm_end(request: Request, code: str) -> Response:
    state = require_led(request, code)
    view = EndView(
        code=code,
        name=state.name,
        members=state.members,
        led=state.place is not None,
        has_summary=state.shown or state.rounds > 1,
        warned=state.closing_at is not None,
    )
    return render(request, "groups/end.html", title="End the group", section="groups", view=view)


@router.post("/g/{code}/end")
def end(request: Request, code: str) -> Response:
    """Ends the group for good. Its cookie stays: anyone who goes back to its pages is told that it has ended."""
    state = require_led(request, code)
    service.end_group(engine_of(request), code, state.uid)
    hub_of(request).changed(code)
    return RedirectResponse("/groups/ended", status_code=303)


@router.get("/groups/ended")
async def ended(request: Request) -> Response:
    """After the end: that it worked, and what to do next."""
    return render(request, "groups/ended.html", title="The group has ended", section="groups", part="console", code="")


@router.post("/g/{code}/warn")
def warn(request: Request, code: str, warning: Annotated[bool, Form()] = True) -> Response:
    """Tells everyone that the group ends in two minutes, or takes it back."""
    state = require_led(request, code)
    service.announce_end(engine_of(request), code, state.uid, warning)
    hub_of(request).changed(code)
    return RedirectResponse(f"/g/{code}/end", status_code=303)


@router.post("/g/{code}/name")
def rename(request: Request, code: str, name: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Gives the group another name, or none."""
    state = require_led(request, code)
    service.rename_group(engine_of(request), code, state.uid, name)
    hub_of(request).changed(code)
    return RedirectResponse(f"/g/{code}/ready", status_code=303)


@router.post("/g/{code}/discard")
def discard(request: Request, code: str) -> Response:
    """Takes back a group that was started by mistake: only one that no one has joined and that has not begun."""
    state = require_led(request, code)
    service.discard_group(engine_of(request), code, state.uid)
    response = RedirectResponse("/groups/new", status_code=303)
    drop_cookie(request, response, f"facilitator-{code}")
    return response


@router.post("/g/{code}/curtain")
def draw_curtain(request: Request, code: str, what: Annotated[str, Form(max_length=8)] = "") -> Response:
    """Blanks the shared screen, pauses the group for everyone, or lets both go on."""
    state = require_led(request, code)
    service.draw_curtain(engine_of(request), code, state.uid, what)
    return back_to_console(request, code)


@router.post("/g/{code}/view")
def turn_to_why(request: Request, code: str, why: Annotated[bool, Form()] = False) -> Response:
    """Turns the shared screen from the answers to why, and back."""
    state = require_led(request, code)
    service.show_why(engine_of(request), code, state.uid, why)
    return back_to_console(request, code)


@router.get("/g/{code}/live/console")
async def live_console(request: Request, code: str) -> Response:
    state = await asyncio.to_thread(require_led, request, code)
    return EventStream(request, code, "console", leading=state.leading)
