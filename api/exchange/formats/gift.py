"""Moodle GIFT: each vignette as a multiple choice question, in a category for its level. It is written, not read.

The format is told at docs.moodle.org under "GIFT format". Everything is HTML and says so, because text that starts with
a bracket would else be taken for the name of another markup.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from markupsafe import escape

from api.exchange.formats.wording import choices, key_html, story_html
from api.vignettes.case import Case

_CONTROL = re.compile(r"[\\~=#{}:]")


def dump(cases: Iterable[Case]) -> bytes:
    """The questions in UTF-8, sorted by level. Every accepted answer counts 100 %."""
    parts: list[str] = []
    ordered = sorted(cases, key=lambda case: case.head.level)
    for level, group in groupby(ordered, key=lambda case: case.head.level):
        parts.append(f"$CATEGORY: $course$/top/Three Circles/Level {level}")
        parts += [_question(case) for case in group]
    return ("\n\n".join(parts) + "\n").encode()


def escaped(text: str) -> str:
    """The text with a backslash before what GIFT reads as its own, and on one line: a blank line ends a question."""
    return _CONTROL.sub(r"\\\g<0>", text).replace("\n", "\\n")


def _question(case: Case) -> str:
    title = escaped(case.head.title)
    if title.endswith(":"):
        title += " "  # readers would take a colon at the end for the first of the two that close the title
    lines = [
        f"// [id:{case.head.slug}]",
        f"::{title}::[html]{escaped(story_html(case))}<p>{escaped(str(escape(case.question)))}</p>{{",
    ]
    for choice in choices(case):
        weight = "=" if choice.answer == case.head.key.dominant else "~%100%" if choice.accepted else "~"
        feedback = f"#[html]{escaped(choice.feedback)}" if choice.feedback else ""
        lines.append(f"{weight}[html]{escaped(choice.name)}{feedback}")
    return "\n".join([*lines, f"####[html]{escaped(key_html(case))}", "}"])
