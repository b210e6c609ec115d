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
