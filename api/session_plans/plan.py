"""A session plan as it is written: what a plan file holds. The JSON Schema for editors is made from these models."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from api.session_plans.parts import Frozen, Line, Text, Title
from api.session_plans.steps import (
    BoardStep,
    CheckInStep,
    CirclesStep,
    CloseStep,
    PauseStep,
    PrivateStep,
    RoundStep,
    RulesStep,
    SystemsStep,
    TalkStep,
)
from api.vignettes.case import Slug

Audience = Literal["psychoeducation", "training"]  # the same words as a group's kind
Length = Annotated[int, Field(ge=5, le=480)]
_OF_A_LENGTH: Final = re.compile(r"(\d{1,3}+) minutes, (.*)", re.DOTALL)

Step = Annotated[
    TalkStep
    | RulesStep
    | CheckInStep
    | BoardStep
    | SystemsStep
    | RoundStep
    | CirclesStep
    | PrivateStep
    | PauseStep
    | CloseStep,
    Field(discriminator="kind"),
]


class Plan(Frozen):
    """A session from beginning to end, in one length or several."""

    slug: Slug = Field(description="The address of the plan; the same as the file's name.")
    title: Title
    audience: Audience = Field(description="The kind of group that it is made for.")
    who_for: Text = Field(description="Who it is for, in one or two sentences.")
    aim: Text = Field(description="What people take away.")
    lengths: Annotated[tuple[Length, ...], Field(min_length=1, max_length=6)] = Field(
        description="How long the session can be, in minutes: one length or several."
    )
    before: tuple[Line, ...] = Field(
        (),
        description="What the facilitator gets ready before people come. A line that starts with “60 minutes, ” "
        "is shown in that length alone.",
    )
    sources: tuple[Line, ...] = Field((), description="Where ideas come from; never sentences.")
    authors: Annotated[tuple[Line, ...], Field(min_length=1)]
    licence: Line = "CC-BY-4.0"
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]

    def steps_in(self, length: int) -> tuple[Step, ...]:
        """The steps that take part in a session of this length (minutes), in order."""
        return tuple(step for step in self.steps if step.minutes_in(length) is not None)

    def before_in(self, length: int) -> tuple[str, ...]:
        """What to get ready for a session of this length: without the lines of other lengths."""
        lines = ((line, _OF_A_LENGTH.fullmatch(line)) for line in self.before)
        return tuple(
            f"{own[2][:1].upper()}{own[2][1:]}" if own else line
            for line, own in lines
            if own is None or int(own[1]) == length
        )

    def minutes_in(self, length: int) -> int:
        """What the steps of this length add up to."""
        return sum(step.minutes_in(length) or 0 for step in self.steps)
