"""What makes you think so: a line, the deciding words and the circles, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers_in_both_schemes
from tests.browser.room import mark
from tests.cast import ANA
from tests.live import Server


def think(page: Page) -> None:
    page.get_by_text("What makes you think so?").click()
    page.get_by_label("Your reason, in one line").fill("the chart grows")
    mark(page, "wall", "chart")


def test_a_line_words_and_circles_come_back_beside_the_keys(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.locator("label.answer.drive").click()
    think(page)
    page.get_by_text("Size the three circles for Ana").click()
    for _ in range(8):
        page.get_by_role("button", name="Drive bigger").click()
    assert barriers_in_both_schemes(page) == []
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")
    expect(page.get_by_text("Same answer, different reason.")).to_be_visible()
    expect(page.get_by_text("Your reason:")).to_contain_text("the chart grows")
    expect(page.locator(".mine__words > div").first).to_have_text(re.compile("You marked.*wall.*chart"))
    row = page.get_by_role("row").filter(has_text="Drive").first
    expect(row).to_contain_text("50%")
    expect(row).to_contain_text("60–75%")
    assert barriers_in_both_schemes(page) == []
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.reload()
    expect(page.get_by_role("heading", name="Your three circles")).to_be_visible()
    assert barriers_in_both_schemes(page) == []


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_words_and_a_line_go_with_the_answer_without_scripts(page: Page, new_site: Server) -> None:
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.locator("label.answer.threat").click()
    page.get_by_text("What makes you think so?").click()
    page.get_by_label("Your reason, in one line").fill("her knee")
    mark(page, "looks", "twice")
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_text("Good spot: “she looks at it twice”")).to_be_visible()
    expect(page.get_by_text("Your reason:")).to_contain_text("her knee")
