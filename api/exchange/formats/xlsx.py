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
from api.exchange.formats.columns import COLUMNS, Cell, cells, notes
from api.exchange.formats.rows import Current, Progress, Refused, Row, limit, limit_rows, nothing_known, quiet
from api.exchange.formats.tables import Line, TextCell, names_columns, read_table
from api.vignettes.case import Case

SHEET, NOTES = "Vignettes", "What goes where"
LARGEST_CELL = 32_767  # characters, Excel's own limit
_MOST_COLUMNS = len(COLUMNS) + 10
_LAST_ROW = 1_048_576  # of Excel; beyond it a file only pretends
_WIDE = {"story", "why", "why threat", "why drive", "why soothing", "to talk about"}
# Excel has no use for these, and XML readers stretch or fetch what they declare; UTF-16 hides them from a plain look.
_DECLARES = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T|E\x00?N\x00?T)", re.I)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([^\"']*)")
# How workbooks write what XML cannot hold, such as a soft return; half a character stays as it is written.
_ESCAPED = re.compile("_x((?!d[89a-f])[0-9a-f]{4})_", re.I)
_LIKE_ESCAPED = re.compile("_(?=x[0-9a-f]{4}_)", re.I)
_FIRST_ROWS = 20
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

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


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of the sheet “Vignettes”, or of the first one that names the columns."""
    where, table = _table(_sound(limit(data)))
    return read_table(table, table[-1][0] if table else 1, progress, current, where)


def _sound(data: bytes) -> bytes:
    """The data, if it unpacks within the limits and none of its XML declares anything."""
    if data.startswith(_OLD_OR_LOCKED):
        raise Refused("The workbook has a password or is an old .xls. Save it as .xlsx without a password.")
    if not data.startswith(b"PK"):
        raise Refused(
            "The file is no workbook, whatever its name says. Open it in your spreadsheet and save it as .xlsx."
        )
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


def _table(data: bytes) -> tuple[str, list[Line]]:
    """The sheet that is read, as it is told, and its lines that hold something."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
            book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheets = sorted(book.worksheets, key=lambda sheet: not sheet.title.strip().lower().startswith("vignettes"))
            chosen = next((sheet for sheet in sheets if _names_columns(sheet)), None)
            if chosen is None:
                names = ", ".join(f"“{sheet.title[:30]}”" for sheet in book.worksheets[:5])
                raise Refused(
                    f"No sheet has a first row that names the columns, slug among them: we looked at {names}."
                )
            return f" on the sheet “{chosen.title[:40]}”", list(_lines(chosen, _LAST_ROW))
    except Refused:
        raise
    except Exception as error:  # whatever odd XML makes openpyxl stumble over
        raise Refused(_DAMAGED) from error


def _names_columns(sheet: Any) -> bool:
    return any(names_columns(cells) for _, cells in _lines(sheet, _FIRST_ROWS))


def _lines(sheet: Any, last: int) -> Iterator[Line]:
    """The lines that hold something, by number."""
    found = 0
    sheet.reset_dimensions()
    for number, line in enumerate(sheet.iter_rows(max_row=last, max_col=_MOST_COLUMNS), 1):
        if any(cell.value is not None for cell in line):
            limit_rows(found := found + 1)
            yield number, [_read(cell) for cell in line]


def _read(cell: Any) -> TextCell:
    kind, value = cell.data_type, cell.value
    if value is None:
        return TextCell("")
    if kind == "f":
        return TextCell("?", "contains a formula: type the text instead")
    if kind == "d":
        return TextCell("?", "was turned into a date by the spreadsheet; make the column text and write it again")
    if kind == "e":
        return TextCell("?", f"holds an error of the spreadsheet, {str(value)[:20]}")
    if isinstance(value, bool):
        return TextCell("true" if value else "false")
    if isinstance(value, int | float) and "%" in (cell.number_format or ""):
        value = round(value * 100, 6)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return TextCell(_ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), str(value)))


def _cell(sheet: Any, value: Cell, bold: bool = False) -> Any:
    if isinstance(value, str):
        value = _LIKE_ESCAPED.sub("_x005F_", value)
    if isinstance(value, str) and len(value) > LARGEST_CELL:
        raise Refused(
            f"A text is longer than the {LARGEST_CELL:,} characters that a cell can hold; export JSON instead."
        )
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # Text stays text, also what looks like a formula, and also after someone has edited the cell.
        cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
