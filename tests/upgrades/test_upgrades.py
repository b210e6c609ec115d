"""The database of every earlier release goes up to today's schema, keeps what was in it, and is served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from api.accounts.tokens import Tokens
from api.kit.settings import Settings
from api.operations.backing_up import restore
from api.persistence.engine import make_engine
from api.persistence.migrations.running import is_current, upgrade
from tests.cast import ANA, PASSWORD, put_cases
from tests.client import Learner, MakeSettings, http_client, new_learner, running
from tests.postgres import Postgres
from tests.upgrades.recording import kept, not_understood

pytestmark = pytest.mark.both_databases

HERE = Path(__file__).parent
RELEASES = sorted(HERE.glob("*.zip"))
# What a migration changes on purpose, as (table, column), with the reason.
CHANGED: dict[tuple[str, str], str] = {}

Content = dict[str, dict[str, list[str]]]


def version_of(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.name.partition("-")[0].split("."))


LATEST = [path for path in RELEASES if version_of(path) == max(map(version_of, RELEASES))]


@pytest.fixture
def settings(release: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Of a database into which the release's backup was restored, as it was then."""
    given: dict[str, Any] = {"data_dir": tmp_path, "vignettes_dir": put_cases(tmp_path / "cases"), "rate_limit": False}
    if "postgresql" not in release.name:
        settings = Settings(_env_file=None, **given)
        restore(settings, release)
        yield settings
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    settings = Settings(_env_file=None, database_url=server.url(name), **given)
    restore(settings, release)
    yield settings
    server.drop(name)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings.resolved_database_url())
    yield engine
    engine.dispose()


def columns(engine: Engine) -> dict[str, set[str]]:
    """The names of the columns of each of our tables."""
    seen = inspect(engine)
    own = [name for name in seen.get_table_names() if not name.startswith(("vignette_search", "alembic"))]
    return {table: {column["name"] for column in seen.get_columns(table)} for table in own}


def content(engine: Engine) -> Content:
    """Every column of every table, as text, in no order."""
    with engine.connect() as connection:
        return {
            table: {name: sorted(map(str, _values(connection, table, name))) for name in names}
            for table, names in columns(engine).items()
        }


def _values(connection: Connection, table: str, column: str) -> list[object]:
    return list(connection.execute(text(f'SELECT "{column}" FROM "{table}"')).scalars())


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
async def test_what_was_in_it_is_kept_and_served(release: Path, settings: Settings, engine: Engine) -> None:
    before = content(engine)
    upgrade(engine)
    after = content(engine)

    assert is_current(engine)
    assert all(rows for table in before.values() for rows in table.values())  # or nothing was tested
    for table, held in before.items():
        for column, values in held.items():
            if (table, column) not in CHANGED:
                assert after[table][column] == values, f"{table}.{column} is not what it was"

    learner = after["guess"]["learner"][0]
    async with running(settings) as app, http_client(app) as client:
        assert (await client.get("/readyz")).status_code == 200
        known = Learner(client, Tokens(settings.resolved_secret_keys()[0]).sign("learner", learner))
        assert (await known.guess(ANA, "drive")).status_code == 201
        assert (await known.statistics(ANA)).json()["answered"] >= 6
        signed_in = await client.post("/api/v1/auth/token", data={"username": "Ida", "password": PASSWORD})
        headers: dict[str, Any] = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        (room,) = (await client.get("/api/v1/classes", headers=headers)).json()
        assert room["name"] == "Spring"


@pytest.mark.parametrize("release", LATEST, ids=lambda path: path.stem)
def test_the_release_before_still_runs_beside_the_new_one(release: Path, engine: Engine) -> None:
    """What it reads and writes is still there, and nothing is demanded that it does not know of."""
    before = columns(engine)
    upgrade(engine)

    statements = kept(release.with_suffix(".statements.gz"))
    assert len(statements) > 50
    with engine.connect() as connection:
        assert not_understood(connection, statements) == []
    seen = inspect(engine)
    demanded = [
        f"{table}.{column['name']}"
        for table, names in before.items()
        for column in (seen.get_columns(table) if seen.has_table(table) else [])
        if column["name"] not in names and not column["nullable"] and column["default"] is None
    ]
    assert demanded == []


@pytest.mark.parametrize("release", LATEST, ids=lambda path: path.stem)
def test_a_column_that_goes_is_noticed(release: Path, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE guess RENAME COLUMN reason TO why"))

    with engine.connect() as connection:
        found = not_understood(connection, kept(release.with_suffix(".statements.gz")))

    assert found
    assert all("reason" in line for line in found)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_version_on_the_schema_of_a_newer_one_starts_and_says_that_it_is_ready(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    newer = make_engine(settings.resolved_database_url())
    with newer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with running(settings) as app, http_client(app) as client:
        assert (await client.get("/readyz")).status_code == 200
        assert (await (await new_learner(client)).guess(ANA, "drive")).status_code == 201
    with newer.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    newer.dispose()
