"""What the group's screens show: phone, wall, console and summary."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.charts.figures import BallotView
from api.groups.pages.pictures import (
    CalibrationRow,
    HeatSegment,
    MovementView,
    headline,
    movement_contradicts,
    view_ballots,
    view_calibration,
    view_heat,
    view_movement,
)
from api.groups.phases import Phase
from api.groups.results import Advice, GroupResults, Kind, Snapshot
from api.kit.systems import NAME, SYSTEMS
from api.vignettes.case import Case
from api.vignettes.checking import sentences
from api.vignettes.view_models import VignetteView


@dataclass(frozen=True, slots=True)
class Choice:
    """A vignette to choose for a group."""

    slug: str
    title: str
    person: str
    level: int
    content_note: str | None
    opening: str
    chosen: bool
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestedStories:
    """Stories that go well together, in their order, and what for."""

    slug: str
    name: str
    purpose: str
    choices: tuple[Choice, ...]

    @property
    def people(self) -> str:
        *most, last = (choice.person for choice in self.choices)
        return f"{', '.join(most)} and {last}"


@dataclass(frozen=True, slots=True)
class NewGroupView:
    """What `groups/new.html` shows. `plans` are session plans that a group can be led through.

    `changing` is for someone who asked to change a suggestion: its stories are ticked in the open list.
    """

    choices: tuple[Choice, ...]
    suggestions: tuple[SuggestedStories, ...]
    plans: tuple[Any, ...]
    kind: str
    name: str
    error: str | None
    back: Any
    asked_vignettes: bool = True
    changing: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics by the alphabet, but for those that most stories have: they would find nothing."""
        counts = Counter(topic for choice in self.choices for topic in choice.topics)
        return tuple(sorted(topic for topic, count in counts.items() if count <= len(self.choices) / 2))


@dataclass(frozen=True, slots=True)
class ReadyView:
    """Links, code and QR of a group. `fresh`: no one has joined and nothing has begun, so it can be taken back.

    `network_url`: where the facilitator view would be at this machine's address in its network, on a site that was
    opened at an address that phones cannot reach; `network_answers`: whether the server answers there.
    """

    code: str
    code_spoken: str
    join_url: str
    console_url: str
    screen_url: str
    qr: Markup
    expires: str
    name: str
    fresh: bool
    console_qr: Markup
    network_url: str | None
    network_answers: bool


@dataclass(frozen=True, slots=True)
class EndView:
    """What to know before a group is ended. `led`: by a plan; `warned`: everyone was told that it is about to end."""

    code: str
    name: str
    members: int
    led: bool
    has_summary: bool
    warned: bool


@dataclass(frozen=True, slots=True)
class JoinView:
    """The one question before joining: do you want to? `door` goes along, so that others' wrong codes do not matter.

    `screen_url`: of the shared screen, on a device that leads this group.
    """

    code: str
    door: str
    name: str
    kind: str
    screen_url: str | None = None
    no_cookies: bool = False


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A one-line reason without a name."""

    id: int
    text: str
    answer: str
    answer_name: str
    shown: bool


@dataclass(frozen=True, slots=True)
class ResultsView:
    """A round's results, for every screen that shows them. `unmoved`: why two votes have no picture of the movement."""

    headline: str
    ballots: tuple[BallotView, ...]
    movement: MovementView | None
    unmoved: str | None
    heat: tuple[tuple[HeatSegment, ...], ...] | None
    reasons: tuple[ReasonView, ...]
    calibration: tuple[CalibrationRow, ...]
    gain: str | None
    sized: tuple[tuple[str, str, int], ...]
    sized_by: int


@dataclass(frozen=True, slots=True)
class MemberView:
    """A phone's page."""

    code: str
    name: str
    kind: str
    step: str
    phase: str | None
    round_number: int
    rounds: int
    ballot: int
    vignette: VignetteView | None
    answered: int
    members: int
    guess: str | None
    guess_name: str | None
    earlier: str | None
    earlier_name: str | None
    confidence: str | None
    marked: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, int, str], ...]
    asks: frozenset[str]
    circles: Mapping[str, int | str]
    second_vote: bool
    led: bool
    note: Markup | None
    reason: str | None
    error: str | None
    results: ResultsView | None
    explanation: Markup | None
    feedback: str | None
    match_label: str | None
    matches: bool
    headline: str | None


@dataclass(frozen=True, slots=True)
class ScreenView:
    """The projector's page."""

    code: str
    code_spoken: str
    join_url: str
    join_host: str
    qr: Markup
    name: str
    kind: str
    step: str
    phase: str | None
    round_number: int
    rounds: int
    ballot: int
    vignette: VignetteView | None
    members: int
    crowd: str | None
    answered: int
    ring: tuple[tuple[float, float, bool], ...]
    results: ResultsView | None
    explanation: Markup | None
    headline: str | None
    questions: tuple[Markup, ...]
    first_ballot: BallotView | None
    led: bool
    note: Markup | None
    shows_why: bool


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One phase in the console's stepper."""

    phase: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Person:
    """One vignette of the plan."""

    slug: str
    person: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """The facilitator's page."""

    code: str
    code_spoken: str
    name: str
    kind: str
    step: str
    version: int
    phase: str | None
    round_number: int
    rounds: int
    ballot: int
    people: tuple[Person, ...]
    steps: tuple[PhaseStep, ...]
    vignette: VignetteView | None
    members: int
    people_in_room: int | None
    crowd: str | None
    answered: int
    next_label: str | None
    next_phase: str | None
    other_steps: tuple[tuple[str, str], ...]
    can_go_back: bool
    advice: tuple[str, str] | None
    advice_band: str | None
    say: tuple[str, ...]
    results: ResultsView | None
    reasons: tuple[ReasonView, ...]
    questions: tuple[Markup, ...]
    screen_url: str
    console_url: str
    join_url: str
    qr: Markup
    expires: str
    choices: tuple[Choice, ...]
    summary_url: str | None
    led: bool
    curtain: str | None
    shows_why: bool
    preview: Markup
    clinicians: str

    @property
    def has_why(self) -> bool:
        """Whether the shared screen has a second view now: why, beside the answers."""
        return self.phase in ("revealed", "ended")

    @property
    def waiting(self) -> bool:
        """Whether no round is on yet."""
        return self.phase is None or self.vignette is None

    @property
    def title(self) -> str:
        """What the round is at, in a few words."""
        if self.phase is None or self.vignette is None:
            return "Ready when you are" if self.members else "Waiting for people to join"
        if self.results is not None and self.phase in ("revealed", "ended"):
            return self.results.headline
        told = {
            "reading": f"Everyone reads {self.vignette.person}’s story",
            "voting": "The first vote is open",
            "discussing": "Time to talk",
            "revoting": "The second vote is open",
        }
        return told.get(self.phase, f"That was {self.vignette.person}’s story")


@dataclass(frozen=True, slots=True)
class SummaryRound:
    """One vignette in the summary."""

    vignette: VignetteView
    results: ResultsView
    headline: str
    why: Markup
    questions: tuple[Markup, ...]
    case: Case
    clinicians: str


@dataclass(frozen=True, slots=True)
class SummaryView:
    """One page to print or save."""

    name: str
    date: str
    kind: str
    members: int
    rounds: tuple[SummaryRound, ...]
    results_url: str
    export_csv: str
    export_json: str
    back_url: str


STEP_NAME: dict[Phase, str] = {
    "reading": "Read",
    "voting": "First vote",
    "discussing": "Talk",
    "revoting": "Second vote",
    "revealed": "Answers",
}

NEXT_LABEL: dict[Phase, str] = {
    "voting": "Open the vote",
    "discussing": "Close the vote and talk",
    "revoting": "Open the second vote",
    "revealed": "Show the answers",
}

SAY: dict[Phase | None, tuple[str, ...]] = {
    None: (
        "Put the shared screen on the projector and read out the join code.",
        "Say: no one asks for your name, and neither I nor the group can see who chose what.",
        "When people have joined, start the first story.",
    ),
    "reading": (
        "Read the story aloud, slowly, or ask for a volunteer.",
        "Say: this is not a test, and it is fine to pass.",
    ),
    "voting": (
        "Say: on your own, choose the circle that looks biggest.",
        "Say: you can change your answer until I close the vote.",
        "Close the vote when most people have answered.",
    ),
    "discussing": (
        "Ask people to talk in twos or threes.",
        "Ask: which words made you think so? What might this be doing for them?",
        "Ask: what would change your mind?",
    ),
    "revoting": (
        "Say: vote again. You can change your answer or keep it.",
        "Say: no one has to give a reason.",
    ),
    "revealed": (
        "Start with the words in the story, not the numbers.",
        "Ask: did anyone see it differently? What did you notice?",
        "Say: more than one system can be active at once.",
    ),
    "ended": ("Thank people for taking part.",),
}

ADVICE: dict[Advice, tuple[str, str]] = {
    "reread": (
        "Read the story together again",
        "Most people chose something else. Read the story again, ask which words stand out, then vote again.",
    ),
    "discuss": (
        "Talk in pairs, then vote again",
        "Answers are mixed. This is when discussion helps most.",
    ),
    "explain": (
        "Show the answers and explain",
        "Most people chose the suggested answer. Explain it briefly and move on.",
    ),
}
ADVICE_WITHOUT_SECOND_VOTE: dict[Advice, tuple[str, str]] = ADVICE | {
    "reread": (
        "Read the story together again",
        "Most people chose something else. Read the story again, ask which words stand out, then show the answers.",
    ),
    "discuss": (
        "Talk in pairs before you show the answers",
        "Answers are mixed. This is when discussion helps most.",
    ),
}
ADVICE_NOTE = "This is based on research in university teaching. Use your own judgement: you know your group."


TOO_FEW_MOVED = "We are too few to show how we moved between the two votes."


def view_choice(case: Case, chosen: bool) -> Choice:
    head = case.head
    return Choice(
        slug=head.slug,
        title=head.title,
        person=head.person,
        level=head.level,
        content_note=head.content_note,
        opening=" ".join(sentences(case.story)[:2]),
        chosen=chosen,
        topics=tuple(head.tags),
    )


def view_results(
    results: GroupResults, snapshot: Snapshot, case: Case, kind: Kind, smallest: int, reasons: tuple[ReasonView, ...]
) -> ResultsView:
    """Results as pictures; reasons and calibration are for training groups."""
    training = kind == "training"
    movement = None if movement_contradicts(results, snapshot) else view_movement(results, snapshot)
    ballots = view_ballots(results.ballots, smallest)
    both = len(ballots) == 2 and not any(ballot.suppressed for ballot in ballots)
    return ResultsView(
        headline=headline(results, case.head.person),
        ballots=ballots,
        movement=movement,
        unmoved=TOO_FEW_MOVED if both and movement is None else None,
        heat=view_heat(results, case),
        reasons=reasons if training else (),
        calibration=view_calibration(snapshot) if training and not any(vote.suppressed for vote in ballots) else (),
        gain=f"{results.gain:.2f}" if results.gain is not None else None,
        sized=tuple((system, NAME[system], round(results.circles.medians[system])) for system in SYSTEMS)
        if results.circles
        else (),
        sized_by=results.circles.people if results.circles else 0,
    )
