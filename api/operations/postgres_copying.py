"""Copies of a PostgreSQL database through PostgreSQL's own tools."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from api.operations.trouble import OperatorError

TRIES, TRY_SECONDS = 8, 0.25
# Where a database that is replaced stands until the other one is there.
ASIDE = "three_circles_before_restore"
_COPY = re.compile(rb'^COPY (?:"?[^".]+"?\.)?"?([^" .(]+)"? \(')
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
_OTHERS = text(
    "SELECT coalesce(application_name, ''), count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend' GROUP BY 1"
)


def dump(engine: Engine, target: Path) -> tuple[str, dict[str, int]]:
    """Dumps a database that may be in use. Gives the schema's revision and the number of rows of each table.

    The rows are counted in the very state that is dumped; anyone who writes meanwhile does not wait.
    """
    pg_dump = tool("pg_dump", _server_version(engine))
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        rows = counts(connection)
        if "alembic_version" not in rows:
            raise OperatorError("The database has no tables of Three Circles.")
        revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        tables = [f'--table="{schema}"."{name}"' for name in rows]
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        _run([pg_dump, *options, *tables, *_where(engine.url)], engine.url)
    check(target, rows, tool("pg_restore", (0, "")))
    return revision, rows


def check(path: Path, rows: dict[str, int], pg_restore: str) -> None:
    """Raises Trouble unless the dump can be read to its end and holds so many rows."""
    found = dict.fromkeys(rows, 0)
    command = [pg_restore, "--data-only", "--file=-", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout is not None
        table = None
        for line in process.stdout:  # in COPY's text every row is one line
            if table is None:
                if start := _COPY.match(line):
                    table = start.group(1).decode()
                    found.setdefault(table, 0)
            elif line == b"\\.\n":
                table = None
            else:
                found[table] += 1
    if process.returncode or found != rows:
        raise OperatorError("The dump is missing rows. Check the disk, then try again.")


def counts(connection: Connection) -> dict[str, int]:
    """The number of rows of each table."""
    names = connection.execute(_TABLES).scalars().all()
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}  # noqa: S608


def restore(source: Path, engine: Engine, rows: dict[str, int], *, replace: bool) -> None:
    """Fills a database from a dump. What stood there goes only once the other is there, and comes back otherwise.

    Raises Trouble while others are connected, or when tables stand there and are not to be replaced.
    """
    pg_restore = tool("pg_restore", (0, ""))
    _wait_for_others(engine)
    with engine.connect() as connection:
        if connection.execute(_TABLES).first() and not replace:
            raise OperatorError("The database already has tables. Add --replace to replace them with the backup.")
    with _aside(engine):
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run([pg_restore, *options, *_where(engine.url), str(source)], engine.url)
        with engine.begin() as connection:
            if counts(connection) != rows:
                raise OperatorError(
                    "The restored database does not match the backup. The earlier database is back in place."
                )
            connection.exec_driver_sql("ANALYZE")


def _wait_for_others(engine: Engine) -> None:
    """A connection that has just been closed is seen a moment longer."""
    for tries_left in reversed(range(TRIES)):
        with engine.connect() as connection:
            others = connection.execute(_OTHERS).all()
        if not others:
            return
        if tries_left:
            time.sleep(TRY_SECONDS)
    named = ", ".join(f"{number} of {name or 'an unnamed program'}" for name, number in others)
    raise OperatorError(f"Others are connected to the database ({named}). Stop the servers first, then restore.")


@contextmanager
def _aside(engine: Engine) -> Iterator[None]:
    """Puts the tables that stand there out of the way: for good if all goes well, else they come back."""
    with engine.begin() as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        if connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :s"), {"s": ASIDE}).first():
            raise OperatorError(
                f"An earlier restore was interrupted here. The tables from before are in the schema {ASIDE}. Move them"
                " back or drop the schema, then restore."
            )
        connection.exec_driver_sql(f"CREATE SCHEMA {ASIDE}")
        _move(connection, schema, ASIDE)
    try:
        yield
    except BaseException:
        with engine.begin() as connection:
            for name in connection.execute(_TABLES).scalars().all():
                connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
            _move(connection, ASIDE, schema)
            connection.exec_driver_sql(f"DROP SCHEMA {ASIDE}")
        raise
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {ASIDE} CASCADE")


def _move(connection: Connection, source: str, target: str) -> None:
    names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = :s"), {"s": source})
    for name in names.scalars().all():
        connection.exec_driver_sql(f'ALTER TABLE "{source}"."{name}" SET SCHEMA "{target}"')


def tool(name: str, server: tuple[int, str]) -> str:
    """The path of a tool that knows a server of this version. Raises Trouble when it is missing or too old."""
    found = shutil.which(name)
    if found is None:
        raise OperatorError(
            f"{name} is not installed. Install PostgreSQL's client tools (on Debian: postgresql-client)."
        )
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"(\d+)(?:\.\d+)*", told)
    if version is None or int(version.group(1)) < server[0]:
        mine = version.group() if version else "unknown"
        raise OperatorError(
            f"{name} is version {mine}, which is older than the server's {server[1]}. Install newer client tools."
        )
    return found


def _server_version(engine: Engine) -> tuple[int, str]:
    try:
        with engine.connect() as connection:
            told = str(connection.execute(text("SHOW server_version")).scalar_one())
    except SQLAlchemyError:
        raise OperatorError(
            "The database does not respond. Check THREE_CIRCLES_DATABASE_URL and the database server."
        ) from None
    return int(re.split(r"\D", told, maxsplit=1)[0]), told


def _where(url: URL) -> list[str]:
    """The database's address; its password goes through the environment, where other users cannot read it."""
    plain = url.set(drivername="postgresql", password=None)
    return [f"--dbname={plain.render_as_string()}"]


def _run(command: list[str], url: URL) -> None:
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if finished.returncode:
        last = finished.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
        raise OperatorError(f"{Path(command[0]).name} could not finish: {last[0]}")
