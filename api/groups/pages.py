"""Pages of a group: starting it, joining, the phone, the wall, the console, and the summary."""

import asyncio
import json
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from api.groups import service
from api.groups.access import (
    find_facilitator,
    find_member,
    new_member,
    remember_facilitator,
    remember_member,
    require_facilitator,
    require_member,
    require_state,
)
from api.groups.api import VoteBody, base_url, cast, limit_groups, limit_wrong_codes, live_snapshot, may_start
from api.groups.codes import normalise
from api.groups.hub import EventStream
from api.groups.results import Kind
from api.groups.showing import Shower, console_key, read_reasons
from api.groups.state import GroupState, OwnVote, read_own_votes
from api.groups.views import ConsoleView, JoinView, MemberView, NewGroupView, ReasonView, ScreenView, view_choice
from api.library.api import find_vignette
from api.problems import Conflict, NotFound, Problem, TooMany, Unavailable, Unprocessable
from api.web import render, wants_fragment

router = APIRouter(include_in_schema=False)

_CHOOSE = "Choose one of the circles, “not enough information”, or pass."


def _shower(request: Request) -> Shower:
    shower: Shower = request.app.state.shower
    return shower


# Starting


@router.get("/groups/new", dependencies=[Depends(may_start)])
def new_group(request: Request) -> Response:
    return _new_page(request, None)


@router.post("/groups", dependencies=[Depends(limit_groups), Depends(may_start)])
def start_group(
    request: Request,
    kind: Annotated[Kind, Form()] = "psychoeducation",
    name: Annotated[str, Form(max_length=200)] = "",
    vignette: Annotated[list[str] | None, Form()] = None,
    first_ballot: Annotated[str, Form()] = "",
) -> Response:
    """Makes the group and opens its links; this device is now the console."""
    settings, catalogue = request.app.state.settings, request.app.state.catalogue
    try:
        made = service.create_group(
            request.app.state.engine, catalogue, kind, name, vignette or [], settings.group_days, bool(first_ballot)
        )
    except Unprocessable as problem:
        return _new_page(request, problem, kind, name, vignette or [])
    response = RedirectResponse(f"/g/{made.code}/ready", status_code=303)
    remember_facilitator(request, response, made.code, made.uid)
    return response


def _new_page(
    request: Request,
    problem: Problem | None,
    kind: str = "psychoeducation",
    name: str = "",
    chosen: list[str] | None = None,
) -> Response:
    wanted = service.SUGGESTED if chosen is None else chosen
    vignettes = request.app.state.catalogue.vignettes.values()
    choices = [view_choice(vignette.case, vignette.slug in wanted) for vignette in vignettes]
    choices.sort(key=lambda choice: wanted.index(choice.slug) if choice.chosen else len(wanted))
    view = NewGroupView(tuple(choices), kind, name, problem.detail if problem else None)
    return render(
        request,
        "groups/new.html",
        title="Start a group",
        section="groups",
        status_code=problem.status if problem else 200,
        view=view,
    )


@router.get("/g/{code}/ready")
def ready(request: Request, code: str) -> Response:
    """Code, links and QR, for the facilitator."""
    state = _led(request, code)
    view = _shower(request).ready(state, base_url(request), console_key(request, state))
    return render(request, "groups/ready.html", title="Your group is ready", section="groups", view=view)


# Joining


@router.get("/join")
async def find_group(code: str = "") -> Response:
    """Goes to the group whose code was typed."""
    typed = normalise(code)
    return RedirectResponse(f"/g/{typed}" if typed else "/", status_code=303)


@router.get("/g/{code}", dependencies=[Depends(limit_wrong_codes)])
def phone(request: Request, code: str) -> Response:
    """A member's phone, restored to the present; for everybody else the door to the group."""
    if code != normalise(code):
        return RedirectResponse(f"/g/{normalise(code)}", status_code=303)
    state = require_state(request, code)
    member = find_member(request, code)
    if member is None or member.uid != state.uid:
        view = JoinView(code, state.name, state.kind)
        return render(request, "groups/join.html", title="Join the group", section="groups", view=view)
    return _member_page(request, state, member.id)


@router.post("/g/{code}/join", dependencies=[Depends(limit_wrong_codes)])
def join(request: Request, code: str) -> Response:
    """Joins with one tap. A phone that is in already stays the member it is."""
    response = RedirectResponse(f"/g/{code}", status_code=303)
    member = find_member(request, code)
    if member is None or member.uid != require_state(request, code).uid:
        made = service.join(request.app.state.engine, code)
        request.app.state.hub.changed(code)
        remember_member(request, response, new_member(made.code, made.uid))
    return response


@router.post("/g/{code}/leave")
def leave(request: Request, code: str) -> Response:
    """Leaves; answers that were given stay, for nobody knows whose they are."""
    member = find_member(request, code)
    response = RedirectResponse("/", status_code=303)
    if member is not None:
        service.leave(request.app.state.engine, code, member.uid)
        request.app.state.hub.changed(code)
        response.delete_cookie(f"member-{code}")
    return response


@router.get("/g/{code}/pause")
def pause(request: Request, code: str) -> Response:
    return render(request, "groups/pause.html", title="A break", section="groups", code=normalise(code))


# The phone


@router.post("/g/{code}/guess")
async def give_guess(request: Request, code: str) -> Response:
    """Keeps a vote. What cannot be kept now comes back with the choice as it was, and a sentence that says why."""
    member = require_member(request, code)
    form = parse_qsl((await request.body()).decode("utf-8", "replace"))
    draft, problem = None, None
    try:
        body = _parse(form)
        draft = OwnVote(body.system, body.confidence, tuple(body.cues or ()), body.reason)
        await cast(request, code, body)
    except (Unprocessable, Conflict, TooMany, Unavailable) as refused:
        problem = refused
    if problem is None and not wants_fragment(request):
        return RedirectResponse(f"/g/{code}", status_code=303)
    return await asyncio.to_thread(_after_vote, request, code, member.uid, member.id, draft, problem)


def _after_vote(
    request: Request, code: str, uid: str, member: str, draft: OwnVote | None, problem: Problem | None
) -> Response:
    state = require_state(request, code, uid)
    return _member_page(request, state, member, problem, draft if problem else None)


def _parse(form: list[tuple[str, str]]) -> VoteBody:
    fields: dict[str, object] = {name: value for name, value in form if value and name != "cues"}
    spans = [value.partition("-") for name, value in form if name == "cues"]
    try:
        cues = [(int(start), int(end)) for start, _, end in spans]
        return VoteBody.model_validate(fields | ({"cues": cues} if cues else {}))
    except (ValidationError, ValueError):
        raise Unprocessable(_CHOOSE) from None


def _member_page(
    request: Request, state: GroupState, member: str, problem: Problem | None = None, draft: OwnVote | None = None
) -> Response:
    template = "groups/_member.html" if wants_fragment(request) else "groups/member.html"
    view = _member_view(request, state, member, problem.detail if problem else None, draft)
    response = render(
        request,
        template,
        title=view.vignette.person if view.vignette else "The group",
        section="groups",
        status_code=problem.status if problem else 200,
        view=view,
    )
    response.headers.update(problem.headers if problem else {})
    return response


def _member_view(
    request: Request, state: GroupState, member: str, error: str | None = None, draft: OwnVote | None = None
) -> MemberView:
    own: dict[int, OwnVote] = {}
    reasons: tuple[ReasonView, ...] = ()
    if state.round:
        with request.app.state.engine.connect() as connection:
            own = read_own_votes(connection, state.round.id, member)
            if state.shown and state.kind == "training":
                reasons = read_reasons(connection, state.round.id, only_shown=True)
    return _shower(request).member(state, own, error, draft, reasons)


@router.get("/g/{code}/now/member")
def member_now(request: Request, code: str) -> Response:
    """The part of the phone's page that changes."""
    member = require_member(request, code)
    state = require_state(request, code, member.uid)
    return render(request, "groups/_member.html", view=_member_view(request, state, member.id))


# The wall


@router.get("/g/{code}/screen", dependencies=[Depends(limit_wrong_codes)])
def screen(request: Request, code: str) -> Response:
    """The projector. It needs no key, for it shows nothing that the room may not see."""
    view = screen_view(request, require_state(request, code))
    return render(request, "groups/screen.html", title="Screen", section="groups", view=view)


@router.get("/g/{code}/now/screen", dependencies=[Depends(limit_wrong_codes)])
def screen_now(request: Request, code: str) -> Response:
    return render(request, "groups/_screen.html", view=screen_view(request, require_state(request, code)))


def screen_view(request: Request, state: GroupState) -> ScreenView:
    reasons: tuple[ReasonView, ...] = ()
    if state.shown and state.kind == "training" and state.round:
        with request.app.state.engine.connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=True)
    return _shower(request).screen(state, base_url(request), reasons)


# The console


@router.get("/g/{code}/console")
def console(request: Request, code: str, key: str | None = None) -> Response:
    """The facilitator's page. Its link carries the key, which moves into a cookie and out of the address."""
    if key is not None:
        facilitator = find_facilitator(request, code, key)
        if facilitator is None:
            raise NotFound("This console link is not complete, or its group has ended.")
        response = RedirectResponse(f"/g/{code}/console", status_code=303)
        remember_facilitator(request, response, code, facilitator.uid)
        return response
    return render(
        request,
        "groups/console.html",
        title="Console",
        section="groups",
        view=console_view(request, _led(request, code)),
    )


@router.get("/g/{code}/now/console")
def console_now(request: Request, code: str) -> Response:
    return render(request, "groups/_console.html", view=console_view(request, _led(request, code)))


def console_view(request: Request, state: GroupState) -> ConsoleView:
    reasons: tuple[ReasonView, ...] = ()
    if state.kind == "training" and state.round:
        with request.app.state.engine.connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=False)
    live = live_snapshot(request, state)
    return _shower(request).console(state, base_url(request), console_key(request, state), live, reasons)


def _led(request: Request, code: str) -> GroupState:
    """The state of the group that the asking facilitator leads."""
    return require_state(request, code, require_facilitator(request, code).uid)


def _back_to_console(request: Request, code: str) -> Response:
    request.app.state.hub.changed(code)
    if wants_fragment(request):
        return console_now(request, code)
    return RedirectResponse(f"/g/{code}/console", status_code=303)


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
    state = _led(request, code)
    if seen and seen != state.step:
        return _back_to_console(request, code)
    engine = request.app.state.engine
    if phase == "next-person":
        slug = _shower(request).next_slug(state)
        if slug is None:
            raise Conflict("Everybody of the plan has had a turn. Add another person, or end the group.")
        service.start_round(engine, code, state.uid, find_vignette(request, slug))
    else:
        service.change_phase(engine, request.app.state.catalogue, code, state.uid, phase)
    return _back_to_console(request, code)


@router.post("/g/{code}/back")
def back(request: Request, code: str) -> Response:
    """Takes the last step back."""
    state = _led(request, code)
    service.go_back(request.app.state.engine, code, state.uid)
    return _back_to_console(request, code)


@router.post("/g/{code}/people")
def add_person(request: Request, code: str, vignette: Annotated[str, Form(max_length=80)]) -> Response:
    """Adds a vignette to the plan."""
    state = _led(request, code)
    service.add_person(request.app.state.engine, code, state.uid, find_vignette(request, vignette).slug)
    return _back_to_console(request, code)


@router.post("/g/{code}/reasons/{vote_id}")
def let_through(request: Request, code: str, vote_id: int, shown: Annotated[bool, Form()] = False) -> Response:
    """Shows a reason to the group, or takes it back."""
    state = _led(request, code)
    service.show_reason(request.app.state.engine, code, state.uid, vote_id, shown)
    return _back_to_console(request, code)


@router.get("/g/{code}/summary")
def summary(request: Request, code: str) -> Response:
    """One page to print or save."""
    state = _led(request, code)
    with request.app.state.engine.connect() as connection:
        view = _shower(request).summary(connection, state)
    return render(request, "groups/summary.html", title="Summary", section="groups", view=view)


@router.get("/g/{code}/end")
def confirm_end(request: Request, code: str) -> Response:
    state = _led(request, code)
    return render(request, "groups/end.html", title="End the group", section="groups", code=code, name=state.name)


@router.post("/g/{code}/end")
def end(request: Request, code: str) -> Response:
    """Ends the group for good."""
    state = _led(request, code)
    service.end_group(request.app.state.engine, code, state.uid)
    request.app.state.hub.changed(code)
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(f"facilitator-{code}")
    return response


# Live


@router.get("/g/{code}/live/member")
async def live_member(request: Request, code: str) -> Response:
    member = require_member(request, code)
    await asyncio.to_thread(require_state, request, code, member.uid)
    return EventStream(request, code, "member", member.id)


@router.get("/g/{code}/live/screen", dependencies=[Depends(limit_wrong_codes)])
async def live_screen(request: Request, code: str) -> Response:
    await asyncio.to_thread(require_state, request, code)
    return EventStream(request, code, "screen")


@router.get("/g/{code}/live/console")
async def live_console(request: Request, code: str) -> Response:
    await asyncio.to_thread(require_state, request, code, require_facilitator(request, code).uid)
    return EventStream(request, code, "console")


def tell_step(state: GroupState, _own: OwnVote | None) -> bytes:
    """What a page's stream carries: where the group is. The page fetches its part when the step has changed."""
    answered = state.round.answered if state.round else 0
    return json.dumps({"step": state.step, "members": state.members, "answered": answered}).encode()


def tell_version(state: GroupState, own: OwnVote | None) -> bytes:
    """The same for wall and console, which follow every change."""
    told = json.loads(tell_step(state, own))
    return json.dumps(told | {"version": state.version}).encode()
