"""Two texts of one vignette beside each other: only what differs, with the words that differ."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.editorial.compose import CaseForm, form_of
from api.kit.systems import NAME, SYSTEMS
from api.kit.text_diff import stretches


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; `own` when the other text has it otherwise."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the vignette that is not the same in both."""

    label: str
    mine: tuple[Piece, ...]
    theirs: tuple[Piece, ...]


def differences(mine: str, theirs: str) -> tuple[Difference, ...]:
    """What differs between two case files, part by part; as whole files where one cannot be read."""
    one, other = form_of(mine), form_of(theirs)
    if one is not None and other is not None:
        found = tuple(
            _difference(label, text, there)
            for (label, text), (_, there) in zip(_parts(one), _parts(other), strict=True)
            if text != there
        )
        if found:
            return found
    return (_difference("Story file", mine, theirs),) if mine != theirs else ()


def _parts(form: CaseForm) -> Iterator[tuple[str, str]]:
    yield "Title", form.title
    yield "First name", form.person
    yield "Story", form.story
    yield "Biggest", f"{NAME[form.dominant]}, then {form.secondary or 'none'}"
    yield "Answers that fit", ", ".join(NAME[answer] for answer in form.acceptable)
    yield "Level", str(form.level)
    yield (
        "Sizes",
        ", ".join(f"{NAME[system]} {'–'.join(map(str, getattr(form.blend, system)))} %" for system in SYSTEMS),
    )
    yield "Why", form.why
    for system in SYSTEMS:
        yield f"Why somebody may say {system}", form.others.get(system, "")
    yield "Questions to discuss", "\n".join(form.questions)
    yield "Content note", form.content_note
    yield "Tags", ", ".join(form.tags)
    yield "Practises", ", ".join(form.skills)
    yield "About the character", ", ".join(map(str, form.about.model_dump().values()))


def _difference(label: str, mine: str, theirs: str) -> Difference:
    left, right = list[Piece](), list[Piece]()
    for stretch in stretches(mine, theirs):
        if stretch.old:
            left.append(Piece(stretch.old, not stretch.same))
        if stretch.new:
            right.append(Piece(stretch.new, not stretch.same))
    return Difference(label, tuple(left), tuple(right))
