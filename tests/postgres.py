"""A PostgreSQL server for the tests: the one that the environment names, or our own from the machine's binaries."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.missing import missing

ENVIRONMENT = "THREE_CIRCLES_TEST_POSTGRES"

_FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


# Everyone else is sent away: what a killed server left open would hold locks.
_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# Deleted instead of truncated, for that makes no new files; keys between tables are not looked at meanwhile.
_EMPTY = """
    DO $$
    DECLARE name text;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('DELETE FROM public.%I', name);
        END LOOP;
        PERFORM setval(format('public.%I', sequencename), start_value, false)
            FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$
"""
_COLUMNS = """
    SELECT relname, relkind, attname, atttypid, attnotnull FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace ORDER BY relname, attnum
"""


class Contents(NamedTuple):
    """What a database holds: its columns, and the rows of those tables that have any, as JSON."""

    columns: list[tuple[Any, ...]]
    rows: dict[str, str]


def _read(connection: psycopg.Connection[Any]) -> Contents:
    columns = connection.execute(_COLUMNS).fetchall()
    rows: dict[str, str] = {}
    for table in sorted({column[0] for column in columns if column[1] == "r"}):
        found = connection.execute(sql.SQL("SELECT json_agg(t)::text FROM {} t").format(sql.Identifier(table)))
        for (text,) in found:
            if text:
                rows[table] = text
    return Contents(columns, rows)


class Postgres:
    """A server on which each test gets a database of its own."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgresql+psycopg://", "postgresql://"))
        self._numbers = count(1)
        self._free: dict[str, list[str]] = defaultdict(list)
        self._known: dict[str, Contents] = {}

    def url(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = f"three_circles_test_{os.getpid()}_{next(self._numbers)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def borrow(self, template: str) -> str:
        """The name of a database that is as the template: one that was given back, or else a new copy."""
        return self._free[template].pop() if self._free[template] else self.create(template)

    def give_back(self, database: str, template: str) -> None:
        """Empties a borrowed database for the next test, in a tenth of the time of another copy.

        One whose tables were changed is dropped instead.
        """
        if self._contents(template) == self._emptied(database, template):
            self._free[template].append(database)
        else:
            self.drop(database)

    def _emptied(self, database: str, template: str) -> Contents:
        kept = self._contents(template).rows
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(_ALONE)
            connection.execute(_EMPTY)
            for table, rows in kept.items():
                insert = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, %s)")
                connection.execute(insert.format(sql.Identifier(table), sql.Identifier(table)), [rows])
            return _read(connection)

    def _contents(self, template: str) -> Contents:
        if template not in self._known:
            with psycopg.connect(self.url(template), autocommit=True) as connection:
                self._known[template] = _read(connection)
        return self._known[template]

    def drop(self, database: str) -> None:
        self._administer("DROP DATABASE {} WITH (FORCE)", database)

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A running server. Skips where there are no binaries, and fails there when CI is set."""
    if given := os.environ.get(ENVIRONMENT):
        yield Postgres(given)
        return
    with (
        tempfile.TemporaryDirectory(prefix="three-circles-pg-") as folder,
        _own_server(binaries(), Path(folder)) as url,
    ):
        yield Postgres(url)


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Skips where there are none, and fails there when CI is set."""
    found = _binaries()
    if found is None:
        missing(f"no PostgreSQL here: install it, or set {ENVIRONMENT} to the URL of a server")
    return found


def _binaries() -> Path | None:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    found = versions[-1] if versions else shutil.which("postgres")
    return Path(found).resolve().parent if found else None


@contextmanager
def _own_server(binaries: Path, folder: Path) -> Iterator[str]:
    server = OwnServer(binaries, folder)
    server.start(*_FASTER)
    try:
        yield server.url
    finally:
        server.stop()


class OwnServer:
    """A PostgreSQL that can be stopped and started again on its port, with what it holds."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._folder, self._data = binaries, folder, folder / "data"
        as_user = _unprivileged()
        if owner := as_user.get("user"):
            os.chown(folder, owner, as_user["group"])
        self._quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder, **as_user}
        arguments = ("-D", self._data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        subprocess.run([binaries / "initdb", *arguments], check=True, **self._quiet)
        self._port = _free_port()
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def start(self, *settings: str) -> None:
        options = [word for setting in settings for word in ("-c", setting)]
        place = ["-D", str(self._data), "-h", "127.0.0.1", "-p", str(self._port), "-k", ""]
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen([self._binaries / "postgres", *place, *options], stderr=log, **self._quiet)
        try:
            _wait_until_ready(self.url, self._process, self._folder / "log")
        except BaseException:
            self.stop()
            raise

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """SIGTERM waits for anyone who is connected, SIGINT ends them, SIGQUIT falls over as in a crash."""
        self._process.send_signal(how)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"PostgreSQL did not start: {log.read_text()}")
