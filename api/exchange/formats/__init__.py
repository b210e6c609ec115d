"""The formats in which vignettes are exchanged: how each is called, written and, where it can be, read."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from api.exchange.formats import anki, anki_reading, casefiles, csv_table, gift, json_document, qti, qti_reading, xlsx
from api.exchange.formats.rows import Current, Progress, Refused, Row, nothing_known
from api.vignettes.case import Case


class Load(Protocol):
    """Gives the rows of a file's bytes."""

    def __call__(self, data: bytes, progress: Progress = ..., current: Current = ..., /) -> list[Row]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """One format. `load` gives the rows of a file's bytes; None where the format is only written."""

    name: str
    label: str
    ending: str
    media_type: str
    dump: Callable[[Iterable[Case]], bytes]
    load: Load | None = None
    template: Callable[[Case], bytes] | None = None
    other_endings: tuple[str, ...] = ()


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TABLES = (".tsv", ".tab", ".txt")
_TOLD = dict.fromkeys(
    (".xls", ".xlsb", ".ods", ".numbers"), "This kind of spreadsheet is not read. Save it as .xlsx or as “CSV UTF-8”."
)
_NAMES_SLUG = re.compile(rb"(?:^|[,;\t])\W{0,3}slug\W?(?:[,;\t\r\n]|$)", re.I | re.M)
_ALL = (
    Format("zip", "Case files in a zip", ".zip", "application/zip", casefiles.dump, casefiles.load),
    Format("json", "JSON", ".json", "application/json", json_document.dump, json_document.load),
    Format(
        "csv", "CSV", ".csv", "text/csv; charset=utf-8", csv_table.dump, csv_table.load, csv_table.template, _TABLES
    ),
    Format("xlsx", "Excel workbook", ".xlsx", _SHEET, xlsx.dump, xlsx.load, xlsx.template),
    Format("gift", "Moodle GIFT", ".gift", "text/plain; charset=utf-8", gift.dump, gift.load),
    Format("qti", "QTI 3.0 package", ".zip", "application/zip", qti.dump, qti_reading.load),
    Format("qti21", "QTI 2.1 package", ".zip", "application/zip", qti.dump_21),
    Format("anki", "Anki package", ".apkg", "application/octet-stream", anki.dump, anki_reading.load),
)
FORMATS = {form.name: form for form in _ALL}
READABLE = tuple(form for form in _ALL if form.load)


def read_file(name: str, data: bytes, progress: Progress, current: Current = nothing_known) -> list[Row]:
    """The rows of a file in whichever readable format its name's ending and its contents say; a single case file too.

    Fields that are not in the file stay as they are in what `current` gives.
    """
    ending = PurePath(name).suffix.lower()
    if ending == ".md":
        row = casefiles.load_one(PurePath(name).name, data)
        progress(1, 1)
        return [row]
    if ending in _TOLD:
        raise Refused(_TOLD[ending])
    if ending == ".zip" and _is_package(data):
        return qti_reading.load(data, progress, current)
    if ending == ".txt" and not _is_table(data):
        return gift.load(data, progress, current)
    for form in READABLE:
        if form.load and (form.ending == ending or ending in form.other_endings):
            return form.load(data, progress, current)
    endings = ", ".join(form.ending for form in READABLE)
    raise Refused(f"The ending “{ending[:20]}” is not read; files end in .md, {endings}.")


def _is_package(data: bytes) -> bool:
    """Whether a zip is a content package: its directory names a manifest and no case file."""
    return qti_reading.MANIFEST.encode() in data and b".md" not in data[-100_000:]


def _is_table(data: bytes) -> bool:
    """Whether text is a table rather than questions: a row names the slug, or nothing opens an answer."""
    plain = data.replace(b"\0", b"")
    return b"{" not in plain or _NAMES_SLUG.search(plain[:4000]) is not None
