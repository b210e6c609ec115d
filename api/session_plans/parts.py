"""What every step of a plan has."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from api.session_plans.seed import Slide

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]
Number = Annotated[int, Field(ge=1, le=240)]


_OF_A_LENGTH: Final = re.compile(r"(\d{1,3}+) minutes[,:] (.*)", re.DOTALL)


def lines_in(lines: Iterable[str], length: int) -> tuple[str, ...]:
    """The lines for a session of this length, in minutes: those of another one are left out."""
    read = ((line, _OF_A_LENGTH.fullmatch(line)) for line in lines)
    return tuple(
        f"{own[2][:1].upper()}{own[2][1:]}" if own else line
        for line, own in read
        if own is None or int(own[1]) == length
    )


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Notes(Frozen):
    """For the facilitator's eyes only."""

    say: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(description="Words ready to be spoken, or adapted.")
    watch: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="What may come up, and what helps then."
    )
    end: Text = Field(description="How to end the step well.")


def _form_of_minutes(value: Any) -> str:
    return "by_length" if isinstance(value, dict) else "always"


Minutes = Annotated[
    Annotated[Number, Tag("always")] | Annotated[dict[int, Number], Field(min_length=1), Tag("by_length")],
    Discriminator(_form_of_minutes),
]


class CommonStep(Frozen):
    """What a step of any kind has."""

    kind: str
    title: Title
    minutes: Minutes = Field(
        description="Minutes in every length, or for each length its own, such as {60: 4, 90: 6}; "
        "a length that is not named goes without the step."
    )
    serves: tuple[Slide, ...] = Field((), description="Which slides of the seed session the step serves.")
    wall: Text = Field(description="What everyone reads on the shared screen: up to about 60 words.")
    phone: Text = Field(description="What members read on their phones.")
    notes: Notes

    def minutes_in(self, length: int) -> int | None:
        """Minutes of the step in a session of `length` minutes; None where it does not take part."""
        return self.minutes.get(length) if isinstance(self.minutes, dict) else self.minutes

    def own_words(self) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """What members read besides wall and phone: for each text its path in the step, and the text."""
        return ()
