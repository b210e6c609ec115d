"""Pages of a member: joining, the phone, a break, leaving."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.accounts.cookies import drop_cookie, keeps_no_cookies, try_cookies
from api.groups import service
from api.groups.access import (
    door,
    find_departed,
    find_facilitator,
    find_member,
    remember_departed,
    remember_member,
    require_member,
)
from api.groups.dependencies import VoteBody, cast, codes_limited, let_in, limit_wrong_codes
from api.groups.live.dependencies import hub_of
from api.groups.live.hub import EventStream
from api.groups.live.page_cache import MemberPageCache, cache_key
from api.groups.live.state_loader import LoadedGroup, load_group
from api.groups.pages.session_steps import session_member_page, session_views_of
from api.groups.pages.view_builder import get_view_builder, read_reasons
from api.groups.pages.view_models import JoinView, ReasonView
from api.groups.phases import open_ballot
from api.groups.sessions.check_in import forget
from api.groups.state import read_state
from api.guesses.forms import AnswerForm
from api.kit.errors import Conflict, Problem, TooMany, Unavailable, Unprocessable
from api.kit.join_codes import normalise
from api.kit.systems import NAME
from api.persistence.dependencies import engine_of
from api.web.admission import take_join
from api.web.rendering import render, wants_fragment

router = APIRouter(include_in_schema=False)

_CHOOSE = "Choose one of the three circles or “not enough information”, or pass."


@router.get("/g/{code}")
async def phone(request: Request, code: str) -> Response:
    """A member's phone, restored to the present; for everyone else the door to the group."""
    if code != normalise(code):
        return RedirectResponse(f"/g/{normalise(code)}", status_code=303)
    member = find_member(request, code)
    if member is not None:
        seen = await load_group(request, code, member=member.id)
    else:
        async with codes_limited(request, code):
            seen = await load_group(request, code)
    if member is None or member.uid != seen.state.uid:
        return _join_page(request, code, seen)
    return await _member_page(request, seen, member.id, fragment=wants_fragment(request))


def _join_page(request: Request, code: str, seen: LoadedGroup, *, no_cookies: bool = False) -> Response:
    leading = find_facilitator(request, code)
    leads = leading is not None and (leading.uid, leading.leading) == (seen.state.uid, seen.state.leading)
    screen = get_view_builder(request).screen_url(request, seen.state) if leads else None
    view = JoinView(code, door(request, code), seen.state.name, seen.state.kind, screen, no_cookies)
    status = 400 if no_cookies else 200
    response = render(
        request, "groups/join.html", title="Join the group", section="groups", status_code=status, view=view
    )
    try_cookies(request, response)
    return response


async def _limit_joins(request: Request, code: str) -> None:
    if find_member(request, code) is None:
        await take_join(request)


@router.post("/g/{code}/join", dependencies=[Depends(limit_wrong_codes), Depends(_limit_joins)])
async def join(request: Request, code: str) -> Response:
    """Joins with one tap. A phone that is or was in stays the member it is.

    A browser that keeps no cookies could never come in, and would be counted again with each tap: it is told so.
    """
    if keeps_no_cookies(request):
        return _join_page(request, code, await load_group(request, code), no_cookies=True)
    return await run_in_threadpool(_join, request, code)


def _join(request: Request, code: str) -> Response:
    response = RedirectResponse(f"/g/{code}", status_code=303)
    member = find_member(request, code)
    remember_member(request, response, let_in(request, code, member or find_departed(request, code)))
    drop_cookie(request, response, f"left-{code}")
    return response


@router.get("/g/{code}/leave")
def ask_whether_to_leave(request: Request, code: str) -> Response:
    return render(request, "groups/leave.html", title="Leave the group?", section="groups", code=normalise(code))


@router.get("/g/{code}/left")
def left(request: Request, code: str) -> Response:
    """After leaving: thanks, help, and the way back in for as long as the group goes on."""
    code = normalise(code)
    back = None
    if (member := find_departed(request, code)) is not None:
        state = read_state(engine_of(request), code)
        back = door(request, code) if state and state.uid == member.uid else None
    return render(request, "groups/left.html", title="You have left", section="groups", code=code, door=back)


@router.post("/g/{code}/leave")
def leave(request: Request, code: str) -> Response:
    """Leaves; answers that were not shown yet go too. The phone remembers that it was in, should it come back."""
    member = find_member(request, code)
    response = RedirectResponse(f"/g/{code}/left", status_code=303)
    if member is not None:
        if service.leave(engine_of(request), code, member.uid, member.id, forget):
            hub_of(request).changed(code)
        drop_cookie(request, response, f"member-{code}")
        remember_departed(request, response, member)
    return response


@router.get("/g/{code}/pause")
def pause(request: Request, code: str) -> Response:
    return render(request, "groups/pause.html", title="A break", section="groups", code=normalise(code))


@router.post("/g/{code}/guess")
async def give_guess(request: Request, code: str) -> Response:
    """Keeps a vote. What cannot be kept now comes back with the choice as it was, and a sentence that says why."""
    member = require_member(request, code)
    form = AnswerForm(parse_qsl((await request.body()).decode("utf-8", "replace")))
    body, problem = None, None
    try:
        body = form.parse(VoteBody, _CHOOSE)
        await cast(request, code, body)
    except (Unprocessable, Conflict, TooMany, Unavailable) as refused:
        problem = refused
    if problem is None and not wants_fragment(request):
        return Response(status_code=303, headers={"location": f"/g/{code}"})  # the member's own code: nothing to quote
    seen = await load_group(request, code, member.uid, member.id)
    if isinstance(problem, Conflict) and body is not None:
        problem = _too_late(seen, body) or problem
    if problem is not None:
        return await asyncio.to_thread(_render, request, seen, member.id, wants_fragment(request), problem, form)
    return await _member_page(request, seen, member.id, fragment=True)


def _too_late(seen: LoadedGroup, late: VoteBody) -> Conflict | None:
    """Says what counted, where the vote had closed before an answer came; None where it is open."""
    round_state = seen.state.playing
    if round_state is None or open_ballot(round_state.path) is not None:
        return None
    counted = seen.own.get(round_state.ballot)
    closed = f"The vote closed before “{NAME[late.system]}” reached us."
    if counted is None:
        return Conflict(f"{closed} Nothing from you was counted in this vote. That is fine.")
    return Conflict(f"{closed} Your earlier answer counted: {NAME[counted.system]}.")


async def _member_page(request: Request, seen: LoadedGroup, member: str, *, fragment: bool) -> Response:
    """The member's page; anyone who stands at the same place and has answered the same gets the same bytes."""
    pages: MemberPageCache = request.app.state.member_pages
    key = cache_key(seen.state, seen.own, fragment)
    if key is not None and (page := pages.get(key, seen.state)):
        return Response(page, media_type="text/html", headers={"Vary": "HX-Request"})
    response = await asyncio.to_thread(_render, request, seen, member, fragment)
    if key is not None:
        pages.keep(key, bytes(response.body))
    return response


def _render(
    request: Request,
    seen: LoadedGroup,
    member: str,
    fragment: bool,
    problem: Problem | None = None,
    draft: AnswerForm | None = None,
) -> Response:
    state = seen.state
    if state.at_step is not None:
        return session_member_page(request, state, member, fragment=fragment, problem=problem)
    reasons: tuple[ReasonView, ...] = ()
    if state.round and state.shown and state.kind == "training":
        with engine_of(request).connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=True)
    note = session_views_of(request).words(state)[1] if state.reads_along else None
    view = get_view_builder(request).member(state, seen.own, problem.detail if problem else None, draft, reasons, note)
    return render(
        request,
        "groups/_member.html" if fragment else "groups/member.html",
        title=view.vignette.person if view.vignette else "The group",
        section="groups",
        problem=problem,
        view=view,
        notice=state.notice,
        own=session_views_of(request).keepsakes(state) if state.place is not None and not fragment else None,
    )


@router.get("/g/{code}/now/member")
async def member_now(request: Request, code: str) -> Response:
    """The part of the phone's page that changes."""
    member = require_member(request, code)
    seen = await load_group(request, code, member.uid, member.id)
    return await _member_page(request, seen, member.id, fragment=True)


@router.get("/g/{code}/live/member")
async def live_member(request: Request, code: str) -> Response:
    member = require_member(request, code)
    await load_group(request, code, member.uid)
    return EventStream(request, code, "member", member.id)
