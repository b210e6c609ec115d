"""What leads a group through a guided session. Groups know no more of sessions than what stands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy import Connection

from api.kit.errors import Problem

NOT_BEGUN = 0  # the visit before the first step


@dataclass(frozen=True, slots=True)
class SessionPosition:
    """Where a guided session stands. It is kept with the group, so that to know it costs no query.

    `visit` goes up whenever a step is entered. `step` is the step's own number, which it keeps; `number` its place
    among the `steps`, from 1. `round` is the number of the round that belongs to the step. `change` goes up when what
    phones see of the step has changed. `closed`: what was gathered at the step has been shown, and takes no more.
    """

    visit: int
    step: int
    number: int
    steps: int
    kind: str
    title: str
    round: int | None = None
    change: int = 0
    closed: bool = False

    @property
    def begun(self) -> bool:
        return self.visit > NOT_BEGUN

    @property
    def mark(self) -> str:
        return f"s{self.visit}-{self.step}-{self.change}-"


class SessionSetup(Protocol):
    """A session that is to be started with its group."""

    @property
    def kind(self) -> str:
        """The kind of group that the plan is made for."""

    @property
    def vignettes(self) -> Sequence[str]:
        """The slugs of its rounds, in order."""

    @property
    def place(self) -> dict[str, Any]:
        """Where it stands before the first step."""

    def store(self, connection: Connection, group_id: int) -> None:
        """Keeps the session in the transaction that makes the group."""


class Guide(Protocol):
    """Offers plans, and shows the steps of a session wherever a group's own pages have nothing to show."""

    def prepare(self, plan: str, length: int | None) -> SessionSetup:
        """A session by its plan and length in minutes. Raises Unprocessable."""

    def choices(self) -> Sequence[Any]:
        """The plans that can be started, for the page that starts a group."""

    def forget(self, connection: Connection, group_id: int, member: str) -> None:
        """Takes out what a member who leaves answered to questions about themselves that were not shown yet."""

    def words(self, state: Any) -> tuple[Markup, Markup]:
        """What the plan says on wall and phone while people read the story of a round."""

    def member(
        self, request: Request, state: Any, member: str, *, fragment: bool, problem: Problem | None = None
    ) -> Response:
        """A phone's page at a step that is no round."""

    def screen(self, request: Request, state: Any, *, fragment: bool) -> Response:
        """The wall at a step that is no round."""

    def console(
        self, request: Request, state: Any, group: Any, *, fragment: bool, problem: Problem | None = None
    ) -> Response:
        """The facilitator's page at any step. `group`: what any group's console shows."""


def guide_of(request: Request) -> Guide:
    """The application's own."""
    guide: Guide = request.app.state.guide
    return guide
