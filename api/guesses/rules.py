"""What a guess may hold, how it compares with the key, and what is kindly said about it."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.kit.plain_text import tidy
from api.kit.prose import quoted
from api.kit.systems import SYSTEMS, Answer, System
from api.vignettes.case import Case, Cue

Confidence = Literal["guessing", "leaning", "sure"]
Match = Literal["key", "acceptable", "another_view", "unsure"]
Offset = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Size = Annotated[int, Field(strict=True, ge=0, le=100)]

MATCH_LABEL: dict[str, str] = {
    "key": "Matches our answer",
    "acceptable": "Also a good answer",
    "another_view": "A different view",
    "unsure": "Not sure",
}
CONFIDENCE_LABEL: dict[str, str] = {"guessing": "a hunch", "leaning": "fairly sure", "sure": "very sure"}


class CircleSizes(BaseModel):
    """How big each system looks, from 0 to 100."""

    model_config = ConfigDict(extra="forbid")

    threat: Size
    drive: Size
    soothing: Size

    def biggest(self) -> System | None:
        """The system whose circle is bigger than both others; None where the biggest share their size."""
        sizes = {system: getattr(self, system) for system in SYSTEMS}
        leaders = [system for system, size in sizes.items() if size == max(sizes.values())]
        return leaders[0] if len(leaders) == 1 else None


class MarkedBody(BaseModel):
    """What an answer may bring along, but for the sizes of the circles."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"system": "drive", "confidence": "sure", "cues": [[12, 31]]}}
    )

    confidence: Confidence | None = None
    cues: Annotated[list[tuple[Offset, Annotated[Offset, Field(ge=1)]]], Field(max_length=40)] | None = Field(
        None, description="Marked words: start and end in the story's text, counted in characters."
    )
    reason: Annotated[str, Field(max_length=280)] | None = Field(None, description="One line: what made you think so.")

    @field_validator("reason", mode="before")
    @classmethod
    def _tidied(cls, reason: object) -> object:
        return tidy(reason).strip() if isinstance(reason, str) else reason

    @field_validator("reason")
    @classmethod
    def _printable(cls, reason: str | None) -> str | None:
        if reason and any(ord(character) < 32 for character in reason):
            raise ValueError("one line of text, without control characters")
        return reason or None

    @model_validator(mode="after")
    def _spans_run_forward(self) -> Self:
        if any(start >= end for start, end in self.cues or []):
            raise ValueError("each marked span must start before it ends")
        return self


class AnswerBody(MarkedBody):
    """What an answer may bring along."""

    circles: CircleSizes | None = None


class GuessBody(AnswerBody):
    """A learner's answer: the biggest system, or `unsure`; the rest may be left out."""

    system: Answer


def match(system: Answer, case: Case) -> Match:
    """How an answer stands to the key."""
    if system == case.head.key.dominant:
        return "key"
    if system == "unsure":
        return "unsure"
    return "acceptable" if system in case.acceptable else "another_view"


def feedback(system: Answer, case: Case, marked: Sequence[tuple[int, int]] = ()) -> str:
    """Two or three kind sentences: how the answer stands to ours, and the words that point to ours.

    `marked` are the spans that the learner marked: the same answer can come from other words, and another one from
    good reasons.
    """
    dominant = case.head.key.dominant
    person = case.head.person
    quote = _strongest_words(case, dominant)
    ours = f"On balance we chose {dominant} because of {quoted(quote)}."
    open_case = len(case.acceptable) > 1
    good = next((case.story[cue.start : cue.end] for cue in _cues_for(case, system) if cue.touches(marked)), None)
    if system == dominant:
        if marked and not any(cue.touches(marked) for cue in case.cues if _leads(cue, dominant)):
            told = f"Same answer, different reason. We looked at these words: {quoted(quote)}."
        else:
            told = f"You chose {dominant}, and so do we. The words that point to it: {quoted(quote)}."
        return f"{told} This story is hard on purpose, and another answer is good too." if open_case else told
    if system == "unsure":
        if "unsure" in case.acceptable:
            return f"This story leaves the answer open. What else would you want to ask {person}?"
        return f"What else would you want to know? {ours}"
    fits = system in case.acceptable
    if good is not None:
        also = " Both answers are good ones." if fits else ""
        return f"Good spot: {quoted(good)} does point to {system}.{also} {ours}"
    if fits:
        return f"Your answer is a good one too. {ours}"
    own = _strongest_words(case, system)
    if own:
        return f"You may have noticed {quoted(own)}, which points to {system}. {ours}"
    return f"We can see why. {ours} There is more about this below."


def key_words(case: Case) -> list[str]:
    """The words that point to the suggested answer, in the order of the story."""
    return [case.story[cue.start : cue.end] for cue in sorted(_cues_for(case, case.head.key.dominant), key=_place)]


def _cues_for(case: Case, system: str) -> list[Cue]:
    """The cues that point to a system, the clear ones first."""
    cues = [cue for cue in case.cues if cue.system == system and cue.polarity == "present"]
    return sorted(cues, key=lambda cue: (cue.strength != "clear", cue.start))


def _leads(cue: Cue, system: str) -> bool:
    """Whether a cue points to the system: one of its own, or one that another is small."""
    return (cue.system == system) == (cue.polarity == "present")


def _place(cue: Cue) -> int:
    return cue.start


def _strongest_words(case: Case, system: str) -> str:
    best = next(iter(_cues_for(case, system)), None)
    return case.story[best.start : best.end] if best else ""
