"""A table of ratings in CSV, with the columns unit, rater and label."""

import csv
from io import StringIO

from api.exchange.formats.rows import Refused, decode, limit

_COLUMNS = ("unit", "rater", "label")


def read_ratings(data: bytes) -> dict[str, dict[str, str]]:
    """Unit -> rater -> label. Raises Refused with one sentence that names the row."""
    text = decode(limit(data))
    parted_by = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        table = list(csv.reader(StringIO(text, newline=""), delimiter=parted_by, strict=True))
    except csv.Error as error:
        raise Refused(f"The file is not CSV: {error}.") from None
    names = [name.strip().lower() for name in table[0]]
    if any(names.count(name) != 1 for name in _COLUMNS):
        raise Refused("The first row names the columns: unit, rater and label, each once.")
    places = [names.index(name) for name in _COLUMNS]
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        unit, rater, label = (row[place].strip() if place < len(row) else "" for place in places)
        if not (unit and rater and label):
            raise Refused(f"Row {number} is not complete: it needs a unit, a rater and a label.")
        if rater in found.setdefault(unit, {}):
            raise Refused(f"Row {number}: {rater[:40]} rates {unit[:40]} a second time.")
        found[unit][rater] = label
    if not found:
        raise Refused("The table has no rating below its first row.")
    return found
