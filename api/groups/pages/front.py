"""The first page with its doors: to practise, to start a group, and back to the groups that this device is in."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.groups.pages.returning import find_way_back
from api.kit.join_codes import normalise
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    back = await asyncio.to_thread(find_way_back, request)
    return render(request, "home.html", section="home", error=None, code="", back=back)


@router.get("/join")
async def find_group(code: str = "") -> Response:
    """Goes to the group whose code was typed."""
    typed = normalise(code)
    return RedirectResponse(f"/g/{typed}" if typed else "/", status_code=303)
