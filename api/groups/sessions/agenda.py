"""The steps of a session in their order: those of its plan, and the rounds that were added on the way. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.session_plans.parts import Notes
from api.session_plans.plan import Audience, Plan, Step
from api.session_plans.steps import RoundStep

ADDED_MINUTES = 8


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A step of the session. `id` is its own number, which it keeps whatever is added before it."""

    id: int
    step: Step
    minutes: int
    added: bool = False


@dataclass(frozen=True, slots=True)
class Agenda:
    """The steps of a session of `length` minutes, in order."""

    plan: Plan
    length: int
    items: tuple[AgendaItem, ...]

    def index(self, step: int) -> int:
        """The place of a step, from 0; -1 for one that is not there, as before the first."""
        return next((place for place, item in enumerate(self.items) if item.id == step), -1)

    def at(self, step: int) -> AgendaItem | None:
        return next((item for item in self.items if item.id == step), None)

    def following(self, step: int) -> AgendaItem | None:
        """The step after this one; None after the last."""
        place = self.index(step) + 1
        return self.items[place] if place < len(self.items) else None

    def minutes_before(self, step: int) -> int:
        """What the steps before this one take in the plan."""
        return sum(item.minutes for item in self.items[: self.index(step)])


def make_agenda(plan: Plan, length: int, added: Sequence[Mapping[str, Any]] = ()) -> Agenda:
    """The plan's steps of this length, with each added round behind the step that it was added at."""
    items = [
        AgendaItem(number, step, minutes)
        for number, step in enumerate(plan.steps)
        if (minutes := step.minutes_in(length)) is not None
    ]
    for number, more in enumerate(added, start=len(plan.steps)):
        place = next(place for place, item in enumerate(items) if item.id == more["after"]) + 1
        while place < len(items) and items[place].added and more["after"] in _roots(items[place], added, plan):
            place += 1
        step = extra_round(more["vignette"], more["person"], plan.audience)
        items.insert(place, AgendaItem(number, step, ADDED_MINUTES, added=True))
    return Agenda(plan, length, tuple(items))


def _roots(item: AgendaItem, added: Sequence[Mapping[str, Any]], plan: Plan) -> tuple[int, ...]:
    """The steps that an added round was put in behind: first its own, then where that one was put in, and so on."""
    found: list[int] = []
    number = item.id
    while number >= len(plan.steps):
        number = added[number - len(plan.steps)]["after"]
        found.append(number)
    return tuple(found)


def extra_round(slug: str, person: str, audience: Audience) -> RoundStep:
    """A round that no plan has: what is said about it holds for any story."""
    return RoundStep(
        kind="round",
        title=f"Meet {person}",
        minutes=ADDED_MINUTES,
        wall=f"One more story: {person}.\n\nRead the story and choose on your own first. Then we’ll talk.",
        phone="The group cannot see who chose what. You can choose “not enough information”, and it is fine to pass.",
        vignette=slug,
        ask=("cues", "confidence", "reason") if audience == "training" else ("cues",),
        notes=Notes(
            say=(
                "Read the story once, then choose on your own.",
                "Which words made you think so? What would change your mind?",
                "Could more than one system be active?",
            ),
            watch=(
                "This story was not in the plan. Check its content note before you read it aloud.",
                "If everyone agrees straight away, ask which detail would change their minds.",
            ),
            end="Read aloud the words that most people marked, and say what they show.",
        ),
    )
