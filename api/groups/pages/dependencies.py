"""What the facilitator's pages share."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.groups.access import require_led
from api.groups.dependencies import live_snapshot
from api.groups.live.dependencies import hub_of
from api.groups.pages.session_steps import session_console_page
from api.groups.pages.view_builder import console_key, get_view_builder, read_reasons
from api.groups.pages.view_models import ConsoleView, ReasonView
from api.groups.state import GroupState
from api.kit.errors import NotFound, Problem
from api.persistence.dependencies import engine_of
from api.web.rendering import base_url, render, wants_fragment


def show_console(request: Request, state: GroupState, *, fragment: bool, problem: Problem | None = None) -> Response:
    """The console as the group now stands; what a session could not do is told on it."""
    view = console_view(request, state)
    if state.place is not None:
        return session_console_page(request, state, view, fragment=fragment, problem=problem)
    template = "groups/_console.html" if fragment else "groups/console.html"
    return render(request, template, title="Console", section="groups", view=view)


def console_view(request: Request, state: GroupState) -> ConsoleView:
    reasons: tuple[ReasonView, ...] = ()
    if state.kind == "training" and state.round:
        with engine_of(request).connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=False)
    live = live_snapshot(request, state)
    return get_view_builder(request).console(state, base_url(request), console_key(request, state), live, reasons)


def back_to_console(request: Request, code: str) -> Response:
    hub_of(request).changed(code)
    if wants_fragment(request):
        return show_console(request, require_led(request, code), fragment=True)
    return RedirectResponse(f"/g/{code}/console", status_code=303)


def group_gone(request: Request, problem: Problem) -> Response | None:
    """The field for another code, where nothing was found; None for other problems."""
    if not isinstance(problem, NotFound):
        return None
    code = request.url.path.removeprefix("/g/").partition("/")[0][:20]
    return render(request, "groups/gone.html", title=problem.title, section="groups", problem=problem, code=code)


PROBLEM_PAGES = {"/g/": group_gone}
