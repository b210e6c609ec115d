"""What holds on every page: no barrier that axe can find, nothing beside the screen, no error in the console."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import become
from tests.browser.pages import SIGHTS, Sight
from tests.live import Server

Look = Callable[[Sight], Page]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"

every_page = pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)


@pytest.fixture
def look(calm_page: Page, site: Server, new_site: Server, cookies: dict[str, str], links: dict[str, str]) -> Look:
    """Opens a page as the one who sees it."""

    def open_page(sight: Sight) -> Page:
        server = new_site if sight.new else site
        become(sight.who, calm_page.context, server, cookies)
        calm_page.goto(links.get(sight.path) or server.base_url + sight.path)
        expect(calm_page.get_by_role("heading", level=1)).to_have_text(sight.heading)
        return calm_page

    return open_page


def told(violations: list[dict[str, Any]]) -> list[str]:
    return [f"{v['id']}: {v['help']}: {node['target']}" for v in violations for node in v["nodes"]]


@every_page
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_barrier(look: Look, sight: Sight, scheme: Literal["light", "dark"]) -> None:
    page = look(sight)
    page.emulate_media(color_scheme=scheme)

    results = Axe().run(page)

    assert told(results.response["violations"]) == []
    assert results.response["passes"]


@every_page
def test_nothing_stands_beside_a_narrow_screen(look: Look, sight: Sight) -> None:
    page = look(sight)
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 700})

        assert page.evaluate("document.documentElement.scrollWidth") <= width


@every_page
@pytest.mark.skipif("SCREENSHOTS" not in os.environ, reason="pictures are taken only with SCREENSHOTS=1")
def test_a_picture_is_taken(look: Look, sight: Sight) -> None:
    page = look(sight)
    SCREENSHOTS.mkdir(exist_ok=True)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=SCREENSHOTS / f"{sight.name}-{width}.png", full_page=True)
