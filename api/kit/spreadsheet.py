"""Tables for spreadsheets that run nothing: every CSV that is given out is written here."""

import csv
import unicodedata
from collections.abc import Iterable
from io import StringIO

_SIGNS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n\0")
# Blanks, controls, formats (zero width, soft hyphen, byte order, direction) and marks without a letter.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs", "Mn", "Me"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what some spreadsheet takes for a formula."""
    return f"'{text}" if _begins_formula(text) else text


def bare_cell(text: str) -> str:
    """What `safe_cell` was given."""
    return text[1:] if text.startswith("'") and _begins_formula(text) else text


def csv_text(table: Iterable[Iterable[object]]) -> str:
    """The rows as CSV, every text through `safe_cell`; None is an empty cell."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in table)
    return text.getvalue()


def _begins_formula(text: str) -> bool:
    for character in text:
        # Some programs fold full-width and small signs into the plain ones.
        if character in _BREAKS or unicodedata.normalize("NFKC", character)[:1] in _SIGNS:
            return True
        if character != "'" and character not in _FILLERS and unicodedata.category(character) not in _UNSEEN:
            return False
    return False
