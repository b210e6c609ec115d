"""The statements that a version sends to its database, and whether a later schema still understands them."""

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

_READS_OR_WRITES = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_OWN = re.compile("pg_|sqlite_|PRAGMA|alembic_version")
_PLACE = {"sqlite": re.compile(r"\?"), "postgresql": re.compile(r"%(?:\(\w+\))?s")}


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Collects the statements of every engine, without their values."""
    statements: set[str] = set()

    def hear(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_READS_OR_WRITES) and not _OWN.search(statement):
            statements.add(re.sub(r"\s+", " ", statement.strip()))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def keep(path: Path, statements: set[str]) -> None:
    path.write_bytes(gzip.compress(json.dumps(sorted(statements)).encode(), mtime=0))


def kept(path: Path) -> list[str]:
    found: list[str] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def not_understood(connection: Connection, statements: list[str]) -> list[str]:
    """Those that this database cannot even plan, because a table or column that they name is gone."""
    found = []
    for statement in statements:
        plain = _PLACE[connection.dialect.name].sub("NULL", statement)
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"EXPLAIN {plain}")
        except DBAPIError as error:
            found.append(f"{error.orig}: {statement}")
    return found
