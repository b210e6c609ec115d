"""Where a write comes from: our own pages behind any proxy, and no other site."""

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from api.kit.errors import Problem
from api.web.security import Security

OURS = "https://circles.example"


async def ok(_request: Request) -> Response:
    return PlainTextResponse("kept")


@pytest.fixture(autouse=True)
def plain_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals without their pages, which need the whole app."""

    def answer(_request: Request, problem: Problem) -> Response:
        return PlainTextResponse(problem.detail, problem.status)

    monkeypatch.setattr("api.web.security.answer", answer)


async def post(headers: dict[str, str], *, public_url: str = "", behind_proxy: bool = False, port: int = 0) -> int:
    app = FastAPI()
    app.add_route("/", ok, methods=["POST"])
    app.add_middleware(Security, largest_body=1000, public_url=public_url, behind_proxy=behind_proxy)
    transport = httpx.ASGITransport(app=app, client=("10.0.0.7", port))
    async with httpx.AsyncClient(transport=transport, base_url="http://inside:8000") as client:
        return (await client.post("/", headers=headers | {"Accept": "application/json"})).status_code


async def test_a_host_that_a_believed_proxy_has_rewritten_is_no_other_site() -> None:
    headers = {"Origin": OURS, "X-Forwarded-Host": "circles.example"}

    assert await post(headers, behind_proxy=True) == 200
    assert await post(headers, behind_proxy=True, port=4000) == 403, "an outsider cannot say so"
    assert await post(headers) == 403


async def test_public_url_vouches_for_the_name_that_people_type() -> None:
    assert await post({"Origin": OURS}, public_url=OURS, behind_proxy=True) == 200
    assert await post({"Origin": "https://evil.example"}, public_url=OURS, behind_proxy=True) == 403


@pytest.mark.parametrize(
    ("referer", "status"),
    [(f"{OURS}/g/ABC", 200), ("https://evil.example/", 403), ("", 403), (f"https://evil.example/{OURS}", 403)],
)
async def test_a_browser_that_keeps_its_origin_to_itself_is_known_by_our_own_page(referer: str, status: int) -> None:
    headers = {"Origin": "null"} | ({"Referer": referer} if referer else {})

    assert await post(headers, public_url=OURS, behind_proxy=True) == status


async def test_no_one_vouches_for_an_origin_of_null_without_a_name_or_a_proxy() -> None:
    assert await post({"Origin": "null", "Referer": "http://inside:8000/"}) == 403
