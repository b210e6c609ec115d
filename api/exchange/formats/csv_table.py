"""CSV for people with a spreadsheet: one vignette a row, in UTF-8 with a mark that Excel needs to see."""

import csv
from collections.abc import Iterable
from io import StringIO

from api.exchange.formats.columns import COLUMNS, Cell, Column, cells, header, is_note, notes, read_row
from api.exchange.formats.rows import Finding, Progress, Refused, Row, decode, limit, limit_rows, quiet
from api.kit.spreadsheet import bare_cell, csv_text
from api.vignettes.case import Case

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
        given = [bare_cell(value).replace("\r\n", "\n").replace("\r", "\n") for value in values[:_MOST_COLUMNS]]
        if not is_note(given):
            rows.append(_row(f"row {number}", columns, given))
        progress(number, len(table))
    if not rows:
        raise Refused("The table has no vignette below its first row.")
    return rows


def _row(place: str, columns: list[Column], values: list[str]) -> Row:
    if any(value.strip() for value in values[len(columns) :]):
        return Row(place, None, "", (Finding(place, "has more cells than the first row names columns"),))
    return read_row(place, columns, values)


def _write(table: Iterable[Iterable[Cell]]) -> bytes:
    return csv_text([(column.name for column in COLUMNS), *table]).encode("utf-8-sig")
