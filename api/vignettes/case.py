"""A vignette as it is written: what a case file holds. The JSON Schema for editors is made from these models."""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.kit.systems import Answer, System

Percent = Annotated[int, Field(ge=0, le=100)]
Range = Annotated[list[Percent], Field(min_length=2, max_length=2, description="Low and high, in percent.")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Blend(_Strict):
    """How big each system is for the person, as a range in percent. A teaching judgement, not a measurement."""

    threat: Range
    drive: Range
    soothing: Range


class Key(_Strict):
    """The authors' answer."""

    dominant: System = Field(description="The biggest system.")
    secondary: System | None = Field(None, description="The next one, where the text shows one.")
    acceptable: list[Answer] = Field(
        default_factory=list, description="Every answer that fits; empty means only the dominant one."
    )
    blend: Blend


class Reconstructed(_Strict):
    """Words that a damaged source did not give."""

    text: Line
    note: Annotated[str, Field(min_length=1, max_length=500)]


class About(_Strict):
    """Who the person is as far as the story tells, so that the set can be kept balanced. Never shown to learners."""

    gender: Literal["woman", "man", "non-binary", "not stated"] = "not stated"
    age: Literal["under 25", "25-44", "45-64", "65 and over", "not stated"] = "not stated"
    work: Literal["employed", "self-employed", "studying", "caring", "looking", "retired", "not stated"] = "not stated"
    family: Literal["alone", "couple", "with children", "with others", "not stated"] = "not stated"
    ethnicity: Literal["majority", "minority", "not stated"] = "not stated"
    disability: Literal["mobility", "sight or hearing", "long-term condition", "neurodivergent", "none stated"] = (
        "none stated"
    )
    income: Literal["low", "middle", "high", "not stated"] = "not stated"


class FrontMatter(_Strict):
    """The head of a case file, between two lines of three hyphens."""

    slug: Slug = Field(description="The address of the vignette; the same as the file's name.")
    title: Annotated[str, Field(min_length=1, max_length=80)]
    person: Annotated[str, Field(min_length=1, max_length=40, description="First name, as in the story.")]
    level: Annotated[int, Field(ge=1, le=3, description="1 clear, 2 one confusable cue, 3 motive mixed or withheld.")]
    key: Key
    content_note: Annotated[str, Field(max_length=120)] | None = Field(
        None, description="What follows “This story …”, such as: mentions a mugging."
    )
    tags: list[Line] = Field(default_factory=list)
    skills: list[Line] = Field(default_factory=list, description="Confusable pairs and cue types that it practises.")
    about: About = Field(default_factory=About)
    reconstructed: list[Reconstructed] = Field(default_factory=list)
    sources: list[Line] = Field(default_factory=list)
    authors: Annotated[list[Line], Field(min_length=1)]
    licence: Line = "CC-BY-4.0"


class Cue(_Strict):
    """Words of the story, by their place in its plain text (characters, end not included), and what they show."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]
    type: str
    strength: Literal["clear", "partial"] = "clear"
    polarity: Literal["present", "absent"] = "present"

    @property
    def system(self) -> System:
        return self.type.partition(".")[0]  # type: ignore[return-value]  # checked against the codebook when read

    def touches(self, spans: Iterable[tuple[int, int]]) -> bool:
        """Whether any span (start, end) shares a character with the cue."""
        return any(start < self.end and self.start < end for start, end in spans)


class Case(_Strict):
    """One vignette, whole. `story` is plain text whose paragraphs are parted by an empty line.

    A case is not changed once it is made, so it can be the key of a cache.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    head: FrontMatter
    story: str
    cues: list[Cue]
    why: str
    others: dict[System, str]
    questions: list[str]

    def __hash__(self) -> int:
        return hash((self.head.slug, self.story))

    @property
    def acceptable(self) -> list[Answer]:
        return self.head.key.acceptable or [self.head.key.dominant]

    @property
    def question(self) -> str:
        return f"Which system is biggest for {self.head.person}?"


def story_mark(case: Case) -> str:
    """Stands for the words of a story: ratings of other words are not ratings of these."""
    return hashlib.sha256(" ".join(case.story.split()).encode()).hexdigest()[:16]
