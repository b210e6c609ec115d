"""A story in the hands of three trainers in a browser: found, rated blind by keyboard, reviewed, published."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.accounts.permissions import Role
from api.accounts.trainer import add_trainer
from api.persistence.engine import make_engine
from tests.browser.barriers import barriers_in_both_schemes, bring_axe
from tests.browser.pictures import keep
from tests.cast import PASSWORD
from tests.editorial.people import DAN, DAN_FILE, MARKDOWN
from tests.live import Server

HERE = f"/trainers/vignettes/{DAN}"
PEOPLE: tuple[tuple[str, Role], ...] = (("Amina", "trainer"), ("Bo", "trainer"), ("Edith", "editor"))


@pytest.fixture
def in_review(fresh_site: Server) -> Server:
    """A site on which Amina has sent Dan's story to review."""
    engine = make_engine(f"sqlite:///{Path(fresh_site.environment['DATA_DIR']) / 'three-circles.db'}")
    for name, role in PEOPLE:
        add_trainer(engine, name, PASSWORD, role=role)
    engine.dispose()
    with httpx.Client(base_url=fresh_site.base_url, timeout=20, trust_env=False) as client:
        client.post("/trainers/sign-in", data={"name": "Amina", "password": PASSWORD})
        client.post("/api/v1/vignettes", content=DAN_FILE.encode(), headers=MARKDOWN).raise_for_status()
        client.post(f"{HERE}/status", data={"status": "in_review"})
    return fresh_site


@pytest.fixture
def sign_in(calm_page: Page, in_review: Server) -> Callable[[str], Page]:
    def as_trainer(name: str) -> Page:
        calm_page.context.clear_cookies()
        calm_page.goto(f"{in_review.base_url}/trainers")
        calm_page.get_by_label("Name").fill(name)
        calm_page.get_by_label("Password").fill(PASSWORD)
        calm_page.get_by_role("button", name="Sign in").click()
        expect(calm_page.get_by_role("heading", level=1)).to_have_text("Stories")
        return calm_page

    return as_trainer


def look_closely(page: Page) -> None:
    """No barrier that axe can find, light and dark, and nothing beside a narrow screen."""
    assert barriers_in_both_schemes(page) == [], page.url
    size = page.viewport_size
    assert size is not None
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    page.set_viewport_size(size)


def test_a_story_is_found_rated_by_keyboard_reviewed_and_published(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("Bo")
    bring_axe(page)
    page.get_by_label("Search titles").press_sequentially("da")
    expect(page.get_by_role("status")).to_have_text("1 story.")
    look_closely(page)
    page.get_by_role("link", name="Rate Dan’s story").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Dan")
    look_closely(page)
    page.get_by_role("checkbox", name="knee").press("Space")
    page.get_by_role("radio", name="Drive").press("Space")
    page.get_by_role("radio", name="Fairly").press("Space")
    for name, size in (("Threat", "20"), ("Drive", "70"), ("Soothing", "10")):
        page.get_by_role("spinbutton", name=name).fill(size)
    page.get_by_label("Comment").fill("The knee gave me pause.")
    page.get_by_role("button", name="Send rating").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")
    expect(page.get_by_text("One more blind rating is needed")).to_be_visible()
    look_closely(page)

    page = sign_in("Edith")
    page.get_by_role("link", name="Rate Dan’s story").click()
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose one of the circles")
    page.get_by_role("radio", name="Threat").press("Space")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("The knee gave me pause.")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    keep("review", page)
    look_closely(page)
    expect(page.get_by_role("button", name="Publish story")).to_have_count(0)
    expect(page.get_by_role("heading", name="The raters split. Do both answers fit?")).to_be_visible()
    page.get_by_role("button", name="Publish with the key as it is").press("Enter")
    expect(page.get_by_role("heading", level=2, name="Published")).to_be_visible()
    look_closely(page)
    for tab in ("Versions", "Results"):
        page.get_by_role("navigation", name="About this story").get_by_role("link", name=tab).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(tab)
        look_closely(page)


def test_the_list_narrows_without_javascript_too(in_review: Server, new_context: Callable[..., object]) -> None:
    context = new_context(java_script_enabled=False)
    page: Page = context.new_page()  # type: ignore[attr-defined]
    page.goto(f"{in_review.base_url}/trainers")
    page.get_by_label("Name").fill("Amina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Search titles").fill("bath")
    page.get_by_role("button", name="Search stories").click()

    expect(page.get_by_text("1 story.")).to_be_visible()
    expect(page.get_by_role("link", name="Ben and the bath")).to_be_visible()
