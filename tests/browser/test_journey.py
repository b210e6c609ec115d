"""A learner's way through a story, with scripts and without."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import ANA, BEN, CLEO
from tests.live import Server


def press_until(page: Page, key: str, wanted: str) -> None:
    """Presses a key until the wanted element has the focus, as someone without a mouse does."""
    for _ in range(20):
        if page.locator(wanted).evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads to {wanted}")


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent.trim()")
    return text


def test_from_the_first_page_to_the_next_person_by_keyboard_and_without_a_page_load(
    calm_page: Page, new_site: Server
) -> None:
    page = calm_page
    page.goto(new_site.base_url)
    page.get_by_role("link", name="Practise on your own").click()
    page.get_by_role("button", name="Start session: 10 mixed stories").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana and the race")

    page.evaluate("window.stillHere = true")
    press_until(page, "Tab", "input[name=system][value=threat]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=system][value=drive]")).to_be_checked()
    press_until(page, "Tab", "form.sheet button[type=submit]")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")
    assert page.evaluate("window.stillHere")
    expect(page).to_have_title("Drive looks biggest for Ana · Three Circles")
    expect(page.get_by_text("Matches our answer")).to_be_visible()
    assert focused(page) == "Drive looks biggest for Ana"

    page.get_by_role("link", name="Next story").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cleo and the letter")


def test_a_content_note_can_be_read_before_the_story_or_avoided(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{BEN}")
    expect(page.get_by_text("This story mentions an argument")).to_be_visible()
    expect(page.get_by_text("His shoulders drop")).to_have_count(0)

    page.get_by_role("link", name="Read the story").click()
    expect(page.locator(".case__story > .story")).to_contain_text("His shoulders drop")

    page.goto(f"{new_site.base_url}/vignettes/{BEN}")
    page.get_by_role("link", name="Choose another story").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Ben and the bath")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_same_way_works_without_scripts(page: Page, new_site: Server) -> None:
    page.goto(new_site.base_url)
    page.get_by_role("link", name="Practise on your own").click()
    page.get_by_role("button", name="Start session: 10 mixed stories").click()
    page.locator("label.answer.drive").click()
    page.get_by_text("Very", exact=True).click()
    page.get_by_role("button", name="Send my answer").click()

    assert page.url.endswith(f"/vignettes/{ANA}/outcome")
    expect(page.get_by_role("heading", level=1)).to_have_text("Drive looks biggest for Ana")
    expect(page.get_by_text("very sure")).to_be_visible()
    page.get_by_role("link", name="Next story").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cleo and the letter")
    expect(page.get_by_text("10 mixed stories · 2 of 10")).to_be_visible()


def test_a_whole_sitting_goes_by_three_keys_and_enter(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    keys = page.locator("[data-keys]")  # the page's script shows it: keys that are pressed before are no one's
    page.goto(f"{new_site.base_url}/practice")
    page.get_by_role("button", name="Start session: Five minutes").click()
    for key, person in (("2", "Ana"), ("1", "Cleo")):
        expect(page.get_by_role("heading", level=1)).to_contain_text(person)
        expect(keys).to_be_visible()
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"biggest for {person}")
        expect(page.get_by_text("Matches our answer")).to_be_visible()
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Read the story").click()
    page.wait_for_url("**open=1*")
    expect(keys).to_be_visible()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("biggest for Ben")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Session complete")
    expect(page.get_by_text("You read 3 stories.")).to_be_visible()


def test_the_keys_can_be_turned_off(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_role("button", name="Turn them off").click()
    page.locator("h1").focus()
    page.keyboard.press("2")

    expect(page.locator("input[name=system][value=drive]")).not_to_be_checked()
    expect(page.get_by_role("button", name="Turn keyboard shortcuts on")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_form_without_a_circle_says_what_is_missing_and_keeps_the_rest(
    browser: Browser, new_site: Server, scripts: bool
) -> None:
    page = browser.new_page(java_script_enabled=scripts)
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.get_by_text("Fairly", exact=True).click()
    page.get_by_role("button", name="Send my answer").click()

    alert = page.get_by_role("alert").filter(has_text="Choose one of the circles")
    expect(alert).to_be_visible()
    expect(alert).to_be_focused()
    expect(page.locator("input[name=confidence][value=leaning]")).to_be_checked()

    page.locator("label.answer.threat").click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_text("A different view")).to_be_visible()
    page.close()


def test_the_outcome_is_still_there_after_a_reload(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{CLEO}")
    page.locator("label.answer.soothing").click()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Threat looks biggest for Cleo")

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Threat looks biggest for Cleo")
    expect(page.get_by_text("You have answered this story before")).to_have_count(0)


def test_the_way_back_from_the_outcome_leads_to_the_story(calm_page: Page, new_site: Server) -> None:
    page = calm_page
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.locator("label.answer.drive").click()
    page.get_by_role("button", name="Send my answer").click()

    page.get_by_role("link", name="Read the story again").click()

    expect(page.get_by_role("button", name="Send my answer")).to_be_visible()


def test_a_server_that_cannot_be_reached_is_told_and_the_choice_is_kept(page: Page, fresh_site: Server) -> None:
    page.goto(f"{fresh_site.base_url}/vignettes/{ANA}")
    page.locator("label.answer.drive").click()
    fresh_site.kill()

    page.get_by_role("button", name="Send my answer").click()

    expect(page.get_by_role("alert").filter(has_text="cannot reach the server")).to_be_visible()
    expect(page.locator("input[name=system][value=drive]")).to_be_checked()
    expect(page.get_by_role("button", name="Send my answer")).to_be_enabled()
