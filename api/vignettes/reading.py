"""Reads a case file. Every fault is told with its line and column, and with what would be right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from pydantic import ValidationError

from api.kit.suggest import did_you_mean
from api.kit.systems import SYSTEMS, System
from api.kit.yaml import MOST_FAULTS, Document, Fault, clean, parse
from api.vignettes.case import Case, Cue, FrontMatter
from api.vignettes.codebook import CUE_LABEL
from api.vignettes.refusals import told

LARGEST_FILE = 64_000  # bytes; the longest honest case file is a tenth of this

MOST_SECTIONS = 50  # the story among them; a case file has five

# Possessive and bounded: an opening without its end is given up at once, however long the text behind it.
_ATTRIBUTES = re.compile(r"\{\s{0,20}+\.(?P<type>[\w.]{1,60}+)(?P<rest>[^{}]{0,200}+)\}")
_ATTRIBUTE = re.compile(r"\b(\w++)=(\w++)")
_RUN = re.compile(r"[^\s\[\]]++(?: [^\s\[\]]++)*+")  # words of one line with single blanks
_STRENGTHS = ("clear", "partial")
_POLARITIES = ("present", "absent")


# The second is how files were headed before 0.2.0.
_OTHER_HEADINGS = ("why someone might choose ", "why somebody may say ")
HEAD = re.compile(r"\A---\n(.*?\n)---[ ]*(?:\n|$)", re.DOTALL)
SECTION = re.compile(r"^## ", re.M)
_STRAY = re.compile(
    r"^[ \t]*+(?![-*]?[ \t]*+$)\S.*", re.M
)  # a line that is no question, nor the hyphen of an empty one
_REMARK = re.compile(r"(?<![ \t])[ \t]++(#.*)")
_SPOKEN = {"title", "person", "content_note", "tags", "sources", "authors", "licence", "reconstructed"}
QUESTION = re.compile(r"^[-*] (.+(?:\n(?![-*] ).+)*)", re.M)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a section of the file is there for; the questions belong to no system."""

    kind: Literal["why", "other", "talk"]
    system: System | None = None


@dataclass(slots=True)
class _Text:
    """A stretch of the file that knows where it stands."""

    text: str
    line: int
    faults: list[Fault] = field(default_factory=list)

    def fault(self, offset: int, message: str) -> None:
        before = self.text[:offset]
        self.faults.append(Fault(self.line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1, message))


def read(text: str) -> tuple[Case | None, list[Fault]]:
    """The case in a file's text, and every fault found; no case where a fault leaves nothing to build it from."""
    text, faults = clean(text, LARGEST_FILE, "a case file is a page of text")
    if faults:
        return None, faults
    match = HEAD.match(text)
    if match is None:
        return None, [Fault(1, 1, "the file starts with a line ---, the front matter, and another line ---")]
    head, faults = _read_head(match[1])
    sections = list(_sections(text[match.end() :], text[: match.end()].count("\n") + 1))
    if len(sections) > MOST_SECTIONS:
        return None, [Fault(1, 1, f"the file has {len(sections) - 1} sections; {MOST_SECTIONS - 1} are the most")]
    story, cues = _read_story(sections[0])
    faults += sections[0].faults
    why: dict[str, str] = {}
    others: dict[System, str] = {}
    questions: list[str] = []
    seen: set[Purpose] = set()
    for section in sections[1:]:
        title, _, body = section.text.partition("\n")
        purpose = purpose_of(title)
        if purpose in seen:
            section.fault(0, f"the section “{title.removeprefix('##').strip()}” stands twice; join the two")
        elif purpose is None:
            title = title.removeprefix("##").strip().rstrip("?").lower()
            section.fault(
                0, f"the section “{title}” is unknown; sections are: Why …, Why someone might choose …, To talk about"
            )
        elif purpose.system is None:
            questions = [" ".join(item[1].split()) for item in QUESTION.finditer(body)]
            for stray in _STRAY.finditer(QUESTION.sub(lambda item: re.sub(r"\S", " ", item[0]), body)):
                section.fault(len(title) + 1 + stray.start(), "questions start with -; write - before this line")
        elif purpose.kind == "other":
            others[purpose.system] = body.strip()
        else:
            why[purpose.system] = body.strip()
        if purpose is not None:
            seen.add(purpose)
        faults += section.faults
    if head is None:
        return None, sorted(faults)
    end = text.count("\n") + 1
    if head.key.dominant not in why:
        faults.append(Fault(end, 1, f"the section “## Why {head.key.dominant}” is missing: it explains the key"))
    faults += [
        Fault(end, 1, f"the section “## Why {system}” explains another system than the key's {head.key.dominant}")
        for system in why
        if system != head.key.dominant
    ]
    case = Case(
        head=head, story=story, cues=cues, why=why.get(head.key.dominant, ""), others=others, questions=questions
    )
    return case, sorted(faults)


def purpose_of(title: str) -> Purpose | None:
    """What the section under this `##` line is there for; None when it is unknown."""
    title = title.removeprefix("##").strip().rstrip("?").lower()
    if title == "to talk about":
        return Purpose("talk")
    last = title.split()[-1] if title else ""
    system = next((system for system in SYSTEMS if system == last), None)
    if system is not None and title.startswith(_OTHER_HEADINGS):
        return Purpose("other", system)
    return Purpose("why", system) if system is not None and title == f"why {system}" else None


def _sections(body: str, line: int) -> Iterator[_Text]:
    """The story, then each section from its `##` line on."""
    starts = [0, *(m.start() for m in SECTION.finditer(body)), len(body)]
    for start, end in pairwise(starts):
        yield _Text(body[start:end], line)
        line += body.count("\n", start, end)


def _read_head(text: str) -> tuple[FrontMatter | None, list[Fault]]:
    document, faults = parse(text, "the front matter", "slug: julie", first_line=2)
    if document is None:
        return None, faults
    try:
        return FrontMatter.model_validate(document.data), list(_remarks(document)) if "#" in text else []
    except ValidationError as error:
        return None, [_head_fault(document, detail) for detail in error.errors()[:MOST_FAULTS]]


def _head_fault(document: Document, detail: Any) -> Fault:
    path = detail["loc"]
    return Fault(*document.place(path), f"{'.'.join(map(str, path))}: {told(detail)}")


def _remarks(document: Document) -> Iterator[Fault]:
    """A fault for each text behind which YAML has found a remark, since anyone who writes `# 5` may well mean it."""
    for path, node in _texts(document.root):
        if path and path[0] in _SPOKEN and not node.style:
            line_end = document.text.find("\n", node.end_mark.index)
            behind = document.text[node.end_mark.index : line_end if line_end >= 0 else None]
            if found := _REMARK.match(behind):
                said = f"“{found[1][:40]}” is left out as a remark; put the whole text in quotes if it belongs there"
                yield Fault(node.end_mark.line + document.first_line, node.end_mark.column + 1, f"{path[0]}: {said}")


def _texts(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of a document that is no list or mapping, with the names that lead to it."""
    if node.id == "mapping":
        for name, value in node.value:
            yield from _texts(value, (*path, name.value))
    elif node.id == "sequence":
        for value in node.value:
            yield from _texts(value, path)
    else:
        yield path, node


def _read_story(raw: _Text) -> tuple[str, list[Cue]]:
    """Plain text and cues from paragraphs with spans: `[words]{.system.cue strength=partial polarity=absent}`."""
    plain: list[str] = []  # a character each, so that a place in it is a place in the story
    cues: list[Cue] = []
    opened: tuple[int, int] | None = None  # where the span starts: in the file, among the plain characters
    blank_lines = 0
    position = 0
    source = raw.text
    while position < len(source) and len(raw.faults) < MOST_FAULTS:
        character = source[position]
        if character.isspace():
            blank_lines += character == "\n"
            position += 1
            continue
        if character == "]" and opened is not None:
            position = _close(raw, position, opened, plain, cues)
            opened = None
            continue
        before = position == 0 or source[position - 1].isspace()
        if plain and before and not plain[-1].isspace():
            if blank_lines > 1 and opened is not None:
                raw.fault(opened[0], "the span runs into another paragraph; close it with ]{.system.cue} before")
                opened = None
            plain.extend("\n\n" if blank_lines > 1 else " ")
        blank_lines = 0
        if character == "[":
            if opened is not None:
                raw.fault(position, "a span starts inside another; spans stand side by side and never cross")
            opened = (position, len(plain))
            # The blank before a bracket belongs to the text, the one after it is dropped.
            position += 1
            while position < len(source) and source[position].isspace():
                position += 1
            continue
        if character == "]":
            raw.fault(position, "this ] closes no span; a span is [words]{.system.cue}")
            position += 1
            continue
        run = _RUN.match(source, position)
        word = run[0] if run else character
        plain.extend(word)
        position += len(word)
    if opened is not None:
        raw.fault(opened[0], "the span is never closed; write [words]{.system.cue}")
    return "".join(plain), cues


def _close(raw: _Text, position: int, opened: tuple[int, int], plain: list[str], cues: list[Cue]) -> int:
    """Takes the attributes after the `]` at `position`, adds the cue, and says where reading goes on."""
    attributes = _ATTRIBUTES.match(raw.text, position + 1)
    if attributes is None:
        raw.fault(position, "the span names no cue; write {.system.cue} right after the ], such as {.drive.effort}")
        return position + 1
    cue_type = attributes["type"]
    if cue_type not in CUE_LABEL:
        raw.fault(
            attributes.start("type"),
            f"the cue type “{cue_type}” is unknown{did_you_mean(cue_type, CUE_LABEL)}",
        )
        return attributes.end()
    options = dict(_ATTRIBUTE.findall(attributes["rest"]))
    rest = _ATTRIBUTE.sub("", attributes["rest"]).strip()
    strength, polarity = options.pop("strength", "clear"), options.pop("polarity", "present")
    if rest or options or strength not in _STRENGTHS or polarity not in _POLARITIES:
        raw.fault(
            attributes.start("rest"),
            "after the cue type only strength=clear|partial and polarity=present|absent may follow",
        )
    elif len(plain) == opened[1]:
        raw.fault(opened[0], "the span holds no words")
    else:
        inside = "".join(plain[opened[1] :])
        start = opened[1] + len(inside) - len(inside.lstrip())
        cues.append(Cue(start=start, end=len(plain), type=cue_type, strength=strength, polarity=polarity))
    return attributes.end()
