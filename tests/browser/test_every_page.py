"""What holds on every page: no barrier that axe can find, nothing beside the screen, no error in the console."""

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import become
from tests.browser.pages import SIGHTS, Sight
from tests.browser.pictures import screenshot
from tests.live import Server

SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")  # pictures are taken in the light
WIDTHS = (320, 390, 1280)


def told(violations: list[dict[str, Any]]) -> list[str]:
    return [f"{v['id']}: {v['help']}: {node['target']}" for v in violations for node in v["nodes"]]


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_without_barriers_in_both_schemes_and_nothing_stands_beside_the_screen(
    calm_page: Page,
    site: Server,
    new_site: Server,
    cookies: dict[str, str],
    links: dict[str, str],
    sight: Sight,
    subtests: pytest.Subtests,
) -> None:
    page, server = calm_page, new_site if sight.new else site
    become(sight.who, page.context, server, cookies)
    page.goto(links.get(sight.path) or server.base_url + sight.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(sight.heading)

    for scheme in SCHEMES:
        with subtests.test(scheme=scheme):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response

            assert told(found["violations"]) == []
            assert found["passes"]
    for width in WIDTHS:
        with subtests.test(width=width):
            page.set_viewport_size({"width": width, "height": 844})

            assert page.evaluate("document.documentElement.scrollWidth") <= width
            screenshot(f"{sight.name}-{width}", page)
