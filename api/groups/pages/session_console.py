"""What the facilitator presses and types at the console of a session. Every button is a form."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.groups.access import find_facilitator, find_member, require_led, require_state
from api.groups.pages.dependencies import back_to_console, show_console
from api.groups.pages.session_steps import session_views_of
from api.groups.sessions import board, check_in, service
from api.groups.state import GroupState
from api.kit.errors import Conflict, NotFound, Problem, Unprocessable
from api.persistence.dependencies import engine_of
from api.private_pages.view_models import NOTHING_LEAVES
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.web.rendering import RowNumber, render, wants_fragment

router = APIRouter(include_in_schema=False)

ExpectedVisit = Annotated[int | None, Form()]
LineText = Annotated[str, Form(max_length=1000)]


def _do(request: Request, code: str, work: Callable[[str], None]) -> Response:
    """Does it as the facilitator. What could not be done is told on the console, which stays as it is."""
    uid = require_led(request, code).uid
    try:
        work(uid)
    except (Conflict, Unprocessable, NotFound) as problem:
        return _refused(request, code, uid, problem)
    return back_to_console(request, code)


def _refused(request: Request, code: str, uid: str, problem: Problem) -> Response:
    state = require_state(request, code, uid)
    if state.place is None:
        raise problem
    return show_console(request, state, fragment=wants_fragment(request), problem=problem)


@router.post("/g/{code}/session")
def move(request: Request, code: str, way: Annotated[str, Form(max_length=40)], seen: ExpectedVisit = None) -> Response:
    """Goes on, back, to a step (`to:` and its number), skips this one or repeats it.

    `seen` is the visit that the button stood under: when another console was quicker, this press has been answered.
    """
    engine, catalogue = engine_of(request), catalogue_of(request)
    plans = session_views_of(request).plans
    known, to = service.read_way(way)
    return _do(request, code, lambda uid: service.move(engine, catalogue, plans, code, uid, known, to, seen))


@router.post("/g/{code}/session/stories")
def add_story(
    request: Request, code: str, vignette: Annotated[str, Form(max_length=80)], seen: ExpectedVisit = None
) -> Response:
    """Adds a story behind the present step."""
    engine, plans = engine_of(request), session_views_of(request).plans
    found = find_vignette(request, vignette)
    return _do(request, code, lambda uid: service.add_round(engine, plans, code, uid, found, seen))


@router.post("/g/{code}/board")
def add_line(request: Request, code: str, text: LineText = "", heading: Annotated[int, Form()] = 0) -> Response:
    """Writes a line on the board, or adds a rule."""
    engine, plans = engine_of(request), session_views_of(request).plans
    return _do(request, code, lambda uid: board.add_line(engine, plans, code, uid, heading, text))


@router.post("/g/{code}/board/{line}")
def change_line(
    request: Request, code: str, line: RowNumber, do: Annotated[str, Form(max_length=10)] = "save", text: LineText = ""
) -> Response:
    """Saves, deletes or moves a line."""
    engine = engine_of(request)

    def work(uid: str) -> None:
        if do in ("up", "down"):
            board.move_line(engine, code, uid, line, up=do == "up")
        else:
            board.change_line(engine, code, uid, line, None if do == "delete" else text)

    return _do(request, code, work)


@router.post("/g/{code}/check-in/show")
def show_totals(request: Request, code: str) -> Response:
    """Shows how many gave which answer."""
    return _do(request, code, lambda uid: check_in.show_totals(engine_of(request), code, uid))


@router.get("/g/{code}/board")
def print_board(request: Request, code: str) -> Response:
    """Everything that was written for the group, to print; for its members too."""
    state = require_inside(request, code)
    back = f"/g/{code}/console" if find_facilitator(request, code) else f"/g/{code}"
    view = session_views_of(request).board(state, back)
    return render(request, "groups/sessions/board.html", title="The board", section="groups", view=view)


@router.get("/g/{code}/takeaway")
def take_home(request: Request, code: str) -> Response:
    """The page that a member takes home. What is their own is put in by their device, and could not leave it."""
    state = require_inside(request, code)
    back = f"/g/{code}/console" if find_facilitator(request, code) and not find_member(request, code) else f"/g/{code}"
    view = session_views_of(request).takeaway(state, back)
    response = render(request, "session_plans/takeaway.html", title="Your take-home page", section="groups", view=view)
    response.headers["Content-Security-Policy"] = NOTHING_LEAVES
    return response


def require_inside(request: Request, code: str) -> GroupState:
    """The state of a group with a session, for its facilitator and its members. Raises NotFound without one."""
    member = find_member(request, code)
    state = require_state(request, code, member.uid) if member else require_led(request, code)
    if state.place is None:
        raise NotFound("This group does not use a session plan.")
    return state
