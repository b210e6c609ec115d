"""What a guess may hold, how it compares with the key, and what is kindly said about it."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.library.case import Case
from api.library.systems import SYSTEMS, Answer, System

Confidence = Literal["guessing", "leaning", "sure"]
Match = Literal["key", "acceptable", "another_view", "unsure"]
Offset = Annotated[int, Field(ge=0, le=10_000)]
Size = Annotated[int, Field(ge=0, le=100)]

MATCH_LABEL: dict[str, str] = {
    "key": "Matches the key",
    "acceptable": "Also fits the text",
    "another_view": "Another view",
    "unsure": "Not sure is a real answer",
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


class AnswerBody(BaseModel):
    """What an answer may bring along."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"system": "drive", "confidence": "sure", "cues": [[12, 31]]}}
    )

    confidence: Confidence | None = None
    cues: Annotated[list[tuple[Offset, Offset]], Field(max_length=40)] | None = Field(
        None, description="Marked words: start and end in the story's text, counted in characters."
    )
    reason: Annotated[str, Field(max_length=280)] | None = Field(None, description="One line: what made you think so.")
    circles: CircleSizes | None = None

    @field_validator("reason")
    @classmethod
    def _printable(cls, reason: str | None) -> str | None:
        if reason and any(ord(character) < 32 for character in reason):
            raise ValueError("one line of text, without control characters")
        return (reason or "").strip() or None

    @model_validator(mode="after")
    def _spans_run_forward(self) -> Self:
        if any(start >= end for start, end in self.cues or []):
            raise ValueError("each marked span starts before it ends")
        return self


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


def feedback(system: Answer, case: Case) -> str:
    """One or two kind sentences: what the learner noticed, and where the key leans."""
    dominant = case.head.key.dominant
    person = case.head.person
    quote = _strongest_words(case, dominant)
    open_case = len(case.acceptable) > 1
    if system == dominant:
        if open_case:
            return f"Words such as “{quote}” lean that way. This one is hard on purpose: another answer fits as well."
        return f"Words such as “{quote}” lead there."
    if system == "unsure":
        if "unsure" in case.acceptable:
            return f"The text leaves something open here. What else would you want to ask {person}?"
        return (
            f"What else would you want to know? The key leans towards {dominant}, because of words such as “{quote}”."
        )
    if system in case.acceptable:
        return f"Two answers are reasonable here. The key leans slightly towards {dominant}: “{quote}”."
    own = _strongest_words(case, system)
    if own:
        return f"You may have noticed “{own}”. The key leans towards {dominant}: “{quote}”."
    return f"There is a reason to say so, told below. The key leans towards {dominant}: “{quote}”."


def _strongest_words(case: Case, system: str) -> str:
    cues = [cue for cue in case.cues if cue.system == system and cue.polarity == "present"]
    best = min(cues, key=lambda cue: (cue.strength != "clear", cue.start), default=None)
    return case.story[best.start : best.end] if best else ""
