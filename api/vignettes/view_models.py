"""A case as templates and the API show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from api.kit.prose import html, inline
from api.kit.systems import SYSTEMS, System
from api.vignettes.case import Case, Cue
from api.vignettes.codebook import CUE_LABEL, absent_label


@dataclass(frozen=True, slots=True)
class VignetteView:
    """What a learner may see before answering."""

    slug: str
    title: str
    person: str
    level: int
    content_note: str | None
    question: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CueView:
    """A cue with its number in the story; `marked` when the learner marked any of its words."""

    number: int
    text: str
    start: int
    end: int
    system: System
    type: str
    label: str
    partial: bool
    absent: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the story, with its cue if it is one."""

    text: str
    cue: CueView | None


@dataclass(frozen=True, slots=True)
class OtherView:
    """What speaks for another system than the key's."""

    system: System
    title: str
    html: Markup


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """The explanation, the same for everyone who answered."""

    vignette: VignetteView
    story: tuple[tuple[Segment, ...], ...]
    cues: tuple[CueView, ...]
    why_title: str
    why: Markup
    others: tuple[OtherView, ...]
    questions: tuple[Markup, ...]


def view_vignette(case: Case) -> VignetteView:
    head = case.head
    return VignetteView(
        slug=head.slug,
        title=head.title,
        person=head.person,
        level=head.level,
        content_note=head.content_note,
        question=case.question,
        paragraphs=tuple(case.story.split("\n\n")),
    )


def view_cues(case: Case, marked: Iterable[tuple[int, int]] = ()) -> tuple[CueView, ...]:
    """The cues in the order of the story, numbered from 1."""
    spans = list(marked)
    return tuple(
        _cue(number, cue, case, spans)
        for number, cue in enumerate(sorted(case.cues, key=lambda cue: cue.start), start=1)
    )


def _cue(number: int, cue: Cue, case: Case, marked: list[tuple[int, int]]) -> CueView:
    return CueView(
        number=number,
        text=case.story[cue.start : cue.end],
        start=cue.start,
        end=cue.end,
        system=cue.system,
        type=cue.type,
        label=absent_label(cue.type) if cue.polarity == "absent" else CUE_LABEL[cue.type],
        partial=cue.strength == "partial",
        absent=cue.polarity == "absent",
        marked=cue.touches(marked),
    )


def view_story(case: Case, cues: Iterable[CueView]) -> tuple[tuple[Segment, ...], ...]:
    """Paragraphs of segments whose texts join to the story."""
    by_start = sorted(cues, key=lambda cue: cue.start)
    paragraphs = []
    offset = 0
    for paragraph in case.story.split("\n\n"):
        end = offset + len(paragraph)
        segments = []
        position = offset
        for cue in (cue for cue in by_start if offset <= cue.start < end):
            if cue.start > position:
                segments.append(Segment(case.story[position : cue.start], None))
            segments.append(Segment(cue.text, cue))
            position = cue.end
        if position < end:
            segments.append(Segment(case.story[position:end], None))
        paragraphs.append(tuple(segments))
        offset = end + 2
    return tuple(paragraphs)


def view_questions(case: Case) -> tuple[Markup, ...]:
    """The questions to talk about, each on its line."""
    return tuple(inline(question) for question in case.questions)


def view_explanation(case: Case) -> ExplanationView:
    cues = view_cues(case)
    return ExplanationView(
        vignette=view_vignette(case),
        story=view_story(case, cues),
        cues=cues,
        why_title=f"Why {case.head.key.dominant}?",
        why=html(case.why),
        others=tuple(
            OtherView(system, f"Why someone might choose {system}", html(case.others[system]))
            for system in SYSTEMS
            if system in case.others
        ),
        questions=view_questions(case),
    )
