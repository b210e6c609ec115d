"""What the facilitator's pages share."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.groups.access import require_led
from api.groups.dependencies import live_snapshot
from api.groups.live.dependencies import hub_of
from api.groups.pages.screen_content import screen_preview
from api.groups.pages.session_steps import session_console_page
from api.groups.pages.view_builder import console_key, get_view_builder, read_reasons
from api.groups.pages.view_models import ConsoleView, ReasonView
from api.groups.state import GroupState
from api.kit.errors import Ended, NotFound, Problem
from api.kit.join_codes import ALPHABET, normalise
from api.persistence.dependencies import engine_of
from api.web.rendering import base_url, render, wants_fragment


def show_console(request: Request, state: GroupState, *, fragment: bool, problem: Problem | None = None) -> Response:
    """The console as the group now stands; what a session could not do is told on it."""
    view = console_view(request, state)
    if state.place is not None:
        return session_console_page(request, state, view, fragment=fragment, problem=problem)
    template = "groups/_console.html" if fragment else "groups/console.html"
    return render(request, template, title="Facilitator view", section="groups", view=view)


def console_view(request: Request, state: GroupState) -> ConsoleView:
    reasons: tuple[ReasonView, ...] = ()
    if state.kind == "training" and state.round:
        with engine_of(request).connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=False)
    live = live_snapshot(request, state)
    key, preview = console_key(request, state), screen_preview(request, state)
    return get_view_builder(request).console(state, base_url(request), key, live, reasons, preview)


def back_to_console(request: Request, code: str) -> Response:
    hub_of(request).changed(code)
    if wants_fragment(request):
        return show_console(request, require_led(request, code), fragment=True)
    return RedirectResponse(f"/g/{code}/console", status_code=303)


def group_gone(request: Request, problem: Problem) -> Response | None:
    """Goodbye to those whose group has ended, or the field for another code; None for other problems than NotFound."""
    code = request.url.path.removeprefix("/g/").partition("/")[0][:20]
    if isinstance(problem, Ended):
        return _not_found(request, "groups/ended.html", problem, code=code, part=problem.part)
    if not isinstance(problem, NotFound):
        return None
    strange = sorted(set(normalise(code)) - set(ALPHABET))
    return _not_found(request, "groups/gone.html", problem, code=code, strange=strange)


def _not_found(request: Request, template: str, problem: NotFound, **context: Any) -> Response:
    return render(
        request,
        template,
        title=problem.title,
        section="groups",
        problem=problem,
        **context,
    )


PROBLEM_PAGES = {"/g/": group_gone}
