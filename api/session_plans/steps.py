"""The ten kinds of step. The field `kind` says which one a step is."""

from typing import Annotated, Final, Literal

from pydantic import Field

from api.session_plans.parts import CommonStep, Frozen, Line, Text, Title
from api.vignettes.case import Slug

CHECK_IN_ANSWERS: Final = ("Tried it", "Not yet", "Pass")

Words = tuple[tuple[tuple[str | int, ...], str], ...]
Lines = Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]


class TalkStep(CommonStep):
    """A card to read and talk about."""

    kind: Literal["talk"]
    source: Line | None = Field(None, description="The source of the text, shown in small print below it.")

    def own_words(self) -> Words:
        return ((("source",), self.source),) if self.source else ()


class RulesStep(CommonStep):
    """A list that the group agrees together; the facilitator changes it on the console."""

    kind: Literal["rules"]
    rules: Lines = Field(description="What the list starts with.")

    def own_words(self) -> Words:
        return _numbered("rules", self.rules)


class CheckInStep(CommonStep):
    """What people tried since last time: tried it, not yet or pass. Only totals are ever shown."""

    kind: Literal["check_in"]
    questions: Annotated[tuple[Line, ...], Field(min_length=1, max_length=4)] = Field(
        description="Each is something that people may have tried; the answers are tried it, not yet, pass."
    )

    def own_words(self) -> Words:
        return _numbered("questions", self.questions)


class BoardStep(CommonStep):
    """The facilitator types what the group says, under headings. Members type nothing."""

    kind: Literal["board"]
    headings: Annotated[tuple[Title, ...], Field(min_length=1, max_length=4)]

    def own_words(self) -> Words:
        return _numbered("headings", self.headings)


class SystemsStep(CommonStep):
    """The three cards of threat, drive and soothing, always with the note that they simplify."""

    kind: Literal["systems"]
    brain_links: bool = Field(True, description="Whether the cards name brain areas and chemicals.")
    together: bool = Field(
        False,
        description="Whether three circles with arrows, for how the systems affect each other, replace the cards.",
    )


class RoundStep(CommonStep):
    """A vignette: everyone reads, chooses alone, talks, may choose again, and sees what the words show."""

    kind: Literal["round"]
    vignette: Slug
    second_vote: bool = Field(True, description="Whether people choose again after talking.")
    ask: tuple[Literal["cues", "confidence", "reason", "circles"], ...] = Field(
        ("cues",), description="What people may add to their choice; all of it optional."
    )


class CirclesStep(CommonStep):
    """Everyone draws their own three systems. Nothing of it leaves the phone."""

    kind: Literal["circles"]
    prompts: Lines = Field(description="What to wonder about while drawing.")

    def own_words(self) -> Words:
        return _numbered("prompts", self.prompts)


class Prompt(Frozen):
    """A question to oneself, with gentle examples to tap."""

    question: Line
    examples: Annotated[tuple[Line, ...], Field(min_length=2, max_length=12)]
    own_words: bool = Field(True, description="Whether there is room for words of one's own; they stay on the phone.")


class TakeHome(Frozen):
    """The small card made from what someone chose, to print or keep; it is never sent."""

    title: Title
    ending: Line = Field(description="The last line of the card.")


class PrivateStep(CommonStep):
    """Questions that each answers for themselves. Nothing of it leaves the phone."""

    kind: Literal["private"]
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1, max_length=5)]
    card: TakeHome | None = None

    def own_words(self) -> Words:
        found: list[tuple[tuple[str | int, ...], str]] = []
        for number, prompt in enumerate(self.prompts):
            found.append((("prompts", number, "question"), prompt.question))
            found += [(("prompts", number, *path), text) for path, text in _numbered("examples", prompt.examples)]
        if self.card:
            found += [(("card", "title"), self.card.title), (("card", "ending"), self.card.ending)]
        return tuple(found)


class Guide(Frozen):
    """Calm lines, one after the other, for anyone who would like them."""

    lines: Lines
    seconds_each: Annotated[int, Field(ge=5, le=60)] = Field(20, description="How long a line stays.")
    moving_shape: bool = Field(
        True, description="Whether a shape slowly grows and shrinks; it never does for people who ask for less motion."
    )


class PauseStep(CommonStep):
    """Breathing space, or a break. No one has to follow the guide."""

    kind: Literal["pause"]
    guide: Guide | None = None
    instead: Lines = Field(description="Other good ways to spend the time.")

    def own_words(self) -> Words:
        return (
            *_numbered("instead", self.instead),
            *((("guide", *path), text) for path, text in _numbered("lines", self.guide.lines if self.guide else ())),
        )


class CloseStep(CommonStep):
    """What we did, where to find help, and goodbye. The help lines are the organisation's own."""

    kind: Literal["close"]
    summary: Lines
    goodbye: Text
    signposting: bool = Field(True, description="Whether the organisation's lines on where to find help are shown.")

    def own_words(self) -> Words:
        return (*_numbered("summary", self.summary), (("goodbye",), self.goodbye))


def _numbered(field: str, texts: tuple[str, ...]) -> Words:
    return tuple(((field, number), text) for number, text in enumerate(texts))
