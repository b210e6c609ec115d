"""A PostgreSQL server for the tests: the one that the environment names, or our own from the machine's binaries."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.missing import missing

ENVIRONMENT = "THREE_CIRCLES_TEST_POSTGRES"

_FASTER = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


class Postgres:
    """A server on which each test gets a database of its own."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgresql+psycopg://", "postgresql://"))
        self._numbers = count(1)

    def url(self, database: str) -> str:
        return self._url.set(database=database).render_as_string(hide_password=False)

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = f"three_circles_test_{os.getpid()}_{next(self._numbers)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

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
        """SIGTERM waits for whoever is connected, SIGINT ends them, SIGQUIT falls over as in a crash."""
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
