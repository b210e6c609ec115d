"""Moodle GIFT: each vignette as a multiple choice question, in a category for its level.

It is read too, and so are banks of other authors as far as they ask what we ask.

The format is told at docs.moodle.org under "GIFT format". Everything is HTML and says so, because text that starts with
a bracket would else be taken for the name of another markup.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markupsafe import escape

from api.exchange.formats.questions import EMBEDDED, Option, Question, embed, to_rows, without_comments
from api.exchange.formats.rows import Current, Progress, Refused, Row, decode, limit, limit_rows, nothing_known, quiet
from api.exchange.formats.wording import choices, key_html, story_html
from api.kit.plain_text import tidy
from api.vignettes.case import Case

_OPTION = re.compile(r"(?<!\\)([=~])((?:\\.|[^\\=~])*)", re.S)
_CONTROL = re.compile(r"[\\~=#{}:]")
_TITLE_END = re.compile(r"\\.|::", re.S)
_BRACKET = re.compile(r"\\.|[{}]", re.S)


def dump(cases: Iterable[Case]) -> bytes:
    """The questions in UTF-8, sorted by level. Every accepted answer counts 100 %."""
    parts: list[str] = []
    ordered = sorted(cases, key=lambda case: case.head.level)
    for level, group in groupby(ordered, key=lambda case: case.head.level):
        parts.append(f"$CATEGORY: $course$/top/Three Circles/Level {level}")
        parts += [_question(case) for case in group]
    return ("\n\n".join(parts) + "\n").encode()


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a question bank: stories with our three answers; every other question is told and passed over."""
    text = tidy(decode(limit(data)))
    questions = list(_questions(text))
    if not questions:
        raise Refused("The file has no questions in Moodle’s GIFT format.")
    limit_rows(len(questions))
    return to_rows(questions, progress, current)


def _questions(text: str) -> Iterator[Question]:
    level, embedded = None, ""
    block: list[str] = []
    first = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        bare = line.strip()
        if bare.startswith("//") and not block:
            embedded = bare[2:].strip() if bare[2:].strip().startswith(EMBEDDED) else embedded
        elif bare.startswith("$CATEGORY:"):
            found = re.search(r"\bLevel ([123])\s*$", bare)
            level = int(found[1]) if found else None
        elif bare:
            first = first if block else number
            block.append(line)
        elif block and _is_closed("\n".join(block)):
            yield _read("\n".join(block), f"line {first}", level, embedded)
            block, embedded = [], ""
    if block:
        yield Question(f"line {first}", "", "", (), kind="cut off")


def _is_closed(text: str) -> bool:
    """Whether every bracket is closed: a blank line within answers does not end a question for every program."""
    bare = re.sub(r"\\.", "", text)
    return bare.count("{") <= bare.count("}")


def _read(text: str, place: str, level: int | None, embedded: str) -> Question:
    title, rest = _titled(text)
    asked = _asked(rest)
    if asked is None:
        return Question(place, title, "", (), kind="description" if "{" not in rest else "unreadable")
    before, within, behind = asked
    answers, _, feedback = _halves(within, "####")
    options = [_option(found[1], found[2]) for found in _OPTION.finditer(answers)]
    kinds = {"T", "F", "TRUE", "FALSE", ""}
    kind = "multiple choice"
    if answers.strip().startswith("#"):
        kind = "number"
    elif not options:
        kind = "true or false" if answers.strip().upper() in kinds - {""} else "essay"
    elif "->" in without_comments(answers):
        kind = "matching"
    body = f"{before} {behind}" if behind.strip() else before
    return Question(place, title, _plain(body), options, _plain(feedback), kind, level, embedded)


def _titled(text: str) -> tuple[str, str]:
    """The title between two colons and two colons, and what follows; no title where there is none."""
    text = text.lstrip()
    if text.startswith("::"):
        for sign in _TITLE_END.finditer(text, 2):
            if sign[0] == "::":
                return _plain(text[2 : sign.start()]), text[sign.end() :]
    return "", text


def _asked(text: str) -> tuple[str, str, str] | None:
    """What stands before, within and behind the brackets of the answers; None without one pair of brackets."""
    found = [sign for sign in _BRACKET.finditer(text) if sign[0] in "{}"][:2]
    if [sign[0] for sign in found] != ["{", "}"]:
        return None
    opening, closing = found
    return text[: opening.start()], text[opening.end() : closing.start()], text[closing.end() :]


def _option(sign: str, text: str) -> Option:
    text = text.lstrip()
    weight = re.match(r"%(-?\d+(?:\.\d+)?)%", text)
    answer, _, feedback = _halves(text[weight.end() :] if weight else text, "#")
    right = float(weight[1]) > 0 if weight else sign == "="
    return Option(_plain(answer), right, _plain(feedback))


def _halves(text: str, mark: str) -> tuple[str, str, str]:
    """The text before and after the first mark that is not escaped."""
    found = re.search(rf"(?<!\\)(?:\\\\)*{re.escape(mark)}", text)
    return (text[: found.start()], mark, text[found.end() :]) if found else (text, "", "")


def _plain(text: str) -> str:
    """The text without the name of its markup and with the signs that were escaped; as HTML in any case."""
    text = text.lstrip()
    named = re.match(r"\[(html|moodle|plain|markdown)\]", text)
    bare = text[named.end() :] if named else text
    said = re.sub(r"\\(.)", lambda sign: "\n" if sign[1] == "n" else sign[1], bare, flags=re.S).strip()
    is_html = named[1] in ("html", "moodle") if named else re.search(r"<[a-z/][^<>]*>", said, re.I)
    if not is_html:
        return str(escape(said)).replace("\n", "<br>")
    return said


def escaped(html: str) -> str:
    """HTML with a backslash before what GIFT reads as its own, and on one line: a blank line ends a question.

    A backslash itself is written as HTML has it, for readers differ in what they make of two, and of an n behind them.
    """
    return _CONTROL.sub(r"\\\g<0>", html.replace("\\", "&#92;")).replace("\n", "\\n")


def _question(case: Case) -> str:
    title = _CONTROL.sub(r"\\\g<0>", case.head.title)
    if title.endswith(":"):
        title += " "  # readers would take a colon at the end for the first of the two that close the title
    lines = [
        f"// [id:{case.head.slug}]",
        f"// {embed(case)}",
        f"::{title}::[html]{escaped(story_html(case))}<p>{escaped(str(escape(case.question)))}</p>{{",
    ]
    for choice in choices(case):
        weight = "=" if choice.answer == case.head.key.dominant else "~%100%" if choice.accepted else "~"
        feedback = f"#[html]{escaped(choice.feedback)}" if choice.feedback else ""
        lines.append(f"{weight}[html]{escaped(choice.name)}{feedback}")
    return "\n".join([*lines, f"####[html]{escaped(key_html(case))}", "}"])
