"""XLSX for people with a spreadsheet: the table of CSV on the first sheet, what its columns hold on the second."""

import re
import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from api.exchange.formats import archive
from api.exchange.formats.columns import COLUMNS, Cell, Column, cells, header, is_note, notes, read_row
from api.exchange.formats.rows import Finding, Progress, Refused, Row, limit, limit_rows, quiet
from api.vignettes.case import Case

SHEET, NOTES = "Vignettes", "What goes where"
LARGEST_CELL = 32_767  # characters, Excel's own limit
_MOST_COLUMNS = len(COLUMNS) + 10
_LAST_ROW = 1_048_576  # of Excel; beyond it a file only pretends
_WIDE = {"story", "why", "why threat", "why drive", "why soothing", "to talk about"}
# Excel has no use for these, and XML readers stretch or fetch what they declare; UTF-16 hides them from a plain look.
_DECLARES = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T)", re.I)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([^\"']*)")
_WINDOWS_BREAK = re.compile("_x000D_|\r\n|\r", re.I)

_DAMAGED = "The workbook cannot be read; open it in your spreadsheet and save it again as .xlsx."


def dump(cases: Iterable[Case]) -> bytes:
    """The workbook. Every cell is text or a number; none is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "B2"
    for number, column in enumerate(COLUMNS):
        letters = chr(ord("A") + number) if number < 26 else "A" + chr(ord("A") + number - 26)
        sheet.column_dimensions[letters].width = 60 if column.name in _WIDE else 18
    sheet.append([_cell(sheet, column.name, bold=True) for column in COLUMNS])
    for case in cases:
        sheet.append([_cell(sheet, value) for value in cells(case)])
    told = book.create_sheet(NOTES)
    told.column_dimensions["A"].width, told.column_dimensions["B"].width = 24, 100
    for name, explains in notes():
        told.append([_cell(told, name, bold=True), _cell(told, explains)])
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def template(example: Case) -> bytes:
    """A workbook with one vignette; its second sheet tells what each column holds."""
    return dump([example])


def load(data: bytes, progress: Progress = quiet) -> list[Row]:
    """The rows of the sheet “Vignettes”, or of the first one."""
    (_, first), *table = list(_table(_sound(limit(data)))) or [(1, [])]
    columns = header([value for value, _ in first])
    rows = []
    for done, (number, line) in enumerate(table, 1):
        if not is_note([value for value, _ in line]):
            rows.append(_row(f"row {number}", columns, line))
        progress(done, len(table))
    if not rows:
        raise Refused("The table has no vignette below its first row.")
    return rows


def _row(place: str, columns: list[Column], line: list[tuple[str, str | None]]) -> Row:
    names = [f", column {column.name}" for column in columns] + [""] * len(line)
    odd = [Finding(place + name, told) for name, (_, told) in zip(names, line, strict=False) if told]
    if odd:
        return Row(place, None, "", tuple(odd))
    if any(value.strip() for value, _ in line[len(columns) :]):
        return Row(place, None, "", (Finding(place, "has more cells than the first row names columns"),))
    return read_row(place, columns, [value for value, _ in line])


def _sound(data: bytes) -> bytes:
    """The data, if it unpacks within the limits and none of its XML declares anything."""
    try:
        parts = archive.unpack(data)
    except Refused as refused:
        raise Refused(str(refused).replace("The zip", "The workbook")) from None
    for name, part in parts.items():
        said = _ENCODING.match(part.lstrip(b"\xef\xbb\xbf \r\n\t")[:300])
        if _DECLARES.search(part) or (said and said[1].lower() not in (b"utf-8", b"utf-16")):
            raise Refused(
                f"The workbook declares things in {name[:60]} that no spreadsheet writes; please save it again."
            )
    return data


def _table(data: bytes) -> Iterator[tuple[int, list[tuple[str, str | None]]]]:
    """The lines that hold something, by number: the text of each cell, and what is wrong with it if anything."""
    found = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
            book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            for number, line in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS), 1):
                if any(cell.value is not None for cell in line):
                    limit_rows(found := found + 1)
                    yield number, [_read(cell) for cell in line]
    except Refused:
        raise
    except Exception as error:  # whatever odd XML makes openpyxl stumble over
        raise Refused(_DAMAGED) from error


def _read(cell: Any) -> tuple[str, str | None]:
    kind, value = cell.data_type, cell.value
    if value is None:
        return "", None
    if kind == "f":
        return "?", "contains a formula: type the text instead"
    if kind == "d":
        return "?", "was turned into a date by the spreadsheet; make the column text and write it again"
    if kind == "e":
        return "?", f"holds an error of the spreadsheet, {str(value)[:20]}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _WINDOWS_BREAK.sub("\n", str(value)), None


def _cell(sheet: Any, value: Cell, bold: bool = False) -> Any:
    if isinstance(value, str) and len(value) > LARGEST_CELL:
        raise Refused(
            f"A text is longer than the {LARGEST_CELL:,} characters that a cell can hold; export JSON instead."
        )
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Text stays text, also what looks like a formula, and also after somebody has edited the cell.
        cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
