"""SQL over a whole batch that travels as one JSON array, on SQLite and PostgreSQL.

One statement for many rows: building and stepping a statement for each row costs a third of the writer's time.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, CursorResult

# In a statement `{batch}` is the table of the batch's items, each an array in the column `value`;
# `{json N}` and `{time N}` are its Nth part as a JSON document and as a time in UTC, and `{lock T}` keeps the rows of
# table T from others until the commit, which SQLite does for the whole database anyway.
_DIALECTS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {"batch": "json_each(?)", "json": "value ->> {}", "time": "value ->> {}", "lock": ""},
    "postgresql": {
        "batch": "json_array_elements(CAST(%s AS JSON))",
        "json": "CAST(value ->> {} AS JSON)",
        "time": "CAST(value ->> {} || '+00' AS TIMESTAMPTZ)",
        "lock": "FOR UPDATE OF {}",
    },
}

# As SQLAlchemy keeps times in SQLite; in PostgreSQL the zone is added above.
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


class JsonBatch:
    """A statement over a batch, made once for each database."""

    def __init__(self, sql: str, **columns: str) -> None:
        """`columns` gives pieces of the statement that name a kind and place, such as cues="json 7"."""
        self._made = {dialect: _make(sql, columns, words) for dialect, words in _DIALECTS.items()}

    def execute(self, connection: Connection, batch: list[Any]) -> CursorResult[*tuple[Any, ...]]:
        """Runs it over the items, each a sequence of plain values."""
        # Straight to the driver: there is nothing left for SQLAlchemy to compile.
        return connection.exec_driver_sql(self._made[connection.dialect.name], (to_json(batch).decode(),))


def _make(sql: str, columns: Mapping[str, str], words: Mapping[str, str]) -> str:
    pieces = {"batch": words["batch"]}
    for name, column in columns.items():
        kind, place = column.split()
        pieces[name] = words[kind].format(place)
    return sql.format(**pieces)
