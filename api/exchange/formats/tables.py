"""A table as spreadsheets give it, from its first row to the rows of vignettes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from api.exchange.formats.columns import Column, header, is_note, read_row
from api.exchange.formats.rows import Current, Finding, Progress, Refused, Row, nothing_known
from api.kit.plain_text import tidy

_FIRST_ROWS = 20  # among which the one that names the columns stands; above it titles and dates may stand


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell's text, and what is wrong with it if anything."""

    text: str
    odd: str | None = None


Line = tuple[int, Sequence[TextCell]]


def read_table(
    lines: Iterable[Line], total: int, progress: Progress, current: Current = nothing_known, where: str = ""
) -> list[Row]:
    """The rows below the first one that names columns. `where` is the sheet, for what is told.

    Raises Refused when no row names columns, or nothing stands below it.
    """
    given = iter(lines)
    columns = _header(given, where)
    rows = []
    for number, cells in given:
        values = [tidy(cell.text) for cell in cells]
        if not is_note(values):
            rows.append(_row(f"row {number}", columns, values, cells, current))
        progress(min(number, total), total)
    progress(total, total)
    if not rows:
        raise Refused(f"The table{where} has no vignette below its first row.")
    return rows


def names_columns(cells: Sequence[TextCell]) -> bool:
    """Whether a row is the one that names columns: one of them is the slug."""
    return any(_name(cell.text) == "slug" for cell in cells)


def letters(place: int) -> str:
    """A column's letters in a spreadsheet, from 0."""
    return (letters(place // 26 - 1) if place > 25 else "") + chr(ord("A") + place % 26)


def _header(given: Iterator[Line], where: str) -> list[Column | None]:
    first: Sequence[TextCell] | None = None
    for count, (_, cells) in enumerate(given):
        if not any(cell.text.strip() for cell in cells):
            continue
        if names_columns(cells):
            return header([_name(cell.text) for cell in cells])
        first = cells if first is None else first
        if count >= _FIRST_ROWS:
            break
    if first is None:
        raise Refused(f"The table{where} is empty.")
    return header([_name(cell.text) for cell in first])


def _name(title: str) -> str:
    return " ".join(tidy(title).replace("_", " ").lower().split())


def _row(
    place: str, columns: Sequence[Column | None], values: list[str], cells: Sequence[TextCell], current: Current
) -> Row:
    named = [f", column {column.name}" if column else "" for column in columns]
    names = chain(named, (f", column {letters(at)}" for at in range(len(columns), len(cells))))
    if odd := [Finding(place + name, cell.odd) for name, cell in zip(names, cells, strict=False) if cell.odd]:
        return Row(place, None, "", tuple(odd))
    if any(value.strip() for value in values[len(columns) :]):
        return Row(place, None, "", (Finding(place, "has more cells than the first row names columns"),))
    for at, column in enumerate(columns[: len(values)]):
        if column is None and values[at].strip():
            return Row(place, None, "", (Finding(f"{place}, column {letters(at)}", "this column has no name"),))
    pairs = [(column, value) for column, value in zip(columns, values, strict=False) if column is not None]
    return read_row(place, pairs, current)
