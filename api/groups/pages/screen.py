"""Pages of the projector. They need no key, for they show nothing that the room may not see."""

import asyncio

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.groups.access import door, require_state
from api.groups.dependencies import limit_wrong_codes
from api.groups.live.hub import EventStream
from api.groups.pages.screen_content import screen_content
from api.groups.state import GroupState
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/g/{code}/screen", dependencies=[Depends(limit_wrong_codes)])
def screen(request: Request, code: str) -> Response:
    """The projector. It needs no key, for it shows nothing that the room may not see."""
    return _show(request, require_state(request, code), fragment=False)


@router.get("/g/{code}/now/screen", dependencies=[Depends(limit_wrong_codes)])
def screen_now(request: Request, code: str) -> Response:
    return _show(request, require_state(request, code), fragment=True)


def _show(request: Request, state: GroupState, *, fragment: bool) -> Response:
    template, context = screen_content(request, state)
    if not fragment:
        context |= {"door": door(request, state.code), "content": template, "notice": state.notice}
        template = "groups/screen.html"
    title = context["face"].title if "face" in context else "Shared screen"
    return render(request, template, title=title, section="groups", **context)


@router.get("/g/{code}/live/screen", dependencies=[Depends(limit_wrong_codes)])
async def live_screen(request: Request, code: str) -> Response:
    await asyncio.to_thread(require_state, request, code)
    return EventStream(request, code, "screen")
