"""The faces of a step: everything that wall, phone and console show of it, without a group. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, Literal, TypeVar

from markupsafe import Markup

from api.charts.figures import BallotView
from api.kit.prose import html, inline
from api.kit.systems import CARDS, CAVEAT, SystemCard
from api.private_pages.view_models import MOMENTS, Moment, Prompt
from api.session_plans.parts import Notes, lines_in
from api.session_plans.plan import Step
from api.session_plans.signposting import Signposting
from api.session_plans.steps import (
    CHECK_IN_ANSWERS,
    BoardStep,
    CheckInStep,
    CirclesStep,
    CloseStep,
    PauseStep,
    PrivateStep,
    RoundStep,
    RulesStep,
    SystemsStep,
    TakeHome,
    TalkStep,
)
from api.vignettes.case import Case
from api.vignettes.view_models import VignetteView, view_vignette

_T = TypeVar("_T")

CheckInAnswer = Literal["tried", "not_yet", "pass"]
CHECK_IN_VALUES: Final[tuple[CheckInAnswer, ...]] = ("tried", "not_yet", "pass")  # in the order of CHECK_IN_ANSWERS
SIMPLER: Final = "This is a teaching picture. The three work together, and real days are more mixed."


@dataclass(frozen=True, slots=True)
class CheckInTotals:
    """How many gave each of CHECK_IN_VALUES to one question.

    `counts` is None where nothing may be shown, and `hidden` says why. A single count of None reads “hidden”.
    """

    answered: int
    counts: tuple[int | None, int | None, int | None] | None
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class RoundFinding:
    """What the group said about a vignette, in totals; the ballot knows whether they may be shown."""

    person: str
    headline: str
    ballot: BallotView


@dataclass(frozen=True, slots=True)
class Join:
    """Where latecomers join: the host, and the code as people say it."""

    host: str
    code_spoken: str


@dataclass(frozen=True, slots=True)
class Live:
    """What a group made of a step so far. Empty by default, as a preview needs it."""

    rules: tuple[str, ...] | None = None  # as agreed; None: as the plan has them
    board: tuple[tuple[str, ...], ...] = ()  # lines under each heading
    check_in: tuple[CheckInTotals, ...] = ()  # for each question; empty: no totals are shown now
    own_check_in: tuple[str | None, ...] = ()  # the asking member's answers, each of CHECK_IN_VALUES
    found: tuple[RoundFinding, ...] = ()
    signposting: Signposting | None = None
    late: str | None = None  # why someone who joined while a check-in was open cannot answer it
    post_url: str | None = None  # where a phone posts its check-in; None: controls do nothing
    takeaway_url: str | None = None
    join: Join | None = None
    group: str | None = None  # the code; private notes outlast a reload within this group only. None: they do not


@dataclass(frozen=True, slots=True)
class NotesFace:
    """For the facilitator."""

    say: tuple[Markup, ...]
    watch: tuple[Markup, ...]
    end: Markup


@dataclass(frozen=True, slots=True)
class TalkFace:
    source: str | None


@dataclass(frozen=True, slots=True)
class RulesFace:
    rules: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a check-in. `name` is its field in the form; `given` the asking member's answer."""

    name: str
    text: Markup
    given: str | None
    totals: CheckInTotals | None


@dataclass(frozen=True, slots=True)
class CheckInFace:
    """`answers`: value and label of what can be answered. `sent`: whether the asking member has answered anything."""

    key: str
    questions: tuple[Question, ...]
    answers: tuple[tuple[str, str], ...]
    sent: bool


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoardFace:
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class SystemsFace:
    cards: tuple[SystemCard, ...]
    brain_links: bool
    together: bool
    note: str


@dataclass(frozen=True, slots=True)
class RoundFace:
    """A look at the story to come; while it runs, the group's own templates show it."""

    slug: str
    vignette: VignetteView | None
    second_vote: bool


@dataclass(frozen=True, slots=True)
class CirclesFace:
    prompts: tuple[Markup, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class PrivateFace:
    """`key` names the step on the device: the same questions are the same notes, in whatever group."""

    key: str
    prompts: tuple[Prompt, ...]
    card: TakeHome | None


@dataclass(frozen=True, slots=True)
class PauseFace:
    """`key` names the guide in the page. Without `lines` there is none, and the two after them mean nothing."""

    key: str
    lines: tuple[Markup, ...]
    seconds_each: int
    moving_shape: bool
    instead: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class CloseFace:
    summary: tuple[Markup, ...]
    goodbye: Markup
    help: Signposting | None


Own = (
    TalkFace
    | RulesFace
    | CheckInFace
    | BoardFace
    | SystemsFace
    | RoundFace
    | CirclesFace
    | PrivateFace
    | PauseFace
    | CloseFace
)


@dataclass(frozen=True, slots=True)
class StepFace:
    """A step as templates show it; `own` holds what only its kind has. `minutes` is None where no length was named."""

    kind: str
    title: str
    minutes: int | None
    wall: Markup
    phone: Markup
    notes: NotesFace
    own: Own
    live: Live = field(default_factory=Live)


def face(step: Step, live: Live, case: Case | None = None, length: int | None = None) -> StepFace:
    """The faces of a step. `case`: the vignette of a round; `length`: of the session, in minutes."""
    return StepFace(
        kind=step.kind,
        title=step.title,
        minutes=step.minutes_in(length) if length is not None else None,
        wall=html(step.wall),
        phone=html(step.phone),
        notes=_notes(step.notes, length),
        own=_own(step, live, case),
        live=live,
    )


def _notes(notes: Notes, length: int | None) -> NotesFace:
    say, watch = (lines if length is None else lines_in(lines, length) for lines in (notes.say, notes.watch))
    return NotesFace(_lines(say), _lines(watch), html(notes.end))


def _own(step: Step, live: Live, case: Case | None) -> Own:
    match step:
        case TalkStep():
            return TalkFace(step.source)
        case RulesStep():
            return RulesFace(_lines(step.rules if live.rules is None else live.rules))
        case CheckInStep():
            return _check_in(step, live)
        case BoardStep():
            return BoardFace(
                tuple(Column(heading, _at(live.board, place) or ()) for place, heading in enumerate(step.headings))
            )
        case SystemsStep():
            return SystemsFace(CARDS, step.brain_links, step.together, CAVEAT if step.brain_links else SIMPLER)
        case RoundStep():
            return RoundFace(step.vignette, view_vignette(case) if case else None, step.second_vote)
        case CirclesStep():
            return CirclesFace(_lines(step.prompts), MOMENTS)
        case PrivateStep():
            return private_face(step)
        case PauseStep():
            guide = step.guide
            return PauseFace(
                key=_key(step.title, *(guide.lines if guide else ())),
                lines=_lines(guide.lines) if guide else (),
                seconds_each=guide.seconds_each if guide else 0,
                moving_shape=guide is not None and guide.moving_shape,
                instead=_lines(step.instead),
            )
        case CloseStep():
            return CloseFace(_lines(step.summary), html(step.goodbye), live.signposting if step.signposting else None)


def private_face(step: PrivateStep) -> PrivateFace:
    key = _key(step.title, *(prompt.question for prompt in step.prompts))
    return PrivateFace(
        key=key,
        prompts=tuple(
            Prompt(f"{key}-{number}", prompt.question, None, prompt.examples, prompt.own_words)
            for number, prompt in enumerate(step.prompts, start=1)
        ),
        card=step.card,
    )


def _check_in(step: CheckInStep, live: Live) -> CheckInFace:
    return CheckInFace(
        key=_key(*step.questions),
        questions=tuple(
            Question(f"answer-{place}", inline(text), _at(live.own_check_in, place), _at(live.check_in, place))
            for place, text in enumerate(step.questions)
        ),
        answers=tuple(zip(CHECK_IN_VALUES, CHECK_IN_ANSWERS, strict=True)),
        sent=any(live.own_check_in),
    )


def _key(*texts: str) -> str:
    """Names a part on the device by its words: what they were written for is what they stay with."""
    return sha256("\n".join(texts).encode()).hexdigest()[:12]


def _lines(texts: Iterable[str]) -> tuple[Markup, ...]:
    return tuple(inline(text) for text in texts)


def _at(values: tuple[_T, ...], place: int) -> _T | None:
    return values[place] if place < len(values) else None
