"""What people draw and write for themselves: nothing of it leaves the phone, and it is gone when they say so."""

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Download, Page, expect

from tests.browser.wire import Wire
from tests.live import Server

Act = Callable[[Page], None]
SECRET = "tortoiseshell"


@pytest.fixture
def wire(new_site: Server) -> Iterator[Wire]:
    with Wire(new_site.base_url) as listening:
        yield listening


def stored(page: Page) -> list[str]:
    """Everything that the browser keeps for the site."""
    names: list[str] = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    databases: list[str] = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    return [*names, *databases]


def draw(page: Page) -> None:
    page.get_by_role("button", name="Threat bigger").click()
    words = page.get_by_role("textbox", name="Threat")
    if not words.is_visible():
        page.get_by_text("Add words to the circles").click()
    words.fill(SECRET)
    page.get_by_role("button", name="On a hard day").click()
    page.get_by_role("slider", name="Drive").press("End")
    page.get_by_role("textbox", name="Soothing").fill(SECRET)
    box = page.locator(".sizer__picture g.threat .fill").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"])
    page.mouse.up()


def write(page: Page) -> None:
    page.get_by_role("button", name="A glass of water").click()
    page.get_by_label("In my own words").first.fill(SECRET)
    page.get_by_label("In my own words").first.press("Enter")
    page.get_by_label("In my own words").last.fill(f"{SECRET} again")
    page.get_by_role("button", name="Add my own words").last.click()


both = pytest.mark.parametrize(("path", "act"), [("/circles", draw), ("/soothing", write)], ids=["drawing", "writing"])


def save(page: Page) -> Download:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a picture").click()
    return download.value


@both
def test_nothing_is_sent_and_nothing_kept_while_someone_draws_and_writes(
    calm_page: Page, wire: Wire, path: str, act: Act, tmp_path: Path
) -> None:
    page = calm_page
    asked: list[str] = []
    page.goto(wire.base_url + path)
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    before = wire.sent

    act(page)
    save(page)
    page.get_by_role("button", name="Print").click()
    assert stored(page) == []
    page.get_by_role("button", name="Save on this device").click()
    act(page)
    page.get_by_text("Delete everything", exact=True).click()
    page.get_by_role("button", name="Yes, delete everything").click()
    page.wait_for_timeout(500)  # whatever a script might send late

    assert [url for url in asked if not url.startswith("blob:")] == []
    assert wire.sent == before
    assert [line for line in wire.requests if not line.startswith(("GET /static/", f"GET {path}"))] == []
    assert page.context.cookies() == []
    page.goto(f"{wire.base_url}/systems")
    assert wire.sent != before  # the wire does listen
    assert SECRET.encode() not in wire.sent


@both
def test_it_is_gone_after_a_reload_and_after_the_way_back_unless_it_was_kept(
    calm_page: Page, new_site: Server, path: str, act: Act
) -> None:
    page = calm_page
    page.goto(new_site.base_url + path)
    empty = page.locator("main").inner_text()
    act(page)
    assert page.locator("main").inner_text() != empty
    page.reload()
    assert page.locator("main").inner_text() == empty

    act(page)
    page.goto(f"{new_site.base_url}/about")
    page.go_back()
    expect(page.locator("main")).to_contain_text("Private to you")
    assert page.locator("main").inner_text() == empty
    values = page.locator("input[type=text]").evaluate_all("all => all.map((one) => one.value).join('')")
    assert values == ""


@both
def test_what_was_kept_is_there_for_the_next_visit_and_gone_after_clearing(
    context: BrowserContext, new_site: Server, path: str, act: Act
) -> None:
    page = context.new_page()
    page.goto(new_site.base_url + path)
    act(page)
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text("Saved on this device. Any changes will be saved too.")).to_be_visible()
    assert len(stored(page)) == 1
    page.close()

    page = context.new_page()
    page.goto(new_site.base_url + path)
    expect(page.get_by_text("This was saved on this device")).to_be_visible()
    expect(page.locator("main")).to_contain_text(SECRET)
    page.get_by_text("Delete everything", exact=True).click()
    page.get_by_role("button", name="Yes, delete everything").click()
    expect(page.get_by_text("Everything here has been deleted")).to_be_visible()
    assert stored(page) == []
    expect(page.locator("main")).not_to_contain_text(SECRET)
    page.reload()
    expect(page.locator("main")).not_to_contain_text(SECRET)


@both
def test_pressing_keep_again_forgets_it_and_leaves_the_page_as_it_is(
    calm_page: Page, new_site: Server, path: str, act: Act
) -> None:
    page = calm_page
    page.goto(new_site.base_url + path)
    act(page)
    keep = page.get_by_role("button", name="Save on this device")
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    keep.click()

    expect(keep).to_have_attribute("aria-pressed", "false")
    assert stored(page) == []
    expect(page.locator("main")).to_contain_text(SECRET)


@both
def test_something_strange_in_the_storage_does_no_harm(calm_page: Page, new_site: Server, path: str, act: Act) -> None:
    page = calm_page
    page.goto(new_site.base_url + path)
    for strange in ('{"now": {"sizes": {"threat": 9000}}, "chosen": 5, "own": {"care": [7]}}', "[1]", '"x"', "{"):
        page.evaluate(
            "(text) => ['drawing', 'soothing'].forEach((what) => localStorage['three-circles:' + what] = text)", strange
        )
        page.reload()
        expect(page.get_by_role("button", name="Save as a picture")).to_be_visible()
    act(page)
    expect(page.locator("main")).to_contain_text(SECRET)


@both
def test_a_picture_is_saved_as_a_png_on_the_device(
    calm_page: Page, new_site: Server, path: str, act: Act, tmp_path: Path
) -> None:
    calm_page.goto(new_site.base_url + path)
    act(calm_page)
    download = save(calm_page)

    download.save_as(tmp_path / "picture.png")
    data = (tmp_path / "picture.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert width == 1440
    assert height > 400
    assert download.suggested_filename.endswith(".png")
    assert len(data) > 8_000  # a blank picture of this size is smaller


def test_the_card_takes_four_of_each_question_and_lets_them_go_again(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/soothing")
    examples = page.locator("[data-prompt=calm] [data-examples] button")
    for index in range(5):
        examples.nth(index).click()

    card = page.locator("[data-part=calm] li")
    expect(card).to_have_count(4)
    expect(page.get_by_text("The card has room for four")).to_be_visible()
    expect(examples.nth(4)).to_have_attribute("aria-pressed", "false")
    examples.nth(0).click()
    examples.nth(4).click()
    expect(card).to_have_count(4)
    expect(card.nth(3)).to_have_text("Music, or a voice that I like")


def test_words_that_were_not_added_yet_go_along_onto_the_picture(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/soothing")
    page.get_by_label("In my own words").first.fill(f"  my   {SECRET} <i>cat</i> ")
    save(page)

    expect(page.locator("[data-part=care] li")).to_have_text(f"my {SECRET} <i>cat</i>")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_examples_can_be_read_and_the_paper_found(page: Page, new_site: Server) -> None:
    page.goto(f"{new_site.base_url}/soothing")
    expect(page.get_by_text("A glass of water")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="print the sheet").click()

    expect(page.get_by_role("heading", name="My card")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/circles", "/circles/paper", "/circles/paper?words=yes", "/soothing", "/soothing/paper"]
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_printed_sheet_is_one_page_of_dark_words_on_white(
    calm_page: Page, new_site: Server, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = calm_page
    page.emulate_media(color_scheme=scheme)
    page.goto(new_site.base_url + path)
    if path == "/circles":
        for moment in ("On a hard day", "How I would like it to be", "Now"):
            page.get_by_role("button", name=moment).click()
            page.get_by_role("button", name="Threat bigger").click()
            page.locator("[data-words=threat]").evaluate(
                "(field) => { field.value = 'x'.repeat(80); field.dispatchEvent(new Event('input')); }"
            )
    if path == "/soothing":
        for prompt in ("care", "calm", "kind"):
            for index in range(4):
                page.locator(f"[data-prompt={prompt}] [data-examples] button").nth(index).click()

    sheet = page.pdf(prefer_css_page_size=True)

    assert sheet.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('main h1, main h2')).color") == "rgb(17, 17, 17)"
    expect(page.get_by_role("button")).to_have_count(0)
