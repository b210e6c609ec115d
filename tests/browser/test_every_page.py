"""What holds on every page: no barrier that axe can find, nothing beside the screen, no error in the console."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers_in_both_schemes
from tests.browser.conftest import become
from tests.browser.pages import SIGHTS, Sight
from tests.browser.pictures import screenshot
from tests.live import Server

WIDTHS = (320, 390, 1280)


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
    become(sight.who, page.context, server, cookies | links)
    page.goto(links.get(sight.path) or server.base_url + sight.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(sight.heading)

    with subtests.test("barriers"):
        assert barriers_in_both_schemes(page) == []
    for width in WIDTHS:
        with subtests.test(width=width):
            page.set_viewport_size({"width": width, "height": 844})

            assert page.evaluate("document.documentElement.scrollWidth") <= width
            screenshot(f"{sight.name}-{width}", page)
