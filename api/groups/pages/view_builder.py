"""Builds what phone, shared screen, facilitator view and summary show from a group's state."""

from typing import get_args
from urllib.parse import urlsplit

from fastapi import Request
from markupsafe import Markup
from sqlalchemy import Connection, select

from api.accounts.tokens import Tokens, tokens_of
from api.groups.access import DOOR, facilitator_key
from api.groups.live.state_json import StateSerializer
from api.groups.models import GroupRound, Vote
from api.groups.pages.pictures import ring, view_ballots
from api.groups.pages.view_models import (
    ADVICE,
    ADVICE_NOTE,
    ADVICE_WITHOUT_SECOND_VOTE,
    NEXT_LABEL,
    SAY,
    STEP_NAME,
    ConsoleView,
    MemberView,
    Person,
    PhaseStep,
    ReadyView,
    ReasonView,
    ResultsView,
    ScreenView,
    SuggestedStories,
    SummaryRound,
    SummaryView,
    view_choice,
    view_results,
)
from api.groups.phases import Phase, can_take_back, next_phases, open_ballot
from api.groups.results import Advice, Snapshot, present
from api.groups.service import reason_number
from api.groups.state import GroupState, OwnVote
from api.groups.suggestions import load_suggestions, on_offer
from api.guesses.forms import AnswerForm
from api.guesses.rules import MATCH_LABEL, feedback, match
from api.kit.join_codes import spoken
from api.kit.network import reachable_base
from api.kit.prose import html
from api.kit.qr import qr
from api.kit.settings import Settings
from api.kit.systems import NAME
from api.panels.experts import Experts
from api.persistence.engine import now, table
from api.stats.answer_shares import class_statistics
from api.vignettes.case import Case
from api.vignettes.catalogue import Catalogue
from api.vignettes.explaining import explanation
from api.vignettes.view_models import view_questions, view_vignette
from api.vignettes.words import word_spans
from api.web.rendering import base_url

_round, _vote = table(GroupRound), table(Vote)


class GroupViewBuilder:
    """Makes the views of one process: it knows the library, the settings and the address."""

    def __init__(
        self, catalogue: Catalogue, serializer: StateSerializer, settings: Settings, tokens: Tokens, experts: Experts
    ) -> None:
        self._catalogue = catalogue
        self._serializer = serializer
        self._settings = settings
        self._tokens = tokens
        self._experts = experts
        self._suggestions = load_suggestions(settings.vignettes_dir)

    def _clinicians(self, case: Case | None) -> str:
        """How clinicians of panels answered, as a sentence; empty below five of them."""
        lens = self._experts.lens(case) if case else None
        return lens.sentence if lens else ""

    def suggestions(self) -> tuple[SuggestedStories, ...]:
        """The pairs and threes to start a group of clients with, as far as their stories are published."""
        vignettes = self._catalogue.vignettes
        levels = {slug: vignette.case.head.level for slug, vignette in vignettes.items()}
        return tuple(
            SuggestedStories(s.slug, s.name, s.purpose, tuple(view_choice(vignettes[x].case, True) for x in s.stories))
            for s in on_offer(self._suggestions, levels)
        )

    def case(self, state: GroupState) -> Case | None:
        vignette = self._serializer.vignette(state.round)
        return vignette.case if vignette else None

    def results(
        self, state: GroupState, live: Snapshot | None = None, reasons: tuple[ReasonView, ...] = ()
    ) -> ResultsView | None:
        """The results as pictures: the frozen ones, or a training group's live ones."""
        case = self.case(state)
        snapshot = state.frozen or live
        if case is None or snapshot is None:
            return None
        smallest = self._settings.small_group
        return view_results(
            present(snapshot, case, state.kind, smallest), snapshot, case, state.kind, smallest, reasons
        )

    def member(
        self,
        state: GroupState,
        own: dict[int, OwnVote],
        error: str | None = None,
        draft: AnswerForm | None = None,
        reasons: tuple[ReasonView, ...] = (),
        note: Markup | None = None,
    ) -> MemberView:
        """A phone's page; `draft` is an answer that could not be kept, and `error` says why.

        `note`: what a session's plan says while people read.
        """
        case = self.case(state)
        number = state.ballot
        mine = own.get(number)
        guess = draft.system if draft else mine.system if mine else None
        marked = draft.marked if draft else mine.cues if mine else ()
        earlier = own.get(1) if number == 2 else None
        told = own.get(2) or own.get(1) if state.shown else None
        voting = open_ballot(state.path) is not None
        results = self.results(state, reasons=reasons) if state.shown else None
        words = word_spans(case.story) if case and voting and "cues" in state.asks else []
        return MemberView(
            code=state.code,
            name=state.name,
            kind=state.kind,
            step=state.step,
            phase=state.phase,
            round_number=state.round_number,
            rounds=max(state.rounds, len(state.plan)),
            ballot=number,
            vignette=view_vignette(case) if case else None,
            answered=state.answered,
            members=state.members,
            guess=guess,
            guess_name=NAME.get(guess) if guess else None,
            earlier=earlier.system if earlier else None,
            earlier_name=NAME[earlier.system] if earlier else None,
            confidence=draft.confidence if draft else mine.confidence if mine else None,
            marked=tuple(word for word in words if any(s <= word[0] and word[1] <= e for s, e in marked)),
            words=tuple((s, e, case.story[s:e]) for s, e in words) if case else (),
            asks=state.asks,
            circles=draft.circles if draft else (mine.circles if mine else None) or {},
            second_vote=state.second_vote,
            led=state.place is not None,
            note=note,
            reason=draft.reason if draft else mine.reason if mine else None,
            error=error,
            results=results,
            explanation=explanation(case, folded=True) if case and state.shown else None,
            feedback=_feedback(told, case) if case and told else None,
            match_label=_match_label(told, case) if case and told else None,
            matches=case is not None and told is not None and told.system == case.head.key.dominant,
            headline=results.headline if results else None,
        )

    def screen(
        self, state: GroupState, base: str, reasons: tuple[ReasonView, ...] = (), note: Markup | None = None
    ) -> ScreenView:
        """The projector's page. `note`: what a session's plan says while people read."""
        case = self.case(state)
        results = self.results(state, reasons=reasons) if state.shown else None
        url = f"{base}/g/{state.code}"
        return ScreenView(
            code=state.code,
            code_spoken=spoken(state.code),
            join_url=url,
            join_host=urlsplit(base).netloc,
            qr=qr(self._marked(url, state.code)),
            name=state.name,
            kind=state.kind,
            step=state.step,
            phase=state.phase,
            round_number=state.round_number,
            rounds=max(state.rounds, len(state.plan)),
            ballot=state.ballot,
            vignette=view_vignette(case) if case else None,
            members=state.members,
            crowd=state.crowd,
            answered=state.answered,
            ring=ring(state.members, state.answered),
            results=results,
            explanation=explanation(case) if case and state.shown else None,
            headline=results.headline if results else None,
            questions=view_questions(case) if case and state.shown else (),
            first_ballot=None
            if not (state.show_first_ballot and state.round and state.phase in ("discussing", "revoting"))
            else view_ballots(
                [class_statistics(state.round.ballots[0], self._settings.small_group, "group", people=state.people)],
                self._settings.small_group,
            )[0],
            led=state.place is not None,
            note=note,
            shows_why=state.shows_why,
        )

    def console(
        self,
        state: GroupState,
        base: str,
        key: str,
        live: Snapshot | None,
        reasons: tuple[ReasonView, ...],
        preview: Markup,
    ) -> ConsoleView:
        """The facilitator's page. `preview`: what the shared screen holds."""
        case = self.case(state)
        next_phase, next_label = self._next(state)
        advice = _advice(state)
        url = f"{base}/g/{state.code}"
        training_results = live if state.kind == "training" else None
        return ConsoleView(
            code=state.code,
            code_spoken=spoken(state.code),
            name=state.name,
            kind=state.kind,
            step=state.step,
            version=state.version,
            phase=state.phase,
            round_number=state.round_number,
            rounds=max(state.rounds, len(state.plan)),
            ballot=state.ballot,
            people=self._people(state),
            steps=_steps(state.path, state.second_vote),
            vignette=view_vignette(case) if case else None,
            members=state.members,
            people_in_room=state.people,
            crowd=state.crowd,
            answered=state.answered,
            next_label=next_label,
            next_phase=next_phase,
            other_steps=_other_steps(state.path, next_phase, state.second_vote),
            can_go_back=can_take_back(state.path),
            advice=(_told(advice, state.second_vote)[0], f"{_told(advice, state.second_vote)[1]} {ADVICE_NOTE}")
            if advice
            else None,
            advice_band=advice,
            say=SAY[state.phase],
            results=self.results(state, training_results, reasons) if state.shown or training_results else None,
            reasons=reasons,
            questions=view_questions(case) if case else (),
            screen_url=self._marked(f"{url}/screen", state.code),
            console_url=f"{url}/console?key={key}",
            join_url=url,
            qr=qr(self._marked(url, state.code)),
            expires=f"{state.expires_at:%-d %B %Y}",
            choices=tuple(
                view_choice(vignette.case, False)
                for vignette in self._catalogue.vignettes.values()
                if vignette.slug not in state.plan
            ),
            summary_url=f"/g/{state.code}/summary" if state.shown or state.rounds > 1 else None,
            led=state.place is not None,
            curtain=state.curtain,
            shows_why=state.shows_why,
            preview=preview,
            clinicians=self._clinicians(case) if state.shown else "",
        )

    def _next(self, state: GroupState) -> tuple[str | None, str | None]:
        """The large button: its value and its words."""
        if state.phase not in (None, "revealed", "ended"):
            following = next_phases(state.path, state.second_vote)[0]
            if _advice(state) == "explain":
                following = "revealed"
            return following, NEXT_LABEL[following]
        person = self._next_person(state)
        if person is None:
            return None, None
        return "next-person", f"Start with {person.person}" if not state.path else f"Next story: {person.person}"

    def _next_person(self, state: GroupState) -> Person | None:
        return next((person for person in self._people(state) if person.state == "next"), None)

    def next_slug(self, state: GroupState) -> str | None:
        """The vignette that the large button begins with, if any is left."""
        person = self._next_person(state)
        return person.slug if person else None

    def _people(self, state: GroupState) -> tuple[Person, ...]:
        case = self.case(state)
        now = case.head.slug if case else None
        place = state.plan.index(now) if now in state.plan else -1
        people = []
        for number, slug in enumerate(state.plan):
            vignette = self._catalogue.vignettes.get(slug)
            if vignette is not None:
                standing = "now" if slug == now else "done" if number < place else "next"
                people.append(Person(slug, vignette.case.head.person, vignette.case.head.title, standing))
        return tuple(people)

    def ready(self, state: GroupState, base: str, key: str, listening: int | None) -> ReadyView:
        """Links, code and QR, from a server that listens on this port."""
        url = f"{base}/g/{state.code}"
        console = f"{url}/console?key={key}"
        network, answers = (None, False) if self._settings.public_url else reachable_base(base, listening)
        return ReadyView(
            code=state.code,
            code_spoken=spoken(state.code),
            join_url=url,
            console_url=console,
            screen_url=self._marked(f"{url}/screen", state.code),
            qr=qr(self._marked(url, state.code)),
            expires=f"{state.expires_at:%-d %B %Y}",
            console_qr=qr(console),
            network_url=console.replace(base, network, 1) if network else None,
            network_answers=answers,
            name=state.name,
            fresh=not state.members and not state.rounds and not (state.place and state.place.begun),
        )

    def screen_url(self, request: Request, state: GroupState) -> str:
        """The address of the shared screen, for the facilitator."""
        return self._marked(f"{base_url(request)}/g/{state.code}/screen", state.code)

    def _marked(self, url: str, code: str) -> str:
        """The address with what `has_key` looks for; too long to be typed."""
        return f"{url}?k={self._tokens.mark(DOOR, code)}"

    def summary(self, connection: Connection, state: GroupState) -> SummaryView:
        """Every person whose answers were shown, on one page."""
        found = connection.execute(select(_round).where(_round.c.group_id == state.id).order_by(_round.c.number)).all()
        rounds = []
        for row in found:
            vignette = self._catalogue.version(row.vignette_id, row.vignette_version)
            if vignette is None or not row.frozen:
                continue
            case, snapshot = vignette.case, Snapshot.model_validate(row.frozen)
            smallest = self._settings.small_group
            results = view_results(
                present(snapshot, case, state.kind, smallest),
                snapshot,
                case,
                state.kind,
                smallest,
                read_reasons(connection, row.id, only_shown=True) if state.kind == "training" else (),
            )
            rounds.append(
                SummaryRound(
                    view_vignette(case),
                    results,
                    results.headline,
                    html(case.why),
                    view_questions(case),
                    case,
                    self._clinicians(case),
                )
            )
        return SummaryView(
            name=state.name,
            date=f"{now():%-d %B %Y}",
            kind=state.kind,
            members=state.members,
            rounds=tuple(rounds),
            results_url=f"/g/{state.code}/results",
            export_csv=f"/api/v1/groups/{state.code}/export?format=csv",
            export_json=f"/api/v1/groups/{state.code}/export?format=json",
            back_url=f"/g/{state.code}/console",
        )


def read_reasons(connection: Connection, round_id: int, only_shown: bool) -> tuple[ReasonView, ...]:
    """The one-line reasons of a round by the alphabet: order and numbers say nothing about who wrote them."""
    found = connection.execute(
        select(_vote.c.ballot, _vote.c.member, _vote.c.reason, _vote.c.system, _vote.c.reason_shown)
        .where(_vote.c.round_id == round_id, _vote.c.reason.is_not(None))
        .order_by(_vote.c.reason)
    )
    return tuple(
        ReasonView(
            reason_number(round_id, row.ballot, row.member), row.reason, row.system, NAME[row.system], row.reason_shown
        )
        for row in found
        if row.reason_shown or not only_shown
    )


def _advice(state: GroupState) -> Advice | None:
    """The advice that was kept when the first vote was closed, until the answers are shown or voted on again."""
    if state.round is None or state.round.phase not in ("voting", "discussing"):
        return None
    return next((known for known in get_args(Advice) if known == state.round.advice), None)


def _told(advice: Advice, second_vote: bool) -> tuple[str, str]:
    return (ADVICE if second_vote else ADVICE_WITHOUT_SECOND_VOTE)[advice]


def _feedback(own: OwnVote, case: Case) -> str:
    if own.system == "pass":
        return "You passed on this one."
    return feedback(own.system, case)


def _match_label(own: OwnVote, case: Case) -> str | None:
    return None if own.system == "pass" else MATCH_LABEL[match(own.system, case)]


def _other_steps(path: tuple[Phase, ...], usual: str | None, second_vote: bool) -> tuple[tuple[str, str], ...]:
    talked = bool(path) and path[-1] == "discussing"
    labels = {
        "discussing": NEXT_LABEL["discussing"],
        "revoting": NEXT_LABEL["revoting"] if talked else "Vote again without talking",
        "revealed": "Show the answers now",
    }
    return tuple(
        (phase, labels[phase])
        for phase in (next_phases(path, second_vote) if path else ())
        if phase != usual and phase in labels
    )


def _steps(path: tuple[Phase, ...], second_vote: bool) -> tuple[PhaseStep, ...]:
    """The stepper: a phase that was passed over is not told as done."""
    order = [phase for phase in STEP_NAME if second_vote or phase != "revoting"]
    place = order.index(path[-1]) if path and path[-1] in order else len(order) if path else -1
    states = ["now" if number == place else "done" if name in path else "later" for number, name in enumerate(order)]
    states = ["skipped" if number < place and own == "later" else own for number, own in enumerate(states)]
    if place + 1 < len(order):
        states[place + 1] = "next"
    return tuple(PhaseStep(phase, STEP_NAME[phase], state) for phase, state in zip(order, states, strict=True))


def console_key(request: Request, state: GroupState) -> str:
    """The secret of the console's link."""
    return facilitator_key(tokens_of(request), state)


def get_view_builder(request: Request) -> GroupViewBuilder:
    """The application's own."""
    view_builder: GroupViewBuilder = request.app.state.view_builder
    return view_builder
