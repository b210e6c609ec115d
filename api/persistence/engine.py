"""The database: engine, SQLite pragmas, the session dependency, and times that are always UTC."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Integer, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

# The first with the operators of JSON in which batches travel.
OLDEST_SQLITE = (3, 38, 0)
# How long a write waits for a lock before it is refused with 503.
BUSY_SECONDS = 2

# No one who votes waits longer than this for the log to be emptied; who is in the way is asked again an hour later.
SWEEP_MILLISECONDS = 200

# The most that an INTEGER of PostgreSQL holds: a larger number in an address is no row.
LARGEST_ID = 2**31 - 1

# SQLite numbers rows by itself only in a column that is declared INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """A time with its zone, kept and given back in UTC; SQLite would give it back without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL; a SQLite file's folder is made when missing.

    Parameters are kept out of error messages: they hold what people wrote.
    """
    if not url.startswith("sqlite"):
        limits = {
            "connect_timeout": BUSY_SECONDS,
            "options": f"-c lock_timeout={BUSY_SECONDS * 1000}",
            "fallback_application_name": "three-circles",
        }
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=10, connect_args=limits, hide_parameters=True
        )
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun below: the driver's own begins too late to make reading and writing one step.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-64000",
        "wal_autocheckpoint=8000",
        "secure_delete=ON",  # what is deleted is overwritten; the library's own choice differs from build to build
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def truncate_wal(engine: Engine) -> bool:
    """Empties SQLite's log, in which deleted rows stand until it is written over. Says whether no one was in the way.

    PostgreSQL does the like by itself (VACUUM).
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={SWEEP_MILLISECONDS}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return not busy
    finally:
        connection.close()


def write_engine(engine: Engine) -> Engine:
    """The same pool, whose transactions take SQLite's write lock when they begin."""
    return engine.execution_options(writes=True)


def table(model: type[SQLModel]) -> Table:
    """The table of a model."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


def insert_into(table: Table, connection: Connection) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of this connection."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the database could not take part at all (locked, full, gone), as against refusing this row."""
    return isinstance(error, OperationalError) or error.connection_invalidated
