"""Where to find help: lines that the organisation sets, in a file of its own."""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from api.kit.refusals import details, told
from api.kit.suggest import did_you_mean
from api.kit.yaml import Document, Fault, clean, parse
from api.session_plans.parts import Frozen, Line

LARGEST_FILE = 16_000  # bytes


class Help(Frozen):
    """One way to find help."""

    who: Line
    when: Line = Field(description="What it is for, and when it can be reached.")
    call: Line | None = Field(None, description="A number as people dial it.")
    text: Annotated[Line, Field(pattern=r"^.+ to [0-9 ]+$")] | None = Field(
        None, description="What to text and the number to text it to, such as “SHOUT to 85258”."
    )
    web: Annotated[Line, Field(pattern=r"^https://")] | None = None


class Signposting(Frozen):
    """Where to find help in one nation: shown on every page that speaks of help, most urgent line first."""

    nation: Line
    defaults: bool = Field(
        False, description="Whether these are the product's own lines, which the organisation has not looked at yet."
    )
    checked: date | None = Field(None, description="The day on which someone last checked every number.")
    no_watching: Line = Field(
        description="That what people enter is not monitored, so no one will notice distress here."
    )
    lines: Annotated[tuple[Help, ...], Field(min_length=1, max_length=8)]


def read_signposting(text: str) -> tuple[Signposting | None, list[Fault]]:
    """The lines of a file's text, or every fault why there are none."""
    text, faults = clean(text, LARGEST_FILE, "a few lines are enough")
    if faults:
        return None, faults
    document, faults = parse(text, "the file", "nation: England")
    if document is None:
        return None, faults
    try:
        return Signposting.model_validate(document.data), []
    except ValidationError as error:
        return None, sorted(_fault(document, detail["loc"], detail["type"], told(detail)) for detail in details(error))


def load_signposting(path: Path) -> tuple[Signposting | None, list[Fault]]:
    """The lines of a file; a fault if it is not there."""
    try:
        return read_signposting(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return None, [Fault(1, 1, f"the file cannot be read as UTF-8 text: {error}")]


class UnreadableSignposting(Exception):
    """The organisation's lines cannot be read: told before the start, since no one would find them missing later."""


def needed_signposting(path: Path) -> Signposting:
    """The lines of a file, or UnreadableSignposting with one sentence on where its first fault is."""
    found, faults = load_signposting(path)
    if found is None:
        fault = faults[0]
        place = f"{path}:{fault.line}:{fault.column}"
        raise UnreadableSignposting(
            f"The lines on where to find help cannot be read. {place}: {fault.message}. "
            "THREE_CIRCLES_SIGNPOSTING_FILE names the file; “three-circles plans check” finds every fault."
        )
    return found


def _fault(document: Document, path: tuple[int | str, ...], kind: str, message: str) -> Fault:
    if kind == "extra_forbidden":
        message += did_you_mean(str(path[-1]), (Help if path[0] == "lines" else Signposting).model_fields)
    elif kind == "string_pattern_mismatch":
        message = "starts with https://" if path[-1] == "web" else "says what to text and where, like SHOUT to 85258"
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return Fault(*document.place(path), f"{name}: {message}")
