"""Three trainers and an editor."""

import httpx
import pytest
from sqlalchemy import Engine

from tests.editorial.people import Person, make_person


@pytest.fixture
def author(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Amina", "trainer")


@pytest.fixture
def rater(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Bo", "trainer")


@pytest.fixture
def other_rater(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Chidi", "trainer")


@pytest.fixture
def editor(engine: Engine, client: httpx.AsyncClient) -> Person:
    return make_person(engine, client, "Edith", "editor")
