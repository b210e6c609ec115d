"""Questions of other programs as stories: what a multiple choice question with our three answers tells, and what not.

A question bank knows a story, its answers and feedback. It knows no marked words, no sizes of the circles and often no
name or explanation. What it does not carry is never made up where a reader could take it for the author's: it stays
empty in the draft, or is what a new draft begins with, and each row says so.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from api.exchange.formats.rows import Current, Finding, Progress, Row
from api.kit.plain_text import folded, tidy
from api.kit.systems import NAME, SYSTEMS, Answer, System
from api.kit.versioned_text import slug_of
from api.vignettes.case import Blend, Case, FrontMatter, Key
from api.vignettes.case_file_writer import write
from api.vignettes.checking import check

_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|tr|hr)\b[^<>]*>", re.I)
_UNREAD = re.compile(r"<!--|-->|<(?:script|style)\b|</(?:script|style)\s*+>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_ASKED = re.compile(r"which (?:system|circle) is (?:the )?(?:biggest|largest|strongest) for ([^?]{1,40})\?", re.I)
_CLOSED_BY = {"<!--": "-->", "<script": "</script", "<style": "</style"}
_OPEN = {"unsure", "not enough information", "not sure", "unclear", "we cannot tell", "the story does not tell us"}
_BEGINNING = Blend(threat=[10, 30], drive=[10, 30], soothing=[10, 30])
EMBEDDED = "three-circles-story:"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a question; texts as HTML or plain."""

    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its program gives it. `embedded` is the whole story where our own export has put it beside."""

    place: str
    title: str
    text: str
    options: Sequence[Option]
    feedback: str = ""
    kind: str = "multiple choice"
    level: int | None = None
    embedded: str = ""


def embed(case: Case) -> str:
    """A case on one line, for a place that other programs pass over."""
    return EMBEDDED + json.dumps(case.model_dump(mode="json"), ensure_ascii=True)


def without_comments(html: str) -> str:
    """HTML without comments, scripts and styles; what is never closed stays, for it may be text."""
    parts: list[str] = []
    kept, opened = 0, ""
    for token in _UNREAD.finditer(html):
        sign = token[0].lower().rstrip("> \t\r\n") if token[0].startswith("</") else token[0].lower()
        if not opened and sign in _CLOSED_BY:
            parts.append(html[kept : token.start()])
            kept, opened = token.start(), sign
        elif opened and sign == _CLOSED_BY[opened]:
            kept, opened = token.end(), ""
    return "".join([*parts, html[kept:]])


def plain(html: str) -> str:
    """The words of HTML: a paragraph for each block."""
    text = unescape(_TAG.sub("", _BLOCK.sub("\n", without_comments(html)).replace("\xa0", " ")))
    return "\n\n".join(line for part in tidy(text).split("\n") if (line := " ".join(part.split())))


def answer_of(text: str) -> Answer | None:
    """Which of the four answers a text names, such as “Drive”, “drive system” or “B) Drive”."""
    said = re.sub(r"^(?:the )|^[a-d1-4][.)] *|(?: system| circle)?[.!]?$", "", folded(plain(text)))
    if said in _OPEN:
        return "unsure"
    return next((system for system in SYSTEMS if said == system), None)


def to_rows(questions: Sequence[Question], progress: Progress, current: Current) -> list[Row]:
    """The rows of questions. A new story takes no address of another one, in the file or in the library."""
    rows: list[Row] = []
    taken: dict[str, Case] = {}
    for done, question in enumerate(questions, 1):
        row = _to_row(question)
        if row.case is not None and row.notes:
            row = _placed(row, row.case, taken, current)
        if row.case is not None:
            taken.setdefault(row.case.head.slug, row.case)
        rows.append(row)
        progress(done, len(questions))
    return rows


def _placed(row: Row, case: Case, taken: dict[str, Case], current: Current) -> Row:
    """The row under the first address that is free, or has this very story already."""
    base = case.head.slug
    for slug in (base, *(f"{base}-{number}" for number in range(2, 1000))):
        there = taken.get(slug) or current(slug)
        if there is None or (slug not in taken and folded(there.story) == folded(case.story)):
            moved = case.model_copy(update={"head": case.head.model_copy(update={"slug": slug})})
            return Row(row.place, moved, write(moved), row.findings, row.notes)
    return row


def _to_row(question: Question) -> Row:
    """The row of a question; one that is no story with our three answers is told and not taken."""
    answers = [answer_of(option.text) for option in question.options]
    named = [answer for answer in answers if answer]
    if question.kind != "multiple choice" or not set(SYSTEMS) <= set(named):
        told = f"not taken: a {question.kind} question whose answers are not threat, drive and soothing"
        return _passed(question, told)
    if len(set(named)) != len(answers):
        return _passed(question, "not taken: it has answers besides threat, drive and soothing")
    right = [answer for answer, option in zip(named, question.options, strict=True) if option.right]
    story, person = _story(question.text)
    if not right or not story:
        return _passed(question, "not taken: it names no right answer, or has no story")
    case = _whole(question, story, right)
    if case is not None:
        source = write(case)
        return Row(question.place, *_checked(source, case))
    return _begun(question, story, person, right, dict(zip(named, question.options, strict=True)))


def _passed(question: Question, told: str) -> Row:
    return Row(question.place, None, "", (Finding(question.place, told),), passed=True)


def _checked(source: str, case: Case) -> tuple[Case | None, str]:
    read, _ = check(source)
    return read or case, source


def _whole(question: Question, story: str, right: Sequence[Answer]) -> Case | None:
    """The story that our own export put beside, as long as the question still says the same."""
    if not question.embedded:
        return None
    try:
        case = Case.model_validate_json(question.embedded.removeprefix(EMBEDDED))
    except ValueError:
        return None
    note = f"This story {case.head.content_note}.\n\n" if case.head.content_note else ""
    same = _letters(story) == _letters(f"{note}{case.story}")
    titled = _letters(case.head.title) in (_letters(question.title), _letters(plain(question.title)))
    return case if same and titled and set(right) == {*case.acceptable, case.head.key.dominant} else None


def _letters(text: str) -> str:
    """What is left of a text on every way through other programs."""
    return re.sub(r"[\W_]+", "", tidy(text))


def _story(text: str) -> tuple[str, str]:
    """The story without the question at its end, and the name that the question asks about."""
    said = plain(text)
    asked = _ASKED.search(said)
    if asked is None:
        paragraphs = said.split("\n\n")
        story = "\n\n".join(paragraphs[:-1]) if len(paragraphs) > 1 and paragraphs[-1].endswith("?") else said
        return story, ""
    return said[: asked.start()].strip(), asked[1].strip()


def _begun(question: Question, story: str, person: str, right: Sequence[Answer], options: dict[Answer, Option]) -> Row:
    """A draft with what the question says, and what is still to do."""
    dominant: System | None = next((answer for answer in right if answer != "unsure"), None)
    if dominant is None:
        return _passed(question, "not taken: its only right answer is “not enough information”")
    title = plain(question.title).replace("\n", " ")[:80].strip() or " ".join(story.split()[:5])[:80]
    notes = ["begins a draft: mark the words that point to the answer, and look at the sizes of the circles"]
    if not person:
        person = _first_name(story)
        notes.append(f"the name is read from the story: {person}")
    blend = _BEGINNING.model_copy(update={dominant: [40, 70]})
    accepted = list(right) if len(right) > 1 else []
    key = Key(dominant=dominant, acceptable=accepted, blend=blend)
    head = FrontMatter(
        slug=slug_of(title) or f"question-{abs(hash(story)) % 10**6}",
        title=title,
        person=person[:40],
        level=question.level or (3 if accepted else 1),
        key=key,
        authors=["Not stated"],
        licence="Not stated",
    )
    others = {
        system: plain(options[system].feedback) for system in SYSTEMS if system != dominant and options[system].feedback
    }
    why = plain(question.feedback) or plain(options[dominant].feedback)
    bare = [system for system in SYSTEMS if system != dominant and system not in others]
    notes += [f"there is no reason for {NAME[system].lower()}" for system in bare]
    if not why:
        notes.append("there is no explanation of the answer")
    notes.append("there are no questions to talk about, author or licence")
    safe = story.replace("[", "(").replace("]", ")")
    if safe != story:
        notes.append("square brackets in the story became round ones, since they mark words here")
    case = Case(head=head, story=safe, cues=[], why=_settled(why), others=others, questions=[])
    source = write(case.model_copy(update={"others": {system: _settled(text) for system, text in others.items()}}))
    read, faults = check(source)
    if read is None:
        return _passed(question, f"not taken: {faults[0].message}")
    return Row(question.place, read, source, (), tuple(notes))


def _settled(text: str) -> str:
    return re.sub(r"^## ", "", text, flags=re.M)


def _first_name(story: str) -> str:
    """The capitalised word that stands most often within sentences or begins one; the first of those."""
    words = re.findall(r"\b[^\W\d_][^\W\d_]+\b", story)
    common = {
        "the",
        "she",
        "he",
        "they",
        "it",
        "her",
        "his",
        "their",
        "this",
        "that",
        "when",
        "after",
        "at",
        "in",
        "on",
    }
    capital = [word for word in words if word[0].isupper() and word.lower() not in common]
    return max(dict.fromkeys(capital), key=capital.count, default="Someone")
