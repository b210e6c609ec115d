"""What holds on every page: no barrier that axe can find, nothing beside the screen, no error in the console."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers_in_both_schemes, bring_axe
from tests.browser.conftest import become, calm
from tests.browser.pages import SIGHTS, Sight
from tests.browser.pictures import screenshot
from tests.live import Server

WIDTHS = (320, 390, 1280)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One window for all pages: anyone who looks at the next one comes without the cookies of the last."""
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        bring_axe(page)
        yield page


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_a_page_is_without_barriers_in_both_schemes_and_nothing_stands_beside_the_screen(
    window: Page,
    site: Server,
    new_site: Server,
    cookies: dict[str, str],
    links: dict[str, str],
    sight: Sight,
    subtests: pytest.Subtests,
) -> None:
    page, server = window, new_site if sight.new else site
    page.context.clear_cookies()
    become(sight.who, page.context, server, cookies | links)
    page.set_viewport_size({"width": 390, "height": 844})
    with calm(page):
        page.goto(links.get(sight.path) or server.base_url + sight.path)
        expect(page.get_by_role("heading", level=1)).to_have_text(sight.heading)

        with subtests.test("barriers"):
            assert barriers_in_both_schemes(page) == []
        for width in WIDTHS:
            with subtests.test(width=width):
                page.set_viewport_size({"width": width, "height": 844})

                assert page.evaluate("document.documentElement.scrollWidth") <= width
                screenshot(f"{sight.name}-{width}", page)
