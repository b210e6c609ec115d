"""What phone and facilitator view show of a session, in place of a group's own pages."""

from fastapi import Request
from fastapi.responses import Response

from api.groups.pages.view_models import ConsoleView
from api.groups.sessions.showing import SessionViewBuilder
from api.groups.state import GroupState
from api.kit.errors import Problem
from api.web.rendering import render


def session_views_of(request: Request) -> SessionViewBuilder:
    views: SessionViewBuilder = request.app.state.session_views
    return views


def session_member_page(
    request: Request, state: GroupState, member: str, *, fragment: bool, problem: Problem | None = None
) -> Response:
    """A phone's page at a step that is no round."""
    view = session_views_of(request).member(state, member, problem.detail if problem else None)
    return render(
        request,
        "groups/sessions/_member.html" if fragment else "groups/sessions/member.html",
        title=view.face.title,
        section="groups",
        problem=problem,
        view=view,
        face=view.face,
        notice=state.notice,
        own=None if fragment else session_views_of(request).keepsakes(state),
    )


def session_console_page(
    request: Request, state: GroupState, group: ConsoleView, *, fragment: bool, problem: Problem | None = None
) -> Response:
    """The facilitator's page at any step. `group`: what any group's console shows."""
    view = session_views_of(request).console(state, group, problem.detail if problem else None)
    return render(
        request,
        "groups/sessions/_console.html" if fragment else "groups/sessions/console.html",
        title=view.title or view.plan,
        section="groups",
        problem=problem,
        view=view,
    )
