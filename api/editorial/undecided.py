"""A draft in which nothing is chosen yet: its level, its key and its sizes stand as `null` in the file.

Such a file is read with stand-ins, so that its form, its advice and its story can be shown; what is left open is told
beside it and keeps the draft from going on.
"""

import re
from collections.abc import Collection
from typing import Final, Literal

from api.kit.plain_text import tidy
from api.kit.yaml import Fault
from api.vignettes.case import Case
from api.vignettes.checking import check
from api.vignettes.reading import HEAD

Choice = Literal["level", "dominant", "blend"]

# For each choice: the line while it is open, the line that stands in for it, and how a made choice is written.
_LINES: Final[dict[Choice, tuple[re.Pattern[str], str, re.Pattern[str]]]] = {
    "level": (re.compile(r"^level: null$", re.M), "level: 1", re.compile(r"^level: \d$", re.M)),
    "dominant": (
        re.compile(r"^  dominant: null$", re.M),
        "  dominant: drive",
        re.compile(r"^  dominant: \w{1,10}$", re.M),
    ),
    "blend": (
        re.compile(r"^  blend: null$", re.M),
        "  blend: {threat: [0, 100], drive: [0, 100], soothing: [0, 100]}",
        re.compile(r"^  blend:(?:\n    \w{1,10}: \[.{0,20}\]){3}$", re.M),
    ),
}
_OPEN: Final[dict[Choice, str]] = {"level": "level: null", "dominant": "  dominant: null", "blend": "  blend: null"}
_SAID: Final[dict[Choice, str]] = {
    "level": "the level is not chosen yet",
    "dominant": "the biggest system is not chosen yet",
    "blend": "the sizes are not given yet",
}


def stand_in(source: str) -> tuple[str, tuple[Choice, ...]]:
    """The file with stand-ins on the same lines, and what is left open in it."""
    source = tidy(source)
    head = HEAD.match(source)
    if head is None:
        return source, ()
    text, found = head[0], []
    for choice, (line, instead, _) in _LINES.items():
        text, count = line.subn(instead, text, count=1)
        if count:
            found.append(choice)
    return (text + source[head.end() :], tuple(found)) if found else (source, ())


def leave_open(text: str, choices: Collection[Choice]) -> str:
    """A file, or its front matter alone, as `case_file_writer` writes it, with these choices open."""
    for choice in choices:
        text = _LINES[choice][2].sub(_OPEN[choice], text, count=1)
    return text


def check_draft(source: str, slug: str) -> tuple[Case | None, list[Fault], tuple[Choice, ...]]:
    """As `check`, with the open choices as faults; those of a key that is not chosen are not told."""
    stood, choices = stand_in(source)
    case, faults = check(stood, slug)
    if case is None or not choices:
        return case, faults, ()
    lines = stood.split("\n")
    missing = [Fault(lines.index(_LINES[choice][1]) + 1, 1, _SAID[choice]) for choice in choices]
    return case, missing if "dominant" in choices else sorted([*missing, *faults]), choices
