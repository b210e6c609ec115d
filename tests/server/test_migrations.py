"""Migrations: up, down and up again, and at their end the tables that the models describe."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from api.persistence.engine import make_engine
from api.persistence.migrations.running import downgrade, is_current, upgrade

pytestmark = pytest.mark.both_databases

TABLES = {
    "guess",
    "tally",
    "trainer",
    "trainer_session",
    "invitation",
    "library_setting",
    "vignette",
    "vignette_version",
}


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = make_engine(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_database_goes_up_down_and_up_again(engine: Engine) -> None:
    upgrade(engine)
    assert tables(engine) >= TABLES
    assert is_current(engine)

    downgrade(engine, "base")
    assert tables(engine) == set()
    assert not is_current(engine)

    upgrade(engine)
    assert tables(engine) >= TABLES
    assert is_current(engine)


def test_models_and_migrations_do_not_differ(engine: Engine) -> None:
    upgrade(engine)

    with engine.connect() as connection:
        # The full text index is made by its migration alone: the databases make it each in its own way.
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: not (name or "").startswith("vignette_search")}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_a_current_database_leaves_it_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO vignette (slug, status, origin, version, series)"
            " VALUES ('ana-the-race', 'published', 'built-in', 1, 1)"
        )

    upgrade(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT slug FROM vignette").scalar_one() == "ana-the-race"


def test_no_one_loses_what_they_could_do_when_roles_come_and_go(engine: Engine) -> None:
    upgrade(engine, "0002")
    with engine.begin() as connection:
        for number, name, admin in ((1, "Eve", True), (2, "Ida", False)):
            connection.execute(
                text("INSERT INTO trainer VALUES (:id, :name, '-', :admin, '2026-05-03 09:00:00+00:00')"),
                {"id": number, "name": name, "admin": admin},
            )

    upgrade(engine, "0003")
    with engine.connect() as connection:
        roles = connection.execute(text("SELECT name, role, disabled_at FROM trainer ORDER BY id")).all()
    downgrade(engine, "0002")
    with engine.connect() as connection:
        admins = connection.execute(text("SELECT name, is_admin FROM trainer ORDER BY id")).all()

    assert [tuple(row) for row in roles] == [("Eve", "admin", None), ("Ida", "editor", None)]
    assert [(name, bool(admin)) for name, admin in admins] == [("Eve", True), ("Ida", False)]
