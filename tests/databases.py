"""Fixtures: a test that asks for a database runs on SQLite, and one marked `both_databases` on PostgreSQL too.

The mark is for tests in which SQL differs or locks do; what a page says, allows or refuses needs no second database.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.persistence.engine import make_engine
from api.persistence.migrations.running import upgrade
from tests.postgres import Postgres, postgres_server

KINDS = ("sqlite", "postgresql")


def migrated(url: str) -> str:
    engine = make_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A migrated database that is only copied."""
    name = postgres.create()
    migrated(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that is only copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrated(f"sqlite:///{path}")
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = metafunc.definition.iter_markers("parametrize")
    if "database_kind" in metafunc.fixturenames and not any(mark.args[0] == "database_kind" for mark in marks):
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database_kind", KINDS if both else KINDS[:1], indirect=True)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without rows."""
    if database_kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copy(template, tmp_path / 'test.db')}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    empty: str = request.getfixturevalue("postgres_template")
    name = server.borrow(empty)
    yield server.url(name)
    server.give_back(name, empty)


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)
