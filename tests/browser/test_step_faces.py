"""The faces of steps in a browser: what lives on the device sends nothing, and no one else can lose it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.barriers import barriers
from tests.browser.faces import Faces
from tests.browser.test_journey import press_until
from tests.browser.wire import Wire
from tests.session_plans.shipped import plans

SECRET = "tortoiseshell"
KINDS = ("talk", "rules", "check_in", "board", "systems", "round", "circles", "private", "pause", "close")


@pytest.fixture(scope="module")
def running() -> Iterator[Faces]:
    with Faces() as site:
        yield site


@pytest.fixture
def faces(running: Faces) -> Faces:
    running.plan = plans()["building-self-compassion"]
    running.show("talk")
    return running


@pytest.fixture
def wire(faces: Faces) -> Iterator[Wire]:
    with Wire(faces.base_url) as listening:
        yield listening


def change(faces: Faces, page: Page, kind: str, note: str) -> None:
    """The facilitator goes on, and the phone has followed."""
    faces.show(kind, note)
    faces.tell()
    expect(page.get_by_text(note, exact=True)).to_be_visible()


def opened(faces: Faces, page: Page, base_url: str | None = None) -> None:
    """The phone's page, with its stream open."""
    with page.expect_response(re.compile("/live/member")):
        page.goto(f"{base_url or faces.base_url}/g/ABC234")


def put_in(page: Page, html: str) -> None:
    """As a step arrives on a page that is open."""
    page.evaluate(
        """(html) => { document.getElementById('main').innerHTML = html;
        document.dispatchEvent(new CustomEvent('live:replaced')); }""",
        html,
    )


def draw(page: Page) -> None:
    page.get_by_role("button", name="Threat bigger").click()
    page.get_by_text("Add words to the circles").click()
    page.get_by_role("textbox", name="Threat").fill(SECRET)


def write(page: Page) -> None:
    page.get_by_role("button", name="A proper meal").click()
    page.get_by_label("In my own words").first.fill(f"{SECRET} cat")
    page.get_by_label("In my own words").first.press("Enter")
    page.get_by_label("In my own words").last.fill(f"half a {SECRET}")


def test_nothing_that_is_drawn_or_written_in_a_group_reaches_the_wire(
    calm_page: Page, faces: Faces, wire: Wire
) -> None:
    page = calm_page
    opened(faces, page, wire.base_url)
    for kind, act in (("circles", draw), ("private", write)):
        change(faces, page, kind, f"now {kind}")
        before = wire.sent
        act(page)
        with page.expect_download():
            page.get_by_role("button", name="Save as a picture").click()
        page.get_by_role("button", name="Save on this device").click()
        page.get_by_role("button", name="Save on this device").click()
        assert wire.sent == before
    change(faces, page, "pause", "now pause")
    before = wire.sent
    page.get_by_role("button", name="Start the guide").click()
    page.get_by_role("button", name="Stop").click()
    assert wire.sent == before

    page.goto(f"{wire.base_url}/g/ABC234/takeaway")
    expect(page.get_by_text(f"{SECRET} cat")).to_be_visible()
    page.goto(f"{wire.base_url}/g/ABC234")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="Left")).to_be_visible()
    assert SECRET.encode() not in wire.sent
    assert {line for line in wire.requests if not line.startswith("GET ")} == {"POST /g/ABC234/leave"}
    assert page.context.cookies() == []


def test_a_change_by_others_takes_nothing_from_anyone_who_is_typing_or_drawing(calm_page: Page, faces: Faces) -> None:
    page = calm_page
    faces.show("private")
    opened(faces, page)
    write(page)
    field = page.get_by_label("In my own words").last
    field.press("ArrowLeft")
    change(faces, page, "private", "someone joined")

    expect(field).to_be_focused()
    field.press_sequentially("!")
    expect(field).to_have_value(f"half a {SECRET[:-1]}!{SECRET[-1]}")
    expect(page.locator("[data-part] li")).to_have_text(["A proper meal", f"{SECRET} cat"])

    change(faces, page, "circles", "on to circles")
    draw(page)
    change(faces, page, "circles", "someone left")
    expect(page.get_by_role("textbox", name="Threat")).to_have_value(SECRET)
    expect(page.get_by_role("textbox", name="Threat")).to_be_focused()

    change(faces, page, "private", "back again")
    expect(page.locator("[data-part] li")).to_have_text(["A proper meal", f"{SECRET} cat"])
    expect(page.get_by_label("In my own words").last).to_have_value(f"half a {SECRET[:-1]}!{SECRET[-1]}")
    change(faces, page, "circles", "circles again")
    expect(page.get_by_role("slider", name="Threat")).to_have_value("45")
    page.reload()
    expect(page.get_by_role("slider", name="Threat")).to_have_value("45")


def test_leaving_ends_what_was_not_kept_and_another_group_never_meets_it(context: BrowserContext, faces: Faces) -> None:
    page = context.new_page()
    faces.show("private")
    opened(faces, page)
    write(page)
    keys = "Object.keys(sessionStorage).filter((key) => key.startsWith('three-circles:')).length"
    assert page.evaluate(keys) == 2
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="Left")).to_be_visible()
    assert page.evaluate(keys) == 0

    opened(faces, page)
    expect(page.locator("[data-part] li")).to_have_count(0)
    write(page)
    page.evaluate("sessionStorage.setItem('three-circles:group', 'XYZ789')")
    page.reload()
    expect(page.locator("[data-part] li")).to_have_count(0)
    write(page)
    page.get_by_role("button", name="Save on this device").click()
    page.get_by_role("button", name="Leave").click()
    opened(faces, page)
    expect(page.get_by_text("This was saved on this device.")).to_be_visible()
    expect(page.locator("[data-part=care] li, [data-part] li")).to_have_count(3)
    page.get_by_text("Delete everything", exact=True).click()
    page.get_by_role("button", name="Yes, delete everything").click()
    expect(page.locator("[data-part] li")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_phone_without_a_connection_draws_writes_and_breathes_on(calm_page: Page, faces: Faces) -> None:
    page = calm_page
    faces.show("circles")
    opened(faces, page)
    page.context.set_offline(True)
    draw(page)
    expect(page.locator("[data-pictures] figure")).to_contain_text(SECRET)
    with page.expect_download():
        page.get_by_role("button", name="Save as a picture").click()
    faces.show("private")
    put_in(page, faces.member())
    write(page)
    with page.expect_download():
        page.get_by_role("button", name="Save as a picture").click()
    expect(page.locator("[data-part] li")).to_have_text(["A proper meal", f"{SECRET} cat", f"half a {SECRET}"])
    faces.show("pause")
    put_in(page, faces.member())
    page.get_by_role("button", name="Start the guide").click()
    expect(page.locator("[data-guide-line]")).to_have_text("Let your feet find the floor.")


def test_the_guide_goes_on_by_itself_and_can_be_stopped_and_started_by_keys(page: Page, faces: Faces) -> None:
    page.clock.install()
    faces.show("pause")
    page.goto(f"{faces.base_url}/g/ABC234")
    press_until(page, "Tab", "[data-guide-start]")
    page.keyboard.press("Enter")
    line = page.locator("[data-guide-line]")

    expect(line).to_have_text("Let your feet find the floor.")
    page.clock.fast_forward(20_000)
    expect(line).to_have_text("If you like, let your shoulders drop a little.")
    page.keyboard.press("Enter")
    expect(page.locator("[data-guide-lines] li")).to_have_count(5)
    expect(page.locator("[data-guide-lines] li").first).to_be_visible()
    page.clock.fast_forward(60_000)
    expect(line).to_be_hidden()
    page.keyboard.press("Enter")
    expect(line).to_have_text("Let your feet find the floor.")
    for _ in range(5):
        page.clock.fast_forward(20_000)
    expect(line).to_have_text("That is the end of the guide. You can stay here as long as you like.")


@pytest.mark.parametrize(("motion", "moves"), [("reduce", "none"), ("no-preference", "breath")])
def test_the_shape_stands_still_for_people_who_ask_for_less_motion(
    page: Page, faces: Faces, motion: str, moves: str
) -> None:
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    faces.show("pause")
    page.goto(f"{faces.base_url}/g/ABC234")
    shape = page.locator(".guide__shape")
    assert shape.evaluate("(shape) => getComputedStyle(shape).animationName") == "none"
    page.get_by_role("button", name="Start the guide").click()

    assert shape.evaluate("(shape) => getComputedStyle(shape).animationName") == moves


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_every_line_and_example_can_be_read(page: Page, faces: Faces) -> None:
    for kind, place, text in (
        ("pause", "li", "Look around. Find one thing that is nice to look at."),
        ("private", "li", "Keeping an appointment for my health"),
        ("private", "noscript p", "You cannot write here because JavaScript is switched off"),
        ("circles", "noscript p", "print the circles and use a pen instead"),
    ):
        faces.show(kind)
        page.goto(f"{faces.base_url}/g/ABC234")
        expect(page.locator(place, has_text=text)).to_be_visible()
        expect(page.locator("main").get_by_role("button")).to_have_count(0)
    page.goto(f"{faces.base_url}/g/ABC234/takeaway")
    expect(page.locator("noscript span", has_text="JavaScript is switched off")).to_be_visible()


def test_every_face_is_without_barriers_and_fits_its_screen(calm_page: Page, faces: Faces) -> None:
    page = calm_page
    for width, path, now in ((320, "/g/ABC234", faces.member), (1280, "/g/ABC234/screen", faces.wall)):
        page.set_viewport_size({"width": width, "height": 720})
        page.goto(faces.base_url + path)
        for kind in KINDS:
            faces.show(kind)
            put_in(page, now())
            assert barriers(page) == [], kind
            assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{faces.base_url}/g/ABC234/takeaway")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_no_shipped_step_needs_scrolling_on_a_wall(calm_page: Page, faces: Faces) -> None:
    page = calm_page
    over = []
    page.goto(f"{faces.base_url}/g/ABC234/screen")
    for width, height in ((1024, 768), (1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        for plan in plans().values():
            faces.plan = plan
            for number, step in enumerate(plan.steps):
                faces.number = number
                put_in(page, faces.wall())
                if page.evaluate("document.documentElement.scrollHeight > innerHeight"):
                    over.append((plan.slug, step.title, width))

    assert over == []


def test_the_page_to_take_home_puts_in_what_the_device_holds_and_prints_it(calm_page: Page, faces: Faces) -> None:
    page = calm_page
    page.goto(f"{faces.base_url}/g/ABC234/takeaway")
    expect(page.get_by_text("There are no notes on this phone.")).to_be_visible()
    faces.show("circles")
    opened(faces, page)
    draw(page)
    page.get_by_role("button", name="On a hard day").click()
    page.get_by_role("button", name="Soothing smaller").click()
    change(faces, page, "private", "on we go")
    write(page)
    page.goto(f"{faces.base_url}/g/ABC234/takeaway")

    expect(page.locator("[data-mine] figure")).to_have_count(2)
    expect(page.locator("[data-mine] figure").first).to_contain_text(f"medium: {SECRET}")
    expect(page.locator("[data-notes] li")).to_have_text(["A proper meal", f"{SECRET} cat", f"half a {SECRET}"])
    expect(page.locator("[data-notes]")).to_contain_text("A kind thing for me")
    expect(page.get_by_text("There are no notes on this phone.")).to_be_hidden()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 2
