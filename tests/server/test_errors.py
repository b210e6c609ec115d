"""Errors: problem details below /api, calm pages elsewhere."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import QueuePool, create_engine

from api.groups.live.state_loader import StateLoader
from api.web.problems import ProblemDetails
from tests.cast import ANA

pytestmark = pytest.mark.both_databases

REFUSALS = [
    ("GET", "/nowhere", 404),
    ("DELETE", "/systems", 405),
    ("POST", f"/vignettes/{ANA}/guesses", 422),
    ("GET", "/broken", 500),
]


@pytest.fixture(autouse=True)
def broken(app: FastAPI) -> None:
    """Two addresses that fail as no address should."""

    @app.get("/broken")
    @app.get("/api/v1/broken")
    async def fail() -> None:
        raise RuntimeError("a secret of the machine")


@pytest.mark.parametrize(("method", "path", "status"), REFUSALS)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_page_that_cannot_be_given_says_so_calmly_and_shows_a_way_back(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    page = await client.request(method, path)

    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1" in page.text
    assert 'href="/"' in page.text
    assert "a secret of the machine" not in page.text
    assert "Traceback" not in page.text


@pytest.mark.parametrize(("method", "path", "status"), [*REFUSALS[:2], REFUSALS[3]])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_below_api_every_error_is_problem_details(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, f"/api/v1{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = ProblemDetails.model_validate_json(answer.content, strict=True)
    assert problem.status == status
    assert problem.title
    assert problem.detail
    assert "a secret of the machine" not in answer.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_method_that_is_not_allowed_names_those_that_are(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/api/v1/systems")).headers["allow"] == "GET"


async def test_a_database_that_is_gone_is_told_as_503_everywhere(client: httpx.AsyncClient, app: FastAPI) -> None:
    nowhere = {
        "sqlite": "sqlite:////nowhere/at/all.db",
        "postgresql": "postgresql+psycopg://postgres@127.0.0.1:1/nowhere",
    }
    app.state.engine = create_engine(nowhere[app.state.engine.dialect.name])

    page = await client.get(f"/vignettes/{ANA}/outcome")
    learner = (await client.post("/api/v1/learners")).json()["learner_token"]
    headers = {"Authorization": f"Bearer {learner}"}
    outcome = await client.get(f"/vignettes/{ANA}/outcome", headers=headers)
    api = await client.get(f"/api/v1/vignettes/{ANA}/statistics", headers=headers)
    ready = await client.get("/readyz")

    assert page.status_code == 303  # no one asked the database anything
    assert [outcome.status_code, api.status_code, ready.status_code] == [503] * 3
    assert outcome.headers["content-type"].startswith("text/html")
    assert api.headers["content-type"] == "application/problem+json"
    assert int(api.headers["retry-after"]) > 0


async def test_a_pool_without_a_free_connection_is_told_as_503(client: httpx.AsyncClient, app: FastAPI) -> None:
    learner = (await client.post("/api/v1/learners")).json()["learner_token"]
    url = app.state.engine.url
    app.state.engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.1)
    app.state.state_loader = StateLoader(app.state.engine)
    headers = {"Authorization": f"Bearer {learner}"}
    with app.state.engine.connect():
        page = await client.get(f"/vignettes/{ANA}/outcome", headers=headers)
        api = await client.get(f"/api/v1/vignettes/{ANA}/statistics", headers=headers)
        phone = await client.get("/g/DFGHJK")  # the short way
    app.state.engine.dispose()

    assert [page.status_code, api.status_code, phone.status_code] == [503] * 3
    assert "try again" in page.text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_figures_for_operators_are_not_public(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app, client=("192.0.2.7", 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://circles.test") as stranger:
        assert (await stranger.get("/metrics")).status_code == 404
    local = httpx.ASGITransport(app, client=("127.0.0.1", 1234))
    async with httpx.AsyncClient(transport=local, base_url="http://circles.test") as operator:
        assert (await operator.get("/metrics")).status_code == 200
        forwarded = await operator.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
        assert forwarded.status_code == 404
