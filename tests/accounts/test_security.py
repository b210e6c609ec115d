"""What every response carries, and what another site cannot make a visitor's browser do."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.cast import ANA
from tests.client import BASE, Learner, MakeSettings, http_client, running
from tests.rows import reasons

FORM = {"system": "drive", "reason": "from somewhere"}
GUESSES = f"/vignettes/{ANA}/guesses"


async def answers_of_every_kind(app: FastAPI, client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    @app.get("/api/v1/broken")
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("for the test")

    async with http_client(app, headers={"Origin": "https://evil.test"}) as evil:
        refused = await evil.post(GUESSES, data=FORM)
    return {
        "page": await client.get("/"),
        "redirect": await client.get("/practice"),
        "json": await client.get("/api/v1/systems"),
        "static": await client.get("/static/app.css"),
        "not found page": await client.get("/nowhere"),
        "not found json": await client.get("/api/v1/nowhere"),
        "not found static": await client.get("/static/nowhere.css"),
        "not allowed": await client.delete("/"),
        "invalid": await client.post(GUESSES, data={}),
        "cross-site": refused,
        "too long": await client.post(GUESSES, content=b"x" * 70_000),
        "broken page": await client.get("/broken"),
        "broken json": await client.get("/api/v1/broken"),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "page",
        "redirect",
        "json",
        "static",
        "not found page",
        "not found json",
        "not found static",
        "not allowed",
        "invalid",
        "cross-site",
        "too long",
        "broken page",
        "broken json",
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_every_kind_of_response_carries_the_security_headers(
    app: FastAPI, client: httpx.AsyncClient, kind: str
) -> None:
    headers = (await answers_of_every_kind(app, client))[kind].headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert len(headers.get_list("content-security-policy")) == 1


async def test_nothing_personal_is_kept_by_caches_and_hashed_files_for_good(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]

    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in (await client.get(address)).headers["cache-control"]
    assert "immutable" not in (await client.get("/static/app.css")).headers["cache-control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "http://circles.test.evil.test"},
        {"Origin": "http://circles.test:8080"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
        {"Origin": "https://evil.test", "Authorization": "Basic YW5hOmFuYQ=="},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [GUESSES, "/trainers/sign-in", "/trainers/sign-out", f"/api/v1{GUESSES}"])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_post_from_another_site_is_refused(
    client: httpx.AsyncClient, engine: Engine, learner: Learner, path: str, headers: dict[str, str]
) -> None:
    cookies = {"Cookie": f"learner={learner.token}"}

    answer = await client.post(path, data=FORM, headers=headers | cookies)

    assert answer.status_code == 403
    assert reasons(engine) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": BASE},
        {"Sec-Fetch-Site": "same-origin", "Origin": BASE},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
async def test_a_post_from_the_own_pages_is_taken(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.post(GUESSES, data=FORM, headers=headers)).status_code == 303


async def test_a_client_with_a_bearer_token_may_come_from_anywhere(learner: Learner) -> None:
    headers = learner.headers | {"Origin": "https://lms.example.org", "Sec-Fetch-Site": "cross-site"}

    answer = await learner.client.post(f"/api/v1{GUESSES}", json=FORM, headers=headers)

    assert answer.status_code == 201


async def test_behind_a_gateway_the_public_address_is_an_own_one(make_settings: MakeSettings) -> None:
    settings = make_settings(public_url="https://circles.example.org")
    async with running(settings) as app, http_client(app) as client:
        own = await client.post(GUESSES, data=FORM, headers={"Origin": "https://circles.example.org"})
        other = await client.post(GUESSES, data=FORM, headers={"Origin": "https://example.org"})

    assert (own.status_code, other.status_code) == (303, 403)


async def test_pages_and_static_files_are_compressed_but_no_page_that_another_site_made_a_browser_ask_for(
    standing: httpx.AsyncClient,
) -> None:
    def told(answer: httpx.Response) -> tuple[str | None, bool]:
        whole = answer.headers["three-circles"] == str(len(answer.content))  # the mark counts what is read
        return answer.headers.get("content-encoding"), whole

    plain = await standing.get("/about", headers={"Accept-Encoding": "identity", "Sec-Fetch-Site": "none"})
    assert told(plain) == (None, True)
    for site, coding in (("same-origin", "gzip"), ("none", "gzip"), ("same-site", None), ("cross-site", None)):
        page = await standing.get("/about", headers={"Accept-Encoding": "br, gzip", "Sec-Fetch-Site": site})
        assert told(page) == (coding, True), site
        assert page.text == plain.text
    assert told(await standing.get("/about", headers={"Accept-Encoding": "gzip"})) == (None, True)

    raw = (await standing.get("/static/app.css", headers={"Accept-Encoding": "identity"})).content
    for accepted, coding in (("gzip, deflate", "gzip"), ("gzip, br;q=0", "gzip"), ("gzip, deflate, br", "br")):
        file = await standing.get("/static/app.css", headers={"Accept-Encoding": accepted})
        assert file.headers["content-encoding"] == coding
        assert int(file.headers["content-length"]) < len(raw) / 3
        assert file.content == raw
        same = {"Accept-Encoding": accepted, "If-None-Match": file.headers["etag"]}
        assert (await standing.get("/static/app.css", headers=same)).status_code == 304
