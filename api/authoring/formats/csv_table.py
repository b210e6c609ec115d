"""CSV for people with a spreadsheet: one vignette a row, in UTF-8 with a mark that Excel needs to see."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from api.authoring.formats.columns import COLUMNS, Cell, Column, cells, header, is_note, notes, read_row
from api.authoring.formats.rows import Finding, Progress, Refused, Row, decode, limit, limit_rows, quiet
from api.library.case import Case

# What spreadsheets take for the start of a formula; full-width signs too, which some of them fold.
_FORMULA = re.compile("\\A'*[=+\\-@\t\r\n＝＋－＠]")
_MOST_COLUMNS = 100


def dump(cases: Iterable[Case]) -> bytes:
    """The table, with its columns named in the first row."""
    return _write([cells(case) for case in cases])


def template(example: Case) -> bytes:
    """A table with one vignette, and below it what each column holds."""
    return _write([cells(example), *([name, explains] for name, explains in notes())])


def load(data: bytes, progress: Progress = quiet) -> list[Row]:
    """The rows of a table whose cells are parted by commas, semicolons or tabs."""
    text = decode(limit(data))
    first = text.split("\n", 1)[0]
    parted_by = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(StringIO(text, newline=""), delimiter=parted_by, strict=True))
    except csv.Error as error:
        raise Refused(f"The file is not CSV: {error}.") from None
    columns = header(table[0][:_MOST_COLUMNS] if table else [])
    limit_rows(len(table))
    rows = []
    for number, values in enumerate(table[1:], 2):
        given = [bare(value).replace("\r\n", "\n").replace("\r", "\n") for value in values[:_MOST_COLUMNS]]
        if not is_note(given):
            rows.append(_row(f"row {number}", columns, given))
        progress(number, len(table))
    if not rows:
        raise Refused("The table has no vignette below its first row.")
    return rows


def tame(text: str) -> str:
    """The text so that no spreadsheet runs it: with an apostrophe before what looks like a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def bare(text: str) -> str:
    """What `tame` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _row(place: str, columns: list[Column], values: list[str]) -> Row:
    if any(value.strip() for value in values[len(columns) :]):
        return Row(place, None, "", (Finding(place, "has more cells than the first row names columns"),))
    return read_row(place, columns, values)


def _write(table: Iterable[Iterable[Cell]]) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in COLUMNS)
    writer.writerows(["" if cell is None else tame(str(cell)) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")
