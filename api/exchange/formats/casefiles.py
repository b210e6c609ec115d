"""Case files, alone, in a folder or in a zip: everything that a vignette is, and nothing lost."""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from api.exchange.formats import archive
from api.exchange.formats.rows import (
    Current,
    Finding,
    Progress,
    Refused,
    Row,
    case_file_row,
    decode,
    limit,
    limit_rows,
    nothing_known,
    quiet,
)
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.reading import LARGEST_FILE

# What browsers and systems add to the name of a file that is there already.
_COPY = re.compile(r"^copy of +|(?<! )(?: *\(\d{1,3}\)| +copy(?: \d{1,3})?| +- copy(?: \(\d{1,3}\))?| +\d{1,3})$", re.I)


def files(cases: Iterable[Case]) -> dict[str, bytes]:
    """The case files by name."""
    return {f"{case.head.slug}.md": write(case).encode() for case in cases}


def dump(cases: Iterable[Case]) -> bytes:
    """A zip of case files."""
    return archive.pack(files(cases))


def load(data: bytes, progress: Progress = quiet, _current: Current = nothing_known) -> list[Row]:
    """The rows of a zip of case files."""
    return load_files(archive.unpack(limit(data), _is_wanted), progress)


def load_files(named: Mapping[str, bytes], progress: Progress = quiet) -> list[Row]:
    """The rows of files by their path; what is no case file (`README.md`, hidden files, …) is passed over."""
    chosen = {name: data for name, data in named.items() if _is_case_file(PurePosixPath(name))}
    if not chosen:
        raise Refused(
            "There is no case file (*.md) in it. Tables, packages and documents are sent by themselves, unpacked."
        )
    limit_rows(len(chosen))
    rows = []
    for name, data in chosen.items():
        rows.append(load_one(name, data))
        progress(len(rows), len(chosen))
    return rows


def load_one(name: str, data: bytes) -> Row:
    """The row of one case file, whose name without its ending has to be the slug."""
    if len(data) > LARGEST_FILE:
        return _unread(name, f"the file is larger than {LARGEST_FILE} bytes; a case file is a page of text")
    try:
        text = decode(data)
    except Refused as refused:
        return _unread(name, str(refused))
    return case_file_row(name, text, _COPY.sub("", PurePosixPath(name).stem))


def _unread(name: str, message: str) -> Row:
    return Row(name, None, "", (Finding(name, message),))


def _is_wanted(name: str) -> bool:
    return _is_case_file(PurePosixPath(name))


def _is_case_file(path: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() == ".md" and path.name != "README.md" and not hidden
