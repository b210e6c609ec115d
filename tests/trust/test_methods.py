"""Methods that no page has."""

import httpx
import pytest

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PATCH", "MADEUP"])
@pytest.mark.parametrize("path", ["/", "/trainers", "/api/v1/vignettes"])
async def test_trace_and_unknown_methods_are_refused(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, headers={"Cookie": "learner=secret-value"})

    assert answer.status_code == 405
    assert "secret-value" not in answer.text


async def test_a_refused_method_is_told_all_that_the_address_does(client: httpx.AsyncClient) -> None:
    told = {
        path: (await client.options(path)).headers["allow"]
        for path in ("/api/v1/groups/BBBBBB", "/api/v1/learners/me", "/groups/new", "/vignettes/ana/guesses")
    }

    assert told == {
        "/api/v1/groups/BBBBBB": "GET, DELETE",
        "/api/v1/learners/me": "DELETE",
        "/groups/new": "GET",
        "/vignettes/ana/guesses": "POST",
    }
