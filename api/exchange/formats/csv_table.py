"""CSV for people with a spreadsheet: one vignette a row, in UTF-8 with a mark that Excel needs to see."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from api.exchange.formats.columns import COLUMNS, Cell, cells, notes
from api.exchange.formats.rows import Current, Progress, Refused, Row, decode, limit, limit_rows, nothing_known, quiet
from api.exchange.formats.tables import Line, TextCell, read_table
from api.kit.spreadsheet import bare_cell, csv_text
from api.vignettes.case import Case

LARGEST_CELL = 131_072  # characters
_MOST_COLUMNS = 100
_SEPARATOR = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)', re.I)


def dump(cases: Iterable[Case]) -> bytes:
    """The table, with its columns named in the first row."""
    return _write([cells(case) for case in cases])


def template(example: Case) -> bytes:
    """A table with one vignette, and below it what each column holds."""
    return _write([cells(example), *([name, explains] for name, explains in notes())])


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a table whose cells are parted by commas, semicolons or tabs."""
    text, parted_by = _parted(decode(limit(data)).lstrip("\ufeff"))
    if csv.field_size_limit() < LARGEST_CELL:
        csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=parted_by, strict=True)
    table: list[Line] = []
    try:
        for values in reader:
            table.append((len(table) + 1, [TextCell(bare_cell(value)) for value in values[:_MOST_COLUMNS]]))
    except csv.Error as error:
        raise Refused(f"The file is not CSV: in row {len(table) + 1} {_plainly(error)}.") from None
    limit_rows(len(table))
    return read_table(table, len(table), progress, current)


def _parted(text: str) -> tuple[str, str]:
    """The text below Excel's `sep=` line, and the sign that parts its cells."""
    if said := _SEPARATOR.match(text):
        return text[said.end() :], said[1]
    first = next((line for line in text.splitlines() if line.strip(' \t,;"\ufeff')), "")
    return text, max(",;\t", key=first.count)


def _plainly(error: csv.Error) -> str:
    """What is wrong, in our words."""
    if "field larger" in str(error):
        return f"a cell has more than {LARGEST_CELL:,} characters"
    return "a quotation mark is opened and not closed, or text stands behind the closing one"


def _write(table: Iterable[Iterable[Cell]]) -> bytes:
    return csv_text([(column.name for column in COLUMNS), *table]).encode("utf-8-sig")
