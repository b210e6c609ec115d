"""Copies of a SQLite database, taken while a server writes to it, and put back while none does."""

import sqlite3
from contextlib import closing
from pathlib import Path

from api.operations.trouble import OperatorError

PATIENCE = 30.0  # seconds for a lock; a commit takes far less
REVISION = "SELECT version_num FROM alembic_version"


def dump(source: Path, target: Path) -> tuple[str, dict[str, int]]:
    """Copies a database that may be in use. Gives the schema's revision and the number of rows of each table.

    The rows are counted in the very state that is copied; anyone who writes meanwhile does not wait.
    """
    if not source.exists():
        raise OperatorError(
            f"There is no database at {source}. Check that THREE_CIRCLES_DATA_DIR is the server’s folder."
        )
    with closing(sqlite3.connect(source, timeout=PATIENCE, isolation_level=None)) as live:
        live.execute("BEGIN")  # one state from here on, for the counts and the copy
        revision = revision_of(live)
        rows = counts(live)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a second one beside it
        live.execute("ROLLBACK")
    check(target, rows)
    return revision, rows


def check(path: Path, rows: dict[str, int]) -> None:
    """Raises Trouble unless the file is sound and holds so many rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise OperatorError(f"The copy is damaged: SQLite says “{found}”. Check the disk, then try again.")
        if (counted := counts(connection)) != rows:
            different = sorted(name for name in rows.keys() | counted.keys() if rows.get(name) != counted.get(name))
            raise OperatorError(f"The copy does not match the backup in {', '.join(different)}. Try again.")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The number of rows of each table."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # a table's own name
        for (name,) in names.fetchall()
    }


def revision_of(connection: sqlite3.Connection) -> str:
    try:
        return str(connection.execute(REVISION).fetchone()[0])
    except (sqlite3.OperationalError, TypeError):
        raise OperatorError("The database has no tables of Three Circles.") from None


def is_empty(path: Path) -> bool:
    """Whether there is no table yet, or no file."""
    if not path.exists():
        return True
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
        return not counts(connection)


def restore(source: Path, target: Path) -> None:
    """Puts a copy in the place of a database, in one transaction. Raises Trouble while a server has it open."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as live,
        closing(sqlite3.connect(source, isolation_level=None)) as copy,
    ):
        try:
            live.execute("PRAGMA locking_mode = EXCLUSIVE")
            live.execute("PRAGMA synchronous = FULL")
            # Every connection of a server holds the write-ahead log open, and only the last one may end it.
            live.execute("PRAGMA journal_mode = DELETE")
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
        except sqlite3.OperationalError:
            raise OperatorError(f"A server is using {target}. Stop it, then restore.") from None
        copy.backup(live)
