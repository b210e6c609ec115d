"""A trainer copies the product's plan, changes it by keyboard, drag and form, and shares it as a file."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from api.session_plans.plan import Plan
from api.session_plans.reading import read
from tests.browser.barriers import barriers, barriers_in_both_schemes, bring_axe
from tests.browser.conftest import become
from tests.browser.pictures import screenshot
from tests.cast import PASSWORD, TRAINER
from tests.live import Server

PLAN = "A first look at the three systems"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with the product's own stories and plans, and the cookie of its trainer."""
    folder = tmp_path_factory.mktemp("plans")
    with (
        Server(folder, {"DATA_DIR": str(folder), "RATE_LIMIT": "off"}) as server,
        httpx.Client(base_url=server.base_url, timeout=20, trust_env=False) as client,
    ):
        client.post(server.lines[3].split()[-1], data={"name": TRAINER, "password": PASSWORD})
        yield server, dict(client.cookies)


@pytest.fixture
def trainer(calm_page: Page, shop: tuple[Server, dict[str, str]]) -> Page:
    server, cookies = shop
    become("trainer", calm_page.context, server, cookies)
    calm_page.set_viewport_size({"width": 1280, "height": 900})
    calm_page.goto(f"{server.base_url}/trainers/plans")
    return calm_page


def copy_plan(page: Page, title: str = PLAN) -> None:
    page.get_by_role("button", name=f"Copy {title}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("(copy)")
    page.locator("main form[data-htmx-powered]").first.wait_for(state="attached")  # before, a button loads the page


def titles(page: Page) -> list[str]:
    return [re.sub(r"^Step\s+\d+\. ", "", text) for text in page.locator("[data-steps] li a").all_inner_texts()]


def plan_of(page: Page, tmp_path: Path) -> tuple[Plan, Path]:
    """The plan as its file holds it."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    plan, faults = read(path.read_text(encoding="utf-8"))
    assert plan is not None, faults
    return plan, path


def drag(page: Page, title: str, onto: str) -> None:
    """Carries a step to the place of another one, and lets go once it stands there: moving steps give no way."""
    grip = page.locator("[data-steps] li", has_text=title).locator("[data-grip]").bounding_box()
    goal = page.locator("[data-steps] li", has_text=onto).bounding_box()
    assert grip
    assert goal
    place = titles(page).index(onto)
    x, start, end = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2, goal["y"] + goal["height"] / 2
    page.mouse.move(x, start)
    page.mouse.down()
    for part in (0.3, 0.6, 0.9, 1.0):
        page.mouse.move(x, start + (end - start) * part)
    for again in range(60):
        if titles(page).index(title) == place:
            break
        page.wait_for_timeout(50)
        page.mouse.move(x, end + again % 2)
    page.mouse.up()


def test_a_plan_is_copied_changed_offered_and_shared(trainer: Page, tmp_path: Path) -> None:
    page = trainer
    copy_plan(page)
    address = page.url.partition("/edit")[0]
    assert titles(page) == ["Hello", "Three systems", "Leroy’s story", "One easy minute", "Goodbye for now"]

    # By keyboard: the button goes with its step, and what happened is said.
    down = page.get_by_role("button", name="Move Three systems down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("“Three systems” is now step 3 of 5.")
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("“Three systems” is now step 4 of 5.")
    expect(down).to_be_focused()
    assert titles(page) == ["Hello", "Leroy’s story", "One easy minute", "Three systems", "Goodbye for now"]

    # By drag.
    drag(page, "Three systems", "Leroy’s story")
    expect(page.locator("#told")).to_have_text("“Three systems” is now step 2 of 5.")
    assert titles(page) == ["Hello", "Three systems", "Leroy’s story", "One easy minute", "Goodbye for now"]

    # Taken out, and brought back.
    page.get_by_role("button", name="Remove One easy minute").click()
    expect(page.locator("#sums")).to_contain_text("4 steps, 18 minutes in total")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-steps] li")).to_have_count(5)
    expect(page.locator("#told")).to_have_text("The last change has been undone.")

    # One step in its form, with its faces beside it.
    page.get_by_role("link", name=re.compile("1. Hello")).click()
    page.wait_for_url("**/steps/1")  # which is there once its scripts are
    wall = page.get_by_label("Shared screen", exact=True).and_(page.locator("textarea"))
    wall.fill("Come in. You should sit down.")
    expect(page.locator(".screen")).to_contain_text("Come in. You should sit down.", timeout=15_000)
    expect(page.locator("#f-wall-told")).to_contain_text("“should” can sound harsh")
    expect(page.locator("#mending")).to_have_text("One problem to fix in this step.")
    expect(wall).to_be_focused()
    wall.fill("Come in. Sit down if you like.")
    page.get_by_role("textbox", name="You could say, another line").fill("Shall we begin?")
    expect(page.locator(".screen")).to_contain_text("Sit down if you like.", timeout=15_000)
    expect(page.locator(".desk")).to_contain_text("Shall we begin?")
    expect(page.locator("#mending")).to_have_text("This step has no problems.")
    expect(page.get_by_role("textbox", name="You could say, another line")).to_have_count(1)
    page.get_by_role("button", name="Save step", exact=True).click()
    expect(page.locator("#mending")).to_contain_text("Saved.")

    # Offered; downloaded; and brought in again, it is the same plan under another name.
    page.goto(address)
    page.get_by_role("button", name="Share with facilitators").click()
    expect(page.get_by_role("heading", name="Shared with facilitators")).to_be_visible()
    plan, path = plan_of(page, tmp_path)
    assert plan.steps[0].wall == "Come in. Sit down if you like."
    assert plan.steps[0].notes.say[-1] == "Shall we begin?"
    page.get_by_role("link", name="All plans").click()
    page.get_by_label("Plan file").set_input_files(path)
    page.get_by_role("button", name="Import plan").click()
    expect(page.get_by_role("heading", name="Draft")).to_be_visible()
    again, _ = plan_of(page, tmp_path)
    assert again == plan.model_copy(update={"slug": again.slug})
    assert again.slug != plan.slug


def test_a_step_is_carried_with_a_finger(browser: Browser, shop: tuple[Server, dict[str, str]]) -> None:
    server, cookies = shop
    context: BrowserContext = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    become("trainer", context, server, cookies)
    page = context.new_page()
    page.goto(f"{server.base_url}/trainers/plans")
    copy_plan(page)
    fingers = context.new_cdp_session(page)

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    page.locator("[data-steps] li").nth(1).scroll_into_view_if_needed()
    grip = page.locator("[data-grip]").nth(1).bounding_box()
    goal = page.locator("[data-steps] li").nth(0).bounding_box()
    assert grip
    assert goal
    x, y = grip["x"] + 22, grip["y"] + 22
    touch("touchStart", x, y)
    for part in (0.2, 0.5, 0.8, 1.0):
        touch("touchMove", x, y + (goal["y"] + 10 - y) * part)
        page.wait_for_timeout(30)
    touch("touchEnd")

    expect(page.locator("#told")).to_have_text("“Three systems” is now step 1 of 5.")
    context.close()


def test_no_one_leaves_what_is_not_saved_by_mistake(trainer: Page) -> None:
    page, asked = trainer, list[str]()

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    copy_plan(page)
    page.get_by_role("link", name=re.compile("1. Hello")).click()
    page.get_by_role("link", name="Step 2").click()
    expect(page.get_by_role("heading", level=1, name="Three systems").first).to_be_visible()
    assert asked == []
    page.get_by_label("Title").fill("Three of them")
    page.get_by_role("link", name="Step 3").click()

    expect(page.get_by_text("Step 3 of 5")).to_be_visible()
    assert asked == ["beforeunload"]


def test_a_button_pressed_after_someone_else_has_saved_shows_both_texts(trainer: Page) -> None:
    page = trainer
    copy_plan(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Move Hello down").click()
    expect(other.locator("#told")).to_have_text("“Hello” is now step 2 of 5.")

    page.get_by_role("button", name="Remove Leroy’s story").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Two versions of this plan")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator(".plainly li").nth(1)).to_have_text("Hello")
    assert barriers(page) == []
    page.get_by_role("link", name="Use theirs").click()
    expect(page.locator("[data-steps] li")).to_have_count(5)


def test_no_page_of_plans_has_a_barrier_or_stands_beside_the_screen(trainer: Page) -> None:
    page = trainer
    bring_axe(page)
    site = page.url.partition("/trainers")[0]
    copy_plan(page, "Building self-compassion")
    own = page.url.partition("/edit")[0]
    page.goto(f"{site}/trainers/plans")
    page.get_by_label("Title").fill("A plan of mine")
    page.get_by_role("button", name="Start plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A plan of mine")
    begun = page.url.partition("/edit")[0]
    lines = (own + "/steps/{}").format
    pages = {
        "plans": f"{site}/trainers/plans",
        "plan": own,
        "plan-steps": f"{own}/edit",
        "plan-about": f"{begun}/edit?tab=about",
        "plan-source": f"{begun}/edit?tab=source",
        "plan-step-begun": f"{begun}/steps/1",
        "plan-step-shipped": f"{site}/trainers/plans/first-look/steps/3",
        **{f"plan-step-{number}": lines(number) for number in range(1, 15)},
    }
    for name, address in pages.items():
        page.goto(address)
        assert barriers_in_both_schemes(page) == [], name
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            screenshot(f"{name}-{width}", page)
