"""What the pages of a session show."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from api.groups.pages.view_models import ConsoleView
from api.groups.sessions.reading import Line
from api.session_plans.faces import CheckInTotals, StepFace
from api.session_plans.steps import CHECK_IN_ANSWERS


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step in the list of all. `state` is done, skipped, now, next or later."""

    id: int
    number: int
    title: str
    kind: str
    minutes: int
    state: str
    added: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the board with the lines that the facilitator may change."""

    place: int
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CheckInView:
    """How far a check-in is; `totals` is empty until they are shown."""

    answered: int
    smallest: int
    closed: bool
    questions: tuple[tuple[str, CheckInTotals | None], ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return CHECK_IN_ANSWERS

    @property
    def enough(self) -> bool:
        """Whether so many have answered that totals could be shown."""
        return self.answered >= self.smallest


@dataclass(frozen=True, slots=True)
class SessionConsole:
    """The facilitator's page. `group` holds what every console shows, and the round while one is on.

    `face` is None before the first step. `on` is the step that comes next; None after the last. `say`: the plan's words
    for now; in a round those of its phase. `ends_at`: when the session ends, if every step takes its own time from now.
    """

    group: ConsoleView
    code: str
    name: str
    step: str
    version: int
    visit: int
    plan: str
    length: int
    title: str
    number: int
    steps: int
    minutes: int
    pace: str | None
    ends_at: datetime | None
    minutes_left: int
    say: tuple[Markup, ...]
    before: tuple[str, ...]
    face: StepFace | None
    in_round: bool
    story_gone: bool
    rows: tuple[StepRow, ...]
    on: StepRow | None
    back: StepRow | None
    columns: tuple[Column, ...]
    check_in: CheckInView | None
    has_board: bool
    error: str | None

    @property
    def screen_url(self) -> str:
        return self.group.screen_url


@dataclass(frozen=True, slots=True)
class SessionMember:
    """A phone's page at a step."""

    code: str
    name: str
    step: str
    place: str
    number: int
    steps: int
    face: StepFace
    error: str | None
    led: bool = True


@dataclass(frozen=True, slots=True)
class SessionScreen:
    """The wall at a step. `answered` of `members` have sent a check-in; None at other steps."""

    code: str
    name: str
    step: str
    place: str
    face: StepFace
    members: int
    answered: int | None
    crowd: str | None
    led: bool = True


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One step's lines, to print."""

    title: str
    columns: tuple[Column, ...]
    rules: bool


@dataclass(frozen=True, slots=True)
class PrintedBoard:
    """Everything that the facilitator wrote for the group, on one page."""

    name: str
    date: str
    boards: tuple[BoardPage, ...]
    back_url: str
