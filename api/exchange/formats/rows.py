"""What every reader of a format gives: rows, each with its case or its findings; or one refusal of the whole file."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from dataclasses import dataclass

from api.vignettes.case import Case
from api.vignettes.checking import check

LARGEST_UPLOAD = 32 * 1024 * 1024  # bytes; ten thousand vignettes like those we ship are 25 MB of JSON
MOST_ROWS = 20_000

Progress = Callable[[int, int], None]
"""Is told how many rows are read, and of how many."""


Current = Callable[[str], Case | None]
"""Gives the case that a slug has now: a field that is not in a file stays as it is there."""


class Refused(ValueError):
    """A file that is not read at all; its text is one sentence that says why and what would help."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong, and where, for people: `row 7, column level` or `julie.md, line 12`."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One vignette of a file: its case, the case file's text, and everything found; good when nothing was.

    `notes` say what the file does not carry, or what of it is not taken; a draft can be begun without.
    A row that is `passed` over is told and is no fault of the file.
    """

    place: str
    case: Case | None
    source: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    passed: bool = False


def quiet(done: int, total: int) -> None:
    """Tells no one how far reading is."""


def nothing_known(_slug: str) -> Case | None:
    """The library of anyone who has none."""
    return None


def limit(data: bytes) -> bytes:
    """The data, if there is some and it is not too large."""
    if len(data) > LARGEST_UPLOAD:
        raise Refused(f"The file is larger than {LARGEST_UPLOAD // 2**20} MB. Split it into smaller files.")
    if not data.strip():
        raise Refused("The file is empty.")
    return data


def limit_rows(number: int) -> None:
    """Refuses files with more vignettes than are read at once."""
    if number > MOST_ROWS:
        raise Refused(f"The file holds more than {MOST_ROWS:,} vignettes. Split it into smaller files.")


def decode(data: bytes) -> str:
    """The text of bytes in UTF-8, with or without a mark at the start, or in UTF-16 with one."""
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(
            "The file is not text in UTF-8: in a spreadsheet save it as “CSV UTF-8”, in an editor choose UTF-8."
        ) from None


def case_file_row(place: str, text: str, stem: str | None) -> Row:
    """The row of a case file's text; `stem` is the name that its slug has to equal."""
    case, faults = check(text, stem)
    return Row(place, case, text, tuple(Finding(f"{place}, line {f.line}", f.message) for f in faults))
