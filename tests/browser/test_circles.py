"""Sizing circles by drag, touch, buttons and keys; what they say; and the circles as an answer."""

from itertools import product

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.barriers import barriers_in_both_schemes
from tests.browser.test_journey import press_until
from tests.cast import ANA
from tests.live import Server


@pytest.fixture
def drawing(calm_page: Page, new_site: Server) -> Page:
    calm_page.goto(f"{new_site.base_url}/circles")
    return calm_page


def slider(page: Page, system: str) -> Locator:
    return page.get_by_role("slider", name=system)


def size(page: Page, system: str) -> int:
    return int(slider(page, system).input_value())


def radius(page: Page, system: str) -> float:
    circle = page.locator(f"[data-circles-picture] g.{system.lower()} circle.fill")
    return float(circle.get_attribute("r") or 0)


def edge(page: Page, system: str) -> tuple[float, float]:
    """The point of a circle that is farthest down, in the window."""
    box = page.locator(f"[data-circles-picture] g.{system.lower()} circle.fill").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] - 2


def test_dragging_an_edge_makes_a_circle_bigger_and_the_edge_stays_under_the_pointer(drawing: Page) -> None:
    x, y = edge(drawing, "Threat")
    drawing.mouse.move(x, y)
    drawing.mouse.down()
    drawing.mouse.move(x, y + 20)
    drawing.mouse.move(x, y + 40)

    assert size(drawing, "Threat") > 55
    assert edge(drawing, "Threat")[1] == pytest.approx(y + 40, abs=2)
    assert (size(drawing, "Drive"), size(drawing, "Soothing")) == (40, 40)
    drawing.mouse.up()
    drawing.mouse.move(x, y - 40)
    assert edge(drawing, "Threat")[1] == pytest.approx(y + 40, abs=2)
    expect(drawing.locator("[data-circles-said]")).to_have_text("Threat large")


def test_dragging_the_middle_of_a_circle_inwards_makes_it_smaller(drawing: Page) -> None:
    box = drawing.locator("[data-circles-picture] g.drive circle.fill").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drawing.mouse.move(x, y)
    drawing.mouse.down()
    drawing.mouse.move(x + 15, y + 9)
    drawing.mouse.up()

    assert 5 <= size(drawing, "Drive") < 25


@pytest.mark.browser_context_args(has_touch=True, is_mobile=True)
def test_a_finger_sizes_a_circle_without_moving_the_page(drawing: Page) -> None:
    cdp = drawing.context.new_cdp_session(drawing)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y = edge(drawing, "Threat")
    touch("touchStart", (x, y))
    for step in range(1, 7):
        touch("touchMove", (x, y + 8 * step))
    touch("touchEnd")

    assert size(drawing, "Threat") > 70
    assert drawing.evaluate("scrollY") == 0
    drawing.get_by_role("button", name="Threat smaller").tap()
    expect(drawing.locator("[data-circles-said]")).to_have_text("Threat large")


def test_the_buttons_are_large_and_say_what_they_have_done(drawing: Page) -> None:
    bigger = drawing.get_by_role("button", name="Soothing bigger")
    for width in (320, 390):
        drawing.set_viewport_size({"width": width, "height": 844})
        box = bigger.bounding_box()
        assert box
        assert box["width"] >= 48
        assert box["height"] >= 48
    for _ in range(6):
        bigger.click()

    assert size(drawing, "Soothing") == 70
    expect(drawing.locator("[data-circles-said]")).to_have_text("Soothing large")
    for _ in range(10):
        bigger.click()
    assert size(drawing, "Soothing") == 100


def test_keys_alone_draw_two_moments_and_compare_them(drawing: Page) -> None:
    page = drawing
    press_until(page, "Tab", ".size.threat input")
    for key, then in (("ArrowUp", 45), ("ArrowRight", 50), ("PageUp", 70), ("ArrowLeft", 65), ("PageDown", 45)):
        page.keyboard.press(key)
        assert size(page, "Threat") == then
    page.keyboard.press("Home")
    assert size(page, "Threat") == 5
    page.keyboard.press("End")
    assert size(page, "Threat") == 100

    press_until(page, "Shift+Tab", "[data-moment=wish]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-moment=wish]")).to_have_attribute("aria-pressed", "true")
    press_until(page, "Tab", ".size.soothing input")
    page.keyboard.press("End")

    expect(page.locator("[data-compared]")).to_have_text(
        "How I would like it to be, soothing is larger than now. Threat and drive are about the same."
    )


def test_each_slider_says_its_size_in_words(drawing: Page) -> None:
    threat = slider(drawing, "Threat")
    for value, words in ((5, "very small"), (20, "small"), (40, "medium"), (70, "large"), (90, "very large")):
        threat.fill(str(value))
        expect(threat).to_have_attribute("aria-valuetext", f"{words}, {value} of 100")
        expect(drawing.locator(".size.threat [data-word]")).to_have_text(words)
        picture = drawing.locator("[data-circles-picture]")
        expect(picture).to_have_attribute("aria-label", f"Threat {words}, drive medium, soothing medium")


def test_the_area_is_what_grows(drawing: Page) -> None:
    for system, value in (("Threat", 20), ("Drive", 40), ("Soothing", 80)):
        slider(drawing, system).fill(str(value))

    areas = [radius(drawing, system) ** 2 for system in ("Threat", "Drive", "Soothing")]
    assert areas[1] / areas[0] == pytest.approx(2, rel=0.01)
    assert areas[2] / areas[0] == pytest.approx(4, rel=0.01)


def test_circles_of_no_size_overlap_or_leave_the_picture(drawing: Page) -> None:
    placed: dict[str, dict[str, dict[str, float]]] = drawing.evaluate(
        """() => Object.fromEntries(window.circles.SYSTEMS.map((system) =>
            [system, Object.fromEntries([5, 20, 40, 60, 80, 100].map((size) =>
                [size, window.circles.place(system, size)]))]))"""
    )
    left, top, width, height = drawing.evaluate("window.circles.BOX")

    for one, other in (("threat", "drive"), ("drive", "soothing"), ("soothing", "threat")):
        for a, b in product(placed[one].values(), placed[other].values()):
            apart = ((a["cx"] - b["cx"]) ** 2 + (a["cy"] - b["cy"]) ** 2) ** 0.5
            assert apart >= a["r"] + b["r"]
    for circle in (circle for sizes in placed.values() for circle in sizes.values()):
        assert left <= circle["cx"] - circle["r"] < circle["cx"] + circle["r"] <= left + width
        assert top <= circle["cy"] - circle["r"] < circle["cy"] + circle["r"] <= top + height


def test_three_moments_stand_side_by_side_each_with_its_own_words(drawing: Page) -> None:
    page = drawing
    page.get_by_text("Add words to the circles").click()
    words = page.get_by_role("textbox", name="Threat")
    words.fill("the <b>letter</b>")
    page.get_by_role("button", name="On a hard day").click()
    expect(words).to_have_value("")
    words.fill("everything at once")
    for _ in range(3):
        page.get_by_role("button", name="Threat bigger").click()
        page.get_by_role("button", name="Drive smaller").click()

    pictures = page.locator("[data-pictures] figure")
    expect(pictures).to_have_count(2)
    expect(pictures.nth(0)).to_contain_text("Threat medium: the <b>letter</b>")
    expect(pictures.nth(1)).to_contain_text("Threat medium: everything at once")
    expect(page.locator("[data-compared]")).to_have_text(
        "On a hard day, threat is larger than now. Drive is smaller. Soothing is about the same."
    )
    page.get_by_role("button", name="Now").click()
    expect(words).to_have_value("the <b>letter</b>")
    assert size(page, "Threat") == 40


def test_axe_finds_no_barrier_in_a_drawing_in_a_card_or_in_the_circles_of_an_answer(
    calm_page: Page, new_site: Server
) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/circles")
    page.get_by_text("Add words to the circles").click()
    page.get_by_role("textbox", name="Threat").fill("deadlines")
    page.get_by_role("button", name="On a hard day").click()
    page.get_by_role("button", name="Threat bigger").click()
    page.get_by_role("button", name="Save on this device").click()
    page.get_by_text("Delete everything", exact=True).click()
    assert barriers_in_both_schemes(page) == []

    page.goto(f"{new_site.base_url}/soothing")
    page.get_by_role("button", name="A glass of water").click()
    assert barriers_in_both_schemes(page) == []

    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Size the three circles for Ana").click()
    page.get_by_role("button", name="Drive bigger").click()
    assert barriers_in_both_schemes(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def posted(page: Page) -> list[str]:
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)
    return bodies


def test_circles_that_were_sized_go_with_the_answer(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    bodies = posted(page)
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Size the three circles for Ana").click()
    page.get_by_role("button", name="Drive bigger").click()
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")
    assert bodies == ["reason=&circle_threat=40&circle_drive=45&circle_soothing=40"]


def test_circles_that_no_one_touched_or_that_were_left_out_again_are_not_sent(
    calm_page: Page, new_site: Server
) -> None:
    page = calm_page
    bodies = posted(page)
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Size the three circles for Ana").click()
    page.get_by_role("button", name="Drive bigger").click()
    page.get_by_role("button", name="Do not send circles").click()
    page.locator("label.answer.threat").click()
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_text("A different view")).to_be_visible()
    assert bodies == ["system=threat&reason=&circle_threat=&circle_drive=&circle_soothing="]


def test_after_a_form_that_was_not_complete_the_circles_can_still_be_sized(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Size the three circles for Ana").click()
    for button in ("Drive bigger", "Threat bigger"):
        page.get_by_role("button", name=button).click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("alert").filter(has_text="Choose one of the circles")).to_be_visible()

    assert (size(page, "Drive"), size(page, "Threat")) == (45, 45)
    page.get_by_role("button", name="Drive bigger").click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_numbers_size_the_circles_without_scripts(page: Page, new_site: Server) -> None:
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Size the three circles for Ana").click()
    for system, value in (("Threat", "10"), ("Drive", "90"), ("Soothing", "0")):
        page.get_by_role("spinbutton", name=system).fill(value)
    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_page_leads_to_the_paper(page: Page, new_site: Server) -> None:
    page.goto(f"{new_site.base_url}/circles")
    expect(page.get_by_role("slider")).to_have_count(0)
    page.get_by_role("link", name="print the circles").first.click()

    expect(page.get_by_role("heading", name="Draw your systems")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_have_count(0)
