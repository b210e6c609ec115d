"""Builds what wall, phone and console show of a session."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy import Connection, Engine

from api.groups.pages.view_builder import GroupViewBuilder
from api.groups.pages.view_models import ConsoleView
from api.groups.sessions import pace
from api.groups.sessions.agenda import Agenda, AgendaItem
from api.groups.sessions.check_in import CAME_LATE, came_late, people_who_answered
from api.groups.sessions.counting import totals
from api.groups.sessions.position import SessionPosition
from api.groups.sessions.reading import (
    Line,
    Plans,
    Session,
    VisitRow,
    columns,
    read_answers,
    read_lines,
    read_tallies,
    read_visits,
)
from api.groups.sessions.view_models import (
    BoardPage,
    CheckInView,
    Column,
    PrintedBoard,
    SessionConsole,
    SessionMember,
    SessionScreen,
    StepRow,
)
from api.groups.state import GroupState
from api.kit.join_codes import spoken
from api.kit.prose import html, inline
from api.persistence.engine import now
from api.session_plans.faces import CheckInTotals, Join, Live, RoundFinding, StepFace, face
from api.session_plans.plan import Step
from api.session_plans.signposting import Signposting
from api.session_plans.steps import BoardStep, CheckInStep, CloseStep, RoundStep, RulesStep
from api.session_plans.takeaway import TakeawayView, takeaway
from api.session_plans.words_of_phases import Part, words_of
from api.vignettes.catalogue import Catalogue

MOST_KEEPSAKES = 512  # groups; of each a few lines of its plan


class SessionViewBuilder:
    """Makes the views of sessions in one process."""

    def __init__(
        self, engine: Engine, catalogue: Catalogue, groups: GroupViewBuilder, signposting: Signposting, smallest: int
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._groups = groups
        self._signposting = signposting
        self._smallest = smallest
        self._keepsakes: dict[str, TakeawayView] = {}
        self.plans = Plans()

    # What every face shows

    def _face(
        self,
        connection: Connection,
        state: GroupState,
        session: Session,
        item: AgendaItem,
        member: str | None = None,
        join: Join | None = None,
    ) -> StepFace:
        case = None
        if isinstance(item.step, RoundStep) and (vignette := self._catalogue.vignettes.get(item.step.vignette)):
            case = vignette.case
        live = self._live(connection, state, session, item, member, join)
        return face(item.step, live, case, session.agenda.length)

    def _live(
        self,
        connection: Connection,
        state: GroupState,
        session: Session,
        item: AgendaItem,
        member: str | None,
        join: Join | None,
    ) -> Live:
        step, code = item.step, state.code
        if isinstance(step, RulesStep):
            lines = read_lines(connection, state.id, item.id)
            return Live(rules=tuple(line.text for line in lines), join=join, group=code)
        if isinstance(step, BoardStep):
            found = columns(read_lines(connection, state.id, item.id), len(step.headings))
            return Live(board=tuple(tuple(line.text for line in under) for under in found), join=join, group=code)
        if isinstance(step, CheckInStep):
            late = member is not None and came_late(connection, state.id, item.id, member)
            given = read_answers(connection, state.id, item.id, member) if member else {}
            return Live(
                check_in=self._totals(connection, state, session, item, step),
                own_check_in=tuple(given.get(place) for place in range(len(step.questions))),
                post_url=f"/g/{code}/check-in" if member and not late and item.id not in session.shown else None,
                late=CAME_LATE if late else None,
                join=join,
                group=code,
            )
        if isinstance(step, CloseStep):
            return Live(
                found=self.found(connection, state),
                signposting=self._signposting,
                takeaway_url=f"/g/{code}/takeaway",
                join=join,
                group=code,
            )
        return Live(join=join, group=code)

    def _totals(
        self, connection: Connection, state: GroupState, session: Session, item: AgendaItem, step: CheckInStep
    ) -> tuple[CheckInTotals, ...]:
        """The totals of each question once they are shown; nothing before."""
        if item.id not in session.shown:
            return ()
        tallies = read_tallies(connection, state.id, item.id)
        people = session.shown[item.id]
        return tuple(
            totals(tallies.get(place, (0, 0, 0)), self._smallest, people) for place in range(len(step.questions))
        )

    def found(self, connection: Connection, state: GroupState) -> tuple[RoundFinding, ...]:
        """What the group found about each person whose answers were shown."""
        summary = self._groups.summary(connection, state)
        return tuple(
            RoundFinding(round.vignette.person, round.headline, round.results.ballots[-1]) for round in summary.rounds
        )

    # Wall and phone

    def words(self, state: GroupState) -> tuple[Markup, Markup]:
        """The plan's own words of the present step, for wall and phone."""
        assert state.place is not None
        with self._engine.connect() as connection:
            step = _item(self.plans.read(connection, state).agenda, state.place).step
        return html(step.wall), html(step.phone)

    def member(self, state: GroupState, member: str, error: str | None = None) -> SessionMember:
        place = _at(state)
        with self._engine.connect() as connection:
            session = self.plans.read(connection, state)
            self._keep(state, session.agenda)
            shown = self._face(connection, state, session, _item(session.agenda, place), member)
        return SessionMember(
            state.code, state.name, state.step, f"step-{place.visit}", place.number, place.steps, shown, error
        )

    def screen(self, state: GroupState, base: str) -> SessionScreen:
        place = _at(state)
        join = Join(urlsplit(base).netloc, spoken(state.code))
        with self._engine.connect() as connection:
            session = self.plans.read(connection, state)
            shown = self._face(connection, state, session, _item(session.agenda, place), join=join)
            gathering = place.kind == "check_in" and not place.closed
            answered = people_who_answered(connection, state.id, place.step) if gathering else None
        return SessionScreen(
            state.code, state.name, state.step, f"step-{place.visit}", shown, state.members, answered, state.crowd
        )

    # Console

    def console(self, state: GroupState, group: ConsoleView, error: str | None = None) -> SessionConsole:
        """The facilitator's page. `group`: what any group's console shows."""
        place = state.place
        assert place is not None
        with self._engine.connect() as connection:
            session = self.plans.read(connection, state)
            visits = read_visits(connection, state.id)
            lines = read_lines(connection, state.id)
            item = session.agenda.at(place.step)
            shown = self._face(connection, state, session, item) if item else None
            check_in = self._check_in(connection, state, session, item) if item else None
        agenda = session.agenda
        rows = _rows(agenda, visits, place)
        number = agenda.index(place.step)
        left = _minutes_left(agenda, visits, item)
        return SessionConsole(
            group=group,
            code=state.code,
            name=state.name,
            step=state.step,
            version=state.version,
            visit=place.visit,
            plan=agenda.plan.title,
            length=agenda.length,
            title=place.title,
            number=place.number,
            steps=len(agenda.items),
            minutes=item.minutes if item else 0,
            pace=_pace(agenda, visits, item),
            ends_at=(now() + timedelta(minutes=left)).replace(second=0, microsecond=0) if item else None,
            minutes_left=left,
            say=_say(state, item),
            before=agenda.plan.before_in(agenda.length),
            face=shown,
            in_round=state.playing is not None and place.round is not None,
            story_gone=place.kind == "round" and place.round is None,
            rows=rows,
            on=rows[number + 1] if number + 1 < len(rows) else None,
            back=rows[number - 1] if number > 0 else None,
            columns=_columns(item.step, [line for line in lines if line.step == item.id]) if item else (),
            check_in=check_in,
            has_board=bool(lines),
            error=error,
        )

    def _check_in(
        self, connection: Connection, state: GroupState, session: Session, item: AgendaItem
    ) -> CheckInView | None:
        if not isinstance(item.step, CheckInStep):
            return None
        found = self._totals(connection, state, session, item, item.step)
        return CheckInView(
            answered=people_who_answered(connection, state.id, item.id),
            smallest=self._smallest,
            closed=item.id in session.shown,
            questions=tuple((text, found[place] if found else None) for place, text in enumerate(item.step.questions)),
        )

    # To print and to take home

    def board(self, state: GroupState, back_url: str) -> PrintedBoard:
        """Every board and list of rules of the session that has lines."""
        with self._engine.connect() as connection:
            session = self.plans.read(connection, state)
            lines = read_lines(connection, state.id)
        boards = tuple(
            BoardPage(item.step.title, _columns(item.step, own), isinstance(item.step, RulesStep))
            for item in session.agenda.items
            if (own := [line for line in lines if line.step == item.id])
        )
        return PrintedBoard(state.name, f"{now():%-d %B %Y}", boards, back_url)

    def keepsakes(self, state: GroupState) -> TakeawayView | None:
        """The private steps of the plan, for the page on which what they hold outlasts the group.

        In a round None where no page of this group has needed them yet: votes cost no query more than without a plan.
        """
        if state.uid not in self._keepsakes and state.playing is None:
            with self._engine.connect() as connection:
                self._keep(state, self.plans.read(connection, state).agenda)
        return self._keepsakes.get(state.uid)

    def _keep(self, state: GroupState, agenda: Agenda) -> None:
        if state.uid not in self._keepsakes:
            if len(self._keepsakes) >= MOST_KEEPSAKES:
                del self._keepsakes[next(iter(self._keepsakes))]
            self._keepsakes[state.uid] = takeaway(agenda.plan, (), None, length=agenda.length, group=state.code)

    def takeaway(self, state: GroupState, back_url: str) -> TakeawayView:
        """What a member takes home, but for what their own device puts in."""
        with self._engine.connect() as connection:
            agenda = self.plans.read(connection, state).agenda
            found = self.found(connection, state)
        help_lines = self._signposting
        return takeaway(agenda.plan, found, help_lines, length=agenda.length, group=state.code, back_url=back_url)


def _at(state: GroupState) -> SessionPosition:
    assert state.at_step is not None, "groups ask only at a step of a session"
    return state.at_step


def _item(agenda: Agenda, place: SessionPosition) -> AgendaItem:
    item = agenda.at(place.step)
    assert item is not None, "a session is only ever at one of its steps"
    return item


def _rows(agenda: Agenda, visits: Sequence[VisitRow], place: SessionPosition) -> tuple[StepRow, ...]:
    passed = {visit.step: visit.skipped for visit in visits}  # of each step the last time
    here = agenda.index(place.step)
    rows = []
    for number, item in enumerate(agenda.items):
        standing = "later"
        if number == here:
            standing = "now"
        elif item.id in passed:
            standing = "skipped" if passed[item.id] else "done"
        elif number == here + 1:
            standing = "next"
        rows.append(StepRow(item.id, number + 1, item.step.title, item.step.kind, item.minutes, standing, item.added))
    return tuple(rows)


def _columns(step: Step, lines: Sequence[Line]) -> tuple[Column, ...]:
    headings = step.headings if isinstance(step, BoardStep) else ("",) if isinstance(step, RulesStep) else ()
    return tuple(Column(place, headings[place], under) for place, under in enumerate(columns(lines, len(headings))))


def _minutes_left(agenda: Agenda, visits: Sequence[VisitRow], item: AgendaItem | None) -> int:
    """What is left of the present step, and all steps after it."""
    if item is None or not visits:
        return sum(step.minutes for step in agenda.items)
    spent = (now() - visits[-1].entered_at).total_seconds() / 60
    after = sum(step.minutes for step in agenda.items[agenda.index(item.id) + 1 :])
    return round(max(item.minutes - spent, 0) + after)


_PART_OF_PHASE: Mapping[str, Part] = {"reading": "before", "discussing": "talk", "revoting": "again"}


def _say(state: GroupState, item: AgendaItem | None) -> tuple[Markup, ...]:
    """The plan's words for now: of a round those of its phase, and none where any group's own words serve."""
    if item is None:
        return ()
    lines: Sequence[str] = item.step.notes.say
    if isinstance(item.step, RoundStep) and state.playing is not None:
        part = _PART_OF_PHASE.get(state.playing.phase)
        lines = words_of(lines, part) if part else ()
    return tuple(inline(line) for line in lines)


def _pace(agenda: Agenda, visits: Sequence[VisitRow], item: AgendaItem | None) -> str | None:
    if item is None or not visits:
        return None
    elapsed = (now() - visits[0].entered_at).total_seconds() / 60
    return pace.told(pace.behind(agenda.minutes_before(item.id), item.minutes, elapsed))
