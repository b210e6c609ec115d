"""The first trainer's way: the link, the form, the library, signing out and in."""

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, TRAINER
from tests.live import Server


def test_the_first_trainer_sets_up_looks_at_a_story_and_signs_in_again(calm_page: Page, fresh_site: Server) -> None:
    page = calm_page
    setup = fresh_site.lines[3].split()[-1]
    page.goto(setup)
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill("x" * 201)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("alert")).to_contain_text("12 to 200 characters")
    expect(page.get_by_label("Name")).to_have_value(TRAINER)

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stories")
    expect(page.get_by_text(f"Signed in as {TRAINER}")).to_be_visible()

    page.get_by_role("link", name="Ben and the bath").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ben and the bath")
    expect(page.get_by_text("Reasonable answers")).to_be_visible()

    page.get_by_role("link", name="All stories").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{fresh_site.base_url}/trainers")
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stories")

    answer = page.goto(setup)
    assert answer is not None
    assert answer.status == 404
