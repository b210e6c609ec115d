"""The whole way: invited, joined, written, rated blind by two others, published, answered, and worded better."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.accounts.permissions import Role
from api.accounts.trainer import add_trainer
from api.persistence.engine import make_engine
from tests.browser.barriers import barriers, bring_axe
from tests.browser.test_editor import STORY, choose, mark, saved, select, story_box
from tests.cast import PASSWORD, TRAINER
from tests.live import Server

OTHERS: tuple[tuple[str, Role], ...] = (("Bo", "trainer"), ("Chidi", "trainer"), ("Edith", "editor"))
TITLE = "Grace sells out"


@pytest.fixture
def house(fresh_site: Server, browser: Browser) -> Iterator["House"]:
    with ExitStack() as open_contexts:
        yield House(fresh_site, browser, open_contexts)


class House:
    """A site, and people who each come with a phone of their own."""

    def __init__(self, site: Server, browser: Browser, contexts: ExitStack) -> None:
        self.site, self.browser, self.contexts = site, browser, contexts

    def phone(self) -> Page:
        context = self.browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        page = self.contexts.enter_context(context).new_page()
        page.set_default_timeout(10_000)
        bring_axe(page)
        return page

    def arrive(self, link: str, name: str) -> Page:
        """Someone who comes by a link that works once, and chooses a name and a password."""
        page = self.phone()
        page.goto(link)
        look(page)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name=re.compile("^Create account$")).click()
        look(page, "Stories")
        return page

    def sign_in(self, name: str) -> Page:
        page = self.phone()
        page.goto(f"{self.site.base_url}/trainers")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        look(page, "Stories")
        return page


def look(page: Page, heading: str | re.Pattern[str] = "") -> None:
    """The page is the one that is expected, fits the screen, and has no barrier that axe can find."""
    if heading:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert barriers(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url


def write(page: Page) -> None:
    """Writes a whole story in the editor's first tab, where no syntax is seen."""
    page.get_by_role("link", name="Write a story").click()
    look(page, "Write a story")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Character’s first name").fill("Grace")
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    story_box(page).fill(STORY)
    choose(page)
    mark(page, "gets up at four", "Drive", "working for something they want")
    mark(page, "laughs out loud", "Drive", "enjoying a success")
    mark(page, "looks into her purse once more", "Threat", "watching for danger")
    page.get_by_label("How clear “looks into her purse once more” is").select_option("a hint")
    page.get_by_label("Why is it the biggest?").fill("She wants to sell out, and enjoys it when she does.")
    page.get_by_label("Why might someone choose threat?").fill("She checks her purse. The text does not tell us why.")
    page.get_by_label("Why might someone choose soothing?").fill(
        "She is at home at last. Nothing shows that she rests."
    )
    page.get_by_label("Questions to discuss").fill("What is the purse for?")
    page.get_by_text("Tags, topics and balance").click()
    page.get_by_label("Drive or striving").check()
    expect(page.get_by_role("heading", name="Ready for review")).to_be_visible()
    saved(page)
    look(page)


def rate(page: Page) -> None:
    """Finds the story on the list, answers it blind, and sees the review."""
    page.get_by_role("link", name="Rate Grace’s story").click()
    look(page, "Grace")
    expect(page.get_by_text(TITLE)).to_have_count(0)
    page.get_by_role("radio", name="Drive").press("Space")
    page.get_by_role("button", name="Send rating").click()
    look(page, "Review")


def expect_answers(page: Page, number: int) -> None:
    """The list counts so many answers to the story."""
    page.get_by_role("navigation", name="Trainers").get_by_role("link", name="Stories").click()
    row = page.get_by_role("row").filter(has_text=TITLE)
    expect(row.locator("[data-label=Answers]")).to_have_text(str(number))


def test_a_story_goes_from_an_invitation_to_a_learners_answer_and_keeps_its_answers_when_worded_better(
    house: House,
) -> None:
    admin = house.arrive(house.site.lines[3].split()[-1], TRAINER)
    admin.get_by_role("navigation", name="Trainers").get_by_role("link", name="Settings").click()
    admin.get_by_role("link", name="People", exact=True).click()
    look(admin, "People")
    admin.get_by_role("button", name="Create invitation").click()
    look(admin, "Invitation link")
    amina = house.arrive(admin.get_by_label("Link", exact=True).input_value(), "Amina")
    engine = make_engine(f"sqlite:///{Path(house.site.environment['DATA_DIR']) / 'three-circles.db'}")
    for name, role in OTHERS:
        add_trainer(engine, name, PASSWORD, role=role)
    engine.dispose()

    write(amina)
    amina.get_by_role("link", name="Finish and preview").click()
    look(amina, TITLE)
    expect(amina.get_by_role("heading", level=2, name="Draft")).to_be_visible()
    amina.get_by_role("button", name="Send for review").click()
    expect(amina.get_by_role("heading", level=2, name="In review")).to_be_visible()
    look(amina)

    for name in ("Bo", "Chidi"):
        rate(house.sign_in(name))

    edith = house.sign_in("Edith")
    expect(edith.get_by_role("link", name="Rate Grace’s story")).to_be_visible()
    rate(edith)
    edith.get_by_role("button", name="Publish story").click()
    expect(edith.get_by_role("heading", level=2, name="Published")).to_be_visible()
    look(edith, TITLE)
    story = edith.url

    learner = house.phone()
    learner.goto(story.replace("/trainers", ""))
    look(learner, TITLE)
    learner.locator("label.answer.drive").click()
    learner.get_by_role("button", name="Send my answer").click()
    look(learner, "Drive looks biggest for Grace")
    expect(learner.get_by_text("She wants to sell out, and enjoys it when she does.")).to_be_visible()

    expect_answers(edith, 1)
    edith.get_by_role("link", name=TITLE).click()
    edith.get_by_role("link", name="Edit story").click()
    look(edith, TITLE)
    select(edith, "At home")
    edith.keyboard.type("Back home")
    saved(edith)
    edith.get_by_role("link", name="Finish and preview").click()
    expect(edith.get_by_role("heading", level=2, name="Unpublished changes")).to_be_visible()
    look(edith, TITLE)
    edith.get_by_role("radio", name="The wording").check()
    edith.get_by_role("button", name="Publish version 2").click()
    expect(edith.get_by_text("This is version 2")).to_be_visible()
    tabs = edith.get_by_role("navigation", name="About this story")
    for tab in ("Versions", "Results", "Review"):
        tabs.get_by_role("link", name=tab).click()
        look(edith, tab)

    expect_answers(edith, 1)

    learner.goto(story.replace("/trainers", ""))
    expect(learner.locator(".case__story > .story").get_by_text("Back home she looks")).to_be_visible()
