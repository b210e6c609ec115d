"""Pages of the projector. They need no key, for they show nothing that the room may not see."""

import asyncio

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.groups.access import door, require_state
from api.groups.dependencies import limit_wrong_codes
from api.groups.live.hub import EventStream
from api.groups.pages.session_steps import session_screen_page, session_views_of
from api.groups.pages.view_builder import get_view_builder, read_reasons
from api.groups.pages.view_models import ReasonView, ScreenView
from api.groups.state import GroupState
from api.persistence.dependencies import engine_of
from api.web.rendering import base_url, render

router = APIRouter(include_in_schema=False)


@router.get("/g/{code}/screen", dependencies=[Depends(limit_wrong_codes)])
def screen(request: Request, code: str) -> Response:
    """The projector. It needs no key, for it shows nothing that the room may not see."""
    return _show(request, require_state(request, code), fragment=False)


@router.get("/g/{code}/now/screen", dependencies=[Depends(limit_wrong_codes)])
def screen_now(request: Request, code: str) -> Response:
    return _show(request, require_state(request, code), fragment=True)


def _show(request: Request, state: GroupState, *, fragment: bool) -> Response:
    if state.at_step is not None:
        return session_screen_page(request, state, fragment=fragment)
    template = "groups/_screen.html" if fragment else "groups/screen.html"
    view = screen_view(request, state)
    return render(request, template, title="Screen", section="groups", view=view, door=door(request, state.code))


def screen_view(request: Request, state: GroupState) -> ScreenView:
    reasons: tuple[ReasonView, ...] = ()
    if state.shown and state.kind == "training" and state.round:
        with engine_of(request).connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=True)
    note = session_views_of(request).words(state)[0] if state.reads_along else None
    return get_view_builder(request).screen(state, base_url(request), reasons, note)


@router.get("/g/{code}/live/screen", dependencies=[Depends(limit_wrong_codes)])
async def live_screen(request: Request, code: str) -> Response:
    await asyncio.to_thread(require_state, request, code)
    return EventStream(request, code, "screen")
