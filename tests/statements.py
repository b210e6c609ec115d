"""Counts what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted(engine: Engine | Connection) -> Iterator[list[str]]:
    """What runs meanwhile on the engine, or on one connection of it; many rows in one call are one statement."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        # SQLAlchemy's own look at a new connection depends on the pool, not on what is measured.
        if not statement.startswith(("select pg_catalog.version", "show ", "select current_schema")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
