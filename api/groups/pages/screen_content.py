"""What the shared screen holds now: for the screen itself, and for its preview in the facilitator view."""

from typing import Any

from fastapi import Request
from markupsafe import Markup

from api.groups.pages.session_steps import session_views_of
from api.groups.pages.view_builder import get_view_builder, read_reasons
from api.groups.pages.view_models import ReasonView, ScreenView
from api.groups.state import GroupState
from api.persistence.dependencies import engine_of
from api.web.rendering import base_url, fragment


def screen_content(request: Request, state: GroupState) -> tuple[str, dict[str, Any]]:
    """The template of the part that changes, and what it shows."""
    if state.at_step is not None:
        view = session_views_of(request).screen(state, base_url(request))
        name, context = "groups/sessions/_screen.html", {"view": view, "face": view.face}
    else:
        name, context = "groups/_screen.html", {"view": screen_view(request, state)}
    return ("groups/_curtain.html" if state.curtain else name), {**context, "curtain": state.curtain}


def screen_preview(request: Request, state: GroupState) -> Markup:
    """The same, to look at only."""
    template, context = screen_content(request, state)
    text = fragment(template, {**context, "signposting": request.app.state.signposting})
    return Markup(text)  # noqa: S704  # made by our own templates


def screen_view(request: Request, state: GroupState) -> ScreenView:
    reasons: tuple[ReasonView, ...] = ()
    if state.shown and state.kind == "training" and state.round:
        with engine_of(request).connect() as connection:
            reasons = read_reasons(connection, state.round.id, only_shown=True)
    note = session_views_of(request).words(state)[0] if state.reads_along else None
    return get_view_builder(request).screen(state, base_url(request), reasons, note)
