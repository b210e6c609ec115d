"""The help: made from docs/, served in the product's frame."""

import re
from pathlib import Path

import httpx
import pytest

from api.kit import assets
from api.web.help import pages

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def made() -> None:
    assert (assets.HELP / "index.html").exists(), "make docs makes the help; make test does it by itself"


async def test_every_page_of_the_help_stands_in_the_frame_and_its_links_lead_somewhere(
    standing: httpx.AsyncClient,
) -> None:
    broken = []
    for address in pages(assets.HELP):
        page = await standing.get(f"/help/{address}")
        assert page.status_code == 200
        assert '<header class="topbar">' in page.text
        for link in set(re.findall(r'(?:href|src)="([^"#]+)', page.text)):
            target = httpx.URL(f"http://circles.test/help/{address}").join(link)
            if target.host == "circles.test" and (await standing.get(target.raw_path.decode())).status_code >= 400:
                broken.append((address, link))
    assert broken == []


async def test_an_address_without_its_slash_is_led_on_and_an_unknown_one_is_told(standing: httpx.AsyncClient) -> None:
    for short, whole in (("/help", "/help/"), ("/help/trainers", "/help/trainers/")):
        answer = await standing.get(short)
        assert (answer.status_code, answer.headers["location"]) == (308, whole)
    for unknown in (
        "/help/nowhere/",
        "/help/pictures/none.png",
        "/help/pictures/..%2findex.html",
        "/help/../../etc/passwd",
    ):
        assert (await standing.get(unknown)).status_code == 404


async def test_help_comes_first_then_a_search_whose_sections_are_on_the_pages(standing: httpx.AsyncClient) -> None:
    page = (await standing.get("/help/facilitators/")).text
    marks = ("Get help now", "data-search", 'class="help__contents"', "<h1")
    assert [page.index(mark) for mark in marks] == sorted(page.index(mark) for mark in marks)

    sections = (await standing.get("/help/search.json")).json()["docs"]
    by_place = {section["location"]: section for section in sections}
    assert "Slow down" in by_place["facilitators/#if-someone-is-distressed"]["text"]
    for place in by_place:
        address, _, part = place.partition("#")
        assert not part or f'id="{part}"' in pages(assets.HELP)[address].html, place


def test_every_page_of_docs_is_in_the_help() -> None:
    sources = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert sources == {address.strip("/") for address in pages(assets.HELP) if address.count("/") == 1} - {"decisions"}


async def test_where_the_help_was_not_made_anyone_who_asks_is_told_how(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "HELP", tmp_path)
    answer = await client.get("/help/")
    assert answer.status_code == 404
    assert "make docs" in answer.text
