"""Fixtures: the application with its lifespan run, and people who talk to it over HTTP without a socket."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.accounts.trainer import add_trainer
from api.app import create_app
from api.kit.settings import Settings
from tests.cast import PASSWORD, TRAINER, put_cases

BASE = "http://circles.test"
SECRET = "the secret of the tests"

MakeSettings = Callable[..., Settings]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A folder with the three known vignettes."""
    return put_cases(tmp_path / "cases")


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path, cases: Path) -> MakeSettings:
    """Settings of the tests, without a session plan; whatever is given by name differs."""
    plans = tmp_path / "no-plans"
    plans.mkdir()

    def make(**changes: Any) -> Settings:
        usual: dict[str, Any] = {
            "data_dir": tmp_path,
            "database_url": database_url,
            "vignettes_dir": cases,
            "plans_dir": plans,
            "secret_key": SECRET,
            "rate_limit": False,
            "public_url": "",
            "small_group": 5,
        }
        return Settings(_env_file=None, **usual | changes)

    return make


@pytest.fixture
def settings(make_settings: MakeSettings) -> Settings:
    return make_settings()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, started and afterwards stopped."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


def http_client(app: FastAPI, **options: Any) -> httpx.AsyncClient:
    """A client that sees a 500 as a visitor does, not as a traceback."""
    host = urlsplit(app.state.settings.public_url).netloc
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}" if host else BASE, **options)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    async with running(settings) as started:
        yield started


@pytest.fixture
def engine(app: FastAPI) -> Engine:
    found: Engine = app.state.engine
    return found


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with http_client(app) as opened:
        yield opened


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that the tests of a module share, for those that only look."""
    folder = tmp_path_factory.mktemp("standing")
    (folder / "no-plans").mkdir()
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database_url=f"sqlite:///{shutil.copy(sqlite_template, folder / 'standing.db')}",
        vignettes_dir=put_cases(folder / "cases"),
        plans_dir=folder / "no-plans",
        secret_key=SECRET,
        rate_limit=False,
    )
    async with running(settings) as app, http_client(app) as opened:
        yield opened


@dataclass(frozen=True)
class Learner:
    """Someone with a learner token."""

    client: httpx.AsyncClient
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def guess(self, slug: str, system: str, **more: object) -> httpx.Response:
        body = {"system": system, **more}
        return await self.client.post(f"/api/v1/vignettes/{slug}/guesses", json=body, headers=self.headers)

    async def statistics(self, slug: str) -> httpx.Response:
        return await self.client.get(f"/api/v1/vignettes/{slug}/statistics", headers=self.headers)


async def new_learner(client: httpx.AsyncClient) -> Learner:
    answer = await client.post("/api/v1/learners")
    assert answer.status_code == 201
    return Learner(client, answer.json()["learner_token"])


@pytest.fixture
async def learner(client: httpx.AsyncClient) -> Learner:
    return await new_learner(client)


@pytest.fixture
async def trainer_headers(client: httpx.AsyncClient, engine: Engine) -> dict[str, str]:
    """Tomasz, signed in over the API."""
    add_trainer(engine, TRAINER, PASSWORD, role="admin")
    answer = await client.post("/api/v1/auth/token", data={"username": TRAINER, "password": PASSWORD})
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
