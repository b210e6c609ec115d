"""A small plan of the product, two trainers and an editor."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.accounts.models import Trainer
from api.accounts.permissions import Role
from api.accounts.trainer import new_trainer
from api.kit.settings import Settings
from api.persistence.engine import make_engine, write_engine
from tests.cast import put_cases
from tests.client import SECRET, http_client, running
from tests.editorial.people import Person, make_person
from tests.session_plans.sample import SAMPLE


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated database without an app around it."""
    engine = make_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
async def people(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Person]]:
    """Two trainers and an editor of one app on SQLite: what differs between databases is tested below the pages."""
    folder: Path = tmp_path_factory.mktemp("plan-pages")
    (folder / "plans").mkdir()
    (folder / "plans" / "an-hour.yaml").write_text(SAMPLE, encoding="utf-8")
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        vignettes_dir=put_cases(folder / "cases"),
        plans_dir=folder / "plans",
        secret_key=SECRET,
        rate_limit=False,
    )
    async with running(settings) as app, http_client(app) as client:
        roles: dict[str, Role] = {"Amina": "trainer", "Bo": "trainer", "Edith": "editor"}
        yield {name: make_person(app.state.engine, client, name, role) for name, role in roles.items()}


@pytest.fixture
def author(people: dict[str, Person]) -> Person:
    return people["Amina"]


@pytest.fixture
def other(people: dict[str, Person]) -> Person:
    return people["Bo"]


@pytest.fixture
def editor(people: dict[str, Person]) -> Person:
    return people["Edith"]


def trainer(engine: Engine, name: str, role: Role = "trainer") -> Trainer:
    """Someone who never signs in."""
    with Session(write_engine(engine), expire_on_commit=False) as db:
        made = new_trainer(db, name, "-", role)
        db.commit()
    return made
