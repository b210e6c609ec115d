"""What the help shows of practice and of the trainers' pages, with the stories that the product comes with."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from api.kit.systems import SYSTEMS
from tests.browser.pictures import PICTURES, keep, wanted
from tests.cast import PASSWORD, TRAINER
from tests.live import Server

WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def site(shipped_site: Server) -> Server:
    """The product's own stories, a trainer, and a class's worth of answers to Julie's."""
    with httpx.Client(base_url=shipped_site.base_url, timeout=20, trust_env=False) as client:
        client.post(shipped_site.lines[3].split()[-1], data={"name": TRAINER, "password": PASSWORD})
        for system in ["drive"] * 21 + ["threat"] * 12 + ["soothing"] * 2 + ["unsure"] * 3:
            client.cookies.clear()
            client.post("/vignettes/julie/guesses", data={"system": system})
    return shipped_site


@pytest.mark.browser_context_args(viewport=WIDE)
def test_a_trainee_sees_an_outcome_and_after_forty_stories_their_progress(calm_page: Page, site: Server) -> None:
    page = calm_page
    page.goto(f"{site.base_url}/vignettes/julie?open=1")
    page.locator("label.answer.drive").click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Julie")
    keep("practice-outcome", page)

    cookie = {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False, cookies=cookie) as client:
        stories = [found["slug"] for found in client.get("/api/v1/vignettes?limit=100").json()["items"]]
        for number, slug in enumerate(stories[1:41]):
            how = ("guessing", "leaning", "sure")[number % 3]
            client.post(f"/vignettes/{slug}/guesses", data={"system": SYSTEMS[number % 3], "confidence": how})
    page.goto(f"{site.base_url}/practice/progress")
    expect(page.get_by_role("heading", name="How often your answer matches ours")).to_be_visible()
    keep("progress", page)


@pytest.mark.browser_context_args(viewport=WIDE)
def test_a_trainer_sees_the_library_and_the_editor_beside_the_page(calm_page: Page, site: Server) -> None:
    page = calm_page
    page.goto(f"{site.base_url}/trainers")
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stories")
    keep("library", page)
    page.goto(f"{site.base_url}/trainers/vignettes/julie/edit")
    expect(page.locator("[data-title]")).to_contain_text("Julie")
    expect(page.locator("[data-keys], .marked, mark, .cue").first).to_be_attached()
    keep("editor", page)


def test_every_picture_is_shown_and_every_shown_picture_is_there() -> None:
    assert {path.stem for path in PICTURES.glob("*.png")} == wanted()
