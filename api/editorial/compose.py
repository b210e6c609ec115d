"""A case file as the fields of a form, and back. What the form does not show is kept as it stands in the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from api.editorial.undecided import Choice, leave_open, stand_in
from api.kit.plain_text import tidy
from api.kit.systems import SYSTEMS, Answer, System
from api.kit.yaml import CONTROL
from api.vignettes.case import About, Blend, Case, FrontMatter, Key
from api.vignettes.case_file_writer import head_lines
from api.vignettes.reading import HEAD, QUESTION, SECTION, Purpose, purpose_of, read

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What people fill in. `story` is marked text, `[words]{.system.cue}`, with one line for each paragraph and an
    empty line between them; an empty string or tuple stands for what is left blank. `open` names what is not chosen
    yet, for which something stands in."""

    title: str
    person: str
    level: int
    dominant: System
    secondary: System | None
    acceptable: tuple[Answer, ...]
    blend: Blend
    content_note: str
    tags: tuple[str, ...]
    skills: tuple[str, ...]
    about: About
    story: str
    why: str
    others: Mapping[System, str]
    questions: tuple[str, ...]
    open: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    """A section with its `##` line, word for word."""

    text: str

    @property
    def purpose(self) -> Purpose | None:
        return purpose_of(self.text.partition("\n")[0])

    @property
    def body(self) -> str:
        return self.text.partition("\n")[2]


@dataclass(frozen=True, slots=True)
class _File:
    """A case file cut into pieces that join to it again."""

    head: str
    story: str
    sections: tuple[_Section, ...]
    case: Case
    open: tuple[Choice, ...]


def form_of(source: str) -> CaseForm | None:
    """The form of a case file; None when the file cannot be read."""
    file = _cut(source)
    return None if file is None else _form(file)


def compose(form: CaseForm, base_source: str) -> str:
    """The case file that the form makes of another one. Each part that the form leaves alone stays word for word.

    A blank title or first name keeps the file's own, since a file without them cannot be read.
    Raises ValueError when the base cannot be read.
    """
    file = _cut(base_source)
    if file is None:
        raise ValueError("the base is no case file")
    before, after = _form(file), settled(form, file.case.head)
    if before == after:
        return base_source
    new = _head(after, file.case.head)
    same = (before.open, _head(before, file.case.head)) == (after.open, new)
    head = file.head if same else leave_open(head_lines(new), after.open)
    story = file.story.strip("\n") if before.story == after.story else _guarded(after.story)
    parts = (f"---\n{head}---", story, *_sections(file, before, after))
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def settled(form: CaseForm, head: FrontMatter) -> CaseForm:
    """The form as a file can hold it: plain characters, tidy spaces, nothing longer than it may be."""
    same_answers = sorted(form.acceptable) == sorted(head.key.acceptable)
    same_skills = sorted(form.skills) == sorted(head.skills)
    return replace(
        form,
        title=_line(form.title)[:80].strip() or head.title,
        person=_line(form.person)[:40].strip() or head.person,
        # Boxes are sent in the order of the page; the file may have an order of its own.
        acceptable=tuple(head.key.acceptable if same_answers else form.acceptable),
        skills=tuple(head.skills if same_skills else form.skills),
        content_note=_line(form.content_note)[:120].strip(),
        tags=tuple(tag for each in form.tags if (tag := _line(each)[:200].strip())),
        story=_paragraphs(_plain(form.story)),
        why=_prose(form.why),
        others={system: text for system in SYSTEMS if (text := _prose(form.others.get(system, "")))},
        questions=tuple(question for each in form.questions if (question := _line(each))),
    )


def _cut(source: str) -> _File | None:
    source = tidy(source)
    stood, choices = stand_in(source)
    case, _ = read(stood)
    match = HEAD.match(source)
    if case is None or match is None:
        return None
    body = source[match.end() :]
    starts = [0, *(found.start() for found in SECTION.finditer(body)), len(body)]
    pieces = [body[start:end] for start, end in pairwise(starts)]
    return _File(match[1], pieces[0], tuple(_Section(piece) for piece in pieces[1:]), case, choices)


def _form(file: _File) -> CaseForm:
    case, head = file.case, file.case.head
    return CaseForm(
        title=head.title,
        person=head.person,
        level=head.level,
        dominant=head.key.dominant,
        secondary=head.key.secondary,
        acceptable=tuple(head.key.acceptable),
        blend=head.key.blend,
        content_note=head.content_note or "",
        tags=tuple(head.tags),
        skills=tuple(head.skills),
        about=head.about,
        story=_paragraphs(file.story),
        why=_bare(case.why),
        others={system: _bare(case.others[system]) for system in SYSTEMS if case.others.get(system)},
        questions=tuple(case.questions),
        open=file.open,
    )


def _head(form: CaseForm, head: FrontMatter) -> FrontMatter:
    key = Key(dominant=form.dominant, secondary=form.secondary, acceptable=list(form.acceptable), blend=form.blend)
    shown = {
        "title": form.title,
        "person": form.person,
        "level": form.level,
        "key": key,
        "content_note": form.content_note or None,
        "tags": list(form.tags),
        "skills": list(form.skills),
        "about": form.about,
    }
    return head.model_copy(update=shown)


def _sections(file: _File, before: CaseForm, after: CaseForm) -> list[str]:
    """The sections after the story: those that changed anew and in their places, all others as they were."""
    texts: dict[Purpose, str] = {}
    if (before.dominant, before.why) != (after.dominant, after.why):
        texts[Purpose("why", after.dominant)] = f"## Why {after.dominant}\n\n{_guarded(after.why)}"
    for system in SYSTEMS:
        if before.others.get(system) != (text := after.others.get(system)):
            heading = f"## Why someone might choose {system}"
            texts[Purpose("other", system)] = f"{heading}\n\n{_guarded(text)}" if text else ""
    if before.questions != after.questions:
        texts[Purpose("talk")] = _talk(file, after.questions)
    old_why, new_why = Purpose("why", before.dominant), Purpose("why", after.dominant)
    found: list[tuple[Purpose | None, str]] = []
    for section in file.sections:
        purpose = new_why if section.purpose == old_why and new_why in texts else section.purpose
        found.append((purpose, section.text))
    for purpose, text in texts.items():
        # The last one of its kind is the one that is read.
        place = next((place for place in reversed(range(len(found))) if found[place][0] == purpose), None)
        if place is not None:
            found[place] = (purpose, text)
        elif text:
            found.insert(_place(found, purpose), (purpose, text))
    return [text for _, text in found if text]


def _place(found: list[tuple[Purpose | None, str]], purpose: Purpose) -> int:
    """Where a new section goes: the key's explanation first, other views before the questions."""
    if purpose.kind == "why":
        return 0
    talk = (place for place, (other, _) in enumerate(found) if other and other.kind == "talk")
    return len(found) if purpose.kind == "talk" else next(talk, len(found))


def _talk(file: _File, questions: tuple[str, ...]) -> str:
    """The questions as a list, with whatever else stands around the list."""
    section = next((section for section in reversed(file.sections) if section.purpose == Purpose("talk")), None)
    items = "\n".join(f"- {question}" for question in questions)
    if section is None:
        return f"## To talk about\n\n{items}"
    there = list(QUESTION.finditer(section.body))
    start, end = (there[0].start(), there[-1].end()) if there else (len(section.body), len(section.body))
    parts = (section.text.partition("\n")[0], section.body[:start].strip("\n"), items, section.body[end:].strip("\n"))
    return "\n\n".join(part for part in parts if part)


def _plain(text: str) -> str:
    return CONTROL.sub("", tidy(text))


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _prose(text: str) -> str:
    return _bare(_plain(text).strip())


def _paragraphs(text: str) -> str:
    """One line for each paragraph: the file may break lines anywhere."""
    return "\n\n".join(line for part in _BLANK_LINES.split(text.strip()) if (line := " ".join(part.split())))


def _guarded(text: str) -> str:
    """A line that would begin a section is moved by a blank."""
    return SECTION.sub(" ## ", text)


def _bare(text: str) -> str:
    return re.sub(r"^ (?=## )", "", text, flags=re.M)
