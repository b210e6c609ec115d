"""A small plan of the product, two trainers and an editor."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.identity.models import Trainer
from api.identity.permissions import Role
from api.identity.trainer import add_trainer
from api.settings import Settings
from tests.authoring.people import Person, make_person
from tests.cast import PASSWORD
from tests.client import MakeSettings
from tests.plans.sample import SAMPLE


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "an-hour.yaml").write_text(SAMPLE, encoding="utf-8")
    return make_settings(plans_dir=folder)


@pytest.fixture
def author(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Amina", "trainer")


@pytest.fixture
def other(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Bo", "trainer")


@pytest.fixture
def editor(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Edith", "editor")


def trainer(engine: Engine, name: str, role: Role = "trainer") -> Trainer:
    """Somebody for whom no page is asked."""
    return add_trainer(engine, name, PASSWORD, role=role)
