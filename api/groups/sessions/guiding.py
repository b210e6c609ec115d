"""Stands in for sessions wherever groups show something."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.datastructures import State

from api.groups.access import door
from api.groups.pages.view_models import ConsoleView
from api.groups.sessions.check_in import forget
from api.groups.sessions.showing import SessionViewBuilder
from api.groups.sessions.starting import NewSessionSetup, plans_on_offer, prepare
from api.groups.state import GroupState
from api.kit.errors import Problem
from api.session_plans.plan import Plan
from api.web.rendering import base_url, render


class SessionGuide:
    """What groups know of sessions: `api.groups.guide.Guide`."""

    def __init__(self, app: State) -> None:
        self._app = app
        self.shower = SessionViewBuilder(app)

    def prepare(self, plan: str, length: int | None) -> NewSessionSetup:
        return prepare(plans_on_offer(self._app), plan, length)

    def choices(self) -> Sequence[Plan]:
        """The plans that can be started: those for members first."""
        return sorted(plans_on_offer(self._app).values(), key=lambda plan: (plan.audience, plan.slug))

    def forget(self, connection: Connection, group_id: int, member: str) -> None:
        forget(connection, group_id, member)

    def words(self, state: GroupState) -> tuple[Markup, Markup]:
        return self.shower.words(state)

    def member(
        self, request: Request, state: GroupState, member: str, *, fragment: bool, problem: Problem | None = None
    ) -> Response:
        view = self.shower.member(state, member, problem.detail if problem else None)
        return render(
            request,
            "groups/sessions/_member.html" if fragment else "groups/sessions/member.html",
            title=view.face.title,
            section="groups",
            status_code=problem.status if problem else 200,
            view=view,
            face=view.face,
        )

    def screen(self, request: Request, state: GroupState, *, fragment: bool) -> Response:
        view, key = self.shower.screen(state, base_url(request)), door(request, state.code)
        template = "groups/sessions/_screen.html" if fragment else "groups/sessions/screen.html"
        return render(request, template, title=view.face.title, section="groups", view=view, face=view.face, door=key)

    def console(
        self,
        request: Request,
        state: GroupState,
        group: ConsoleView,
        *,
        fragment: bool,
        problem: Problem | None = None,
    ) -> Response:
        view = self.shower.console(state, group, problem.detail if problem else None)
        return render(
            request,
            "groups/sessions/_console.html" if fragment else "groups/sessions/console.html",
            title=view.title or view.plan,
            section="groups",
            status_code=problem.status if problem else 200,
            view=view,
        )


def guide_in(request: Request) -> SessionGuide:
    """The application's own, as the pages of sessions know it."""
    guide: SessionGuide = request.app.state.guide
    return guide
