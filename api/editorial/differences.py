"""What changed between two texts of a vignette, word by word, for people to read. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.kit.systems import NAME, SYSTEMS
from api.kit.text_diff import SideBySide, side_by_side, stretches
from api.vignettes.case import Case
from api.vignettes.codebook import CUE_LABEL
from api.vignettes.reading import read

Kind = Literal["same", "gone", "new"]

WHOLE = "Story file"
_UNCHANGED = 60  # characters of unchanged text that are shown beside a change


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came; `cut` where unchanged words were left out."""

    kind: Kind
    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the vignette that changed, such as its story."""

    part: str
    pieces: tuple[Piece, ...]


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces that make `old` of what stayed and went, and `new` of what stayed and came."""
    pieces: list[Piece] = []
    for stretch in stretches(old, new):
        if stretch.same:
            pieces.append(Piece("same", stretch.old))
            continue
        if stretch.old:
            pieces.append(Piece("gone", stretch.old))
        if stretch.new:
            pieces.append(Piece("new", stretch.new))
    return tuple(_joined(pieces))


def _joined(pieces: list[Piece]) -> Iterator[Piece]:
    """A space alone between two changes belongs to them: whole phrases read better than every other word."""
    at = 0
    while at < len(pieces):
        gone, new = "", ""
        start = at
        while at < len(pieces):
            piece = pieces[at]
            between = piece.kind == "same" and piece.text.isspace() and start < at < len(pieces) - 1
            if piece.kind == "same" and not between:
                break
            gone += piece.text if piece.kind != "new" else ""
            new += piece.text if piece.kind != "gone" else ""
            at += 1
        if gone:
            yield Piece("gone", gone)
        if new:
            yield Piece("new", new)
        if at < len(pieces) and pieces[at].kind == "same":
            yield pieces[at]
            at += 1


def shorten(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The same with long unchanged stretches cut to what stands beside the changes."""
    return tuple(
        short
        for at, piece in enumerate(pieces)
        for short in (_shortened(piece, at == 0, at == len(pieces) - 1) if piece.kind == "same" else (piece,))
    )


def _shortened(piece: Piece, first: bool, last: bool) -> tuple[Piece, ...]:
    text = piece.text
    head, tail = text[:_UNCHANGED].rpartition(" ")[0], text[-_UNCHANGED:].partition(" ")[2]
    if len(text) <= 3 * _UNCHANGED:
        return (piece,)
    if first:
        return (Piece("same", tail, cut=True),)
    if last:
        return (Piece("same", head), Piece("same", "", cut=True))
    return (Piece("same", head), Piece("same", tail, cut=True))


def differences(old: str, new: str) -> tuple[Difference, ...]:
    """What changed from one case file to another, part by part; line by line where one of them cannot be read."""
    return tuple(Difference(name, shorten(compare_words(was, now))) for name, was, now in _changed_parts(old, new))


def next_to_each_other(mine: str, theirs: str) -> tuple[SideBySide, ...]:
    """The parts in which two texts of one vignette differ; the whole files where only their spelling as YAML does."""
    found = tuple(side_by_side(name, *pair) for name, *pair in _changed_parts(mine, theirs))
    return found or ((side_by_side(WHOLE, mine, theirs),) if mine != theirs else ())


def _changed_parts(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    before, after = read(old)[0], read(new)[0]
    if before is None or after is None:
        was, now = {WHOLE: old}, {WHOLE: new}
    else:
        was, now = parts(before), parts(after)
    for name in {**was, **now}:
        if (there := was.get(name, "")) != (here := now.get(name, "")):
            yield name, there, here


def parts(case: Case) -> dict[str, str]:
    """Everything of a vignette that people can change, as text by its plain name, in the order of reading."""
    head, key = case.head, case.head.key
    told: dict[str, str] = {
        "Title": head.title,
        "Person": head.person,
        "Level": str(head.level),
        "Content note": head.content_note or "",
        "Story": case.story,
        "Biggest system": NAME[key.dominant],
        "Second system": NAME[key.secondary] if key.secondary else "",
        "Answers that fit": ", ".join(NAME[answer] for answer in case.acceptable),
        "Rough sizes": ", ".join(f"{NAME[s]} {'–'.join(map(str, getattr(key.blend, s)))} %" for s in SYSTEMS),
        "Signs": "\n".join(_sign(case, at) for at in range(len(case.cues))),
        "Why": case.why,
    }
    told |= {f"Why someone might choose {system}": case.others[system] for system in SYSTEMS if system in case.others}
    told |= {
        "Questions": "\n".join(case.questions),
        "Skills": ", ".join(head.skills),
        "Tags": ", ".join(head.tags),
        "About the character": ", ".join(f"{name} {value}" for name, value in head.about.model_dump().items()),
        "Reconstructed": "\n".join(f"{lost.text}: {lost.note}" for lost in head.reconstructed),
        "Sources": "\n".join(head.sources),
        "Authors": ", ".join(head.authors),
        "Licence": head.licence,
    }
    return told


def _sign(case: Case, at: int) -> str:
    cue = case.cues[at]
    more = [word for word, said in (("partial", cue.strength), ("absent", cue.polarity)) if word == said]
    label = CUE_LABEL.get(cue.type, cue.type)
    return f"“{case.story[cue.start : cue.end]}” {NAME[cue.system].lower()}: {', '.join((label, *more))}"
