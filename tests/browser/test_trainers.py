"""Trainers' ways: the first one's link, the library, signing out and in; inviting, joining and letting go."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.barriers import barriers
from tests.cast import PASSWORD, TRAINER
from tests.live import Server

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


def test_the_first_trainer_sets_up_looks_at_a_story_and_signs_in_again(calm_page: Page, fresh_site: Server) -> None:
    page = calm_page
    setup = fresh_site.lines[3].split()[-1]
    page.goto(setup)
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill("x" * 201)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_contain_text("12 to 200 characters")
    expect(page.get_by_label("Name")).to_have_value(TRAINER)

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
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
    expect(page.get_by_role("alert")).to_contain_text("Name or password is incorrect")

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Stories")

    answer = page.goto(setup)
    assert answer is not None
    assert answer.status == 404


def no_barrier(page: Page) -> None:
    assert barriers(page) == []


def test_an_admin_invites_someone_who_joins_and_is_seen_and_signed_out_again(
    calm_page: Page, fresh_site: Server, browser: Browser
) -> None:
    page = calm_page
    page.goto(fresh_site.lines[3].split()[-1])
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("navigation", name="Trainers").get_by_role("link", name="Settings").click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="People").click()
    page.get_by_role("radio", name=re.compile("^Editor")).check()
    page.get_by_label("Name").fill("Ida")
    page.get_by_role("button", name="Create invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invitation link")
    no_barrier(page)
    link = page.get_by_label("Link", exact=True).input_value()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link

    with browser.new_context(user_agent=SAFARI, viewport={"width": 390, "height": 844}) as phone:
        ida = phone.new_page()
        ida.goto(link)
        expect(ida.get_by_role("heading", level=1)).to_have_text("Join as an editor")
        expect(ida.get_by_label("Name")).to_have_value("Ida")
        ida.get_by_label("Password").fill(PASSWORD)
        ida.get_by_role("button", name="Create account").click()
        expect(ida.get_by_role("heading", level=1)).to_have_text("Stories")
        ida.get_by_role("link", name="Settings").click()
        expect(ida.get_by_text("Safari on iPhone")).to_be_visible()
        expect(ida.get_by_text("this device")).to_be_visible()
        expect(ida.get_by_role("link", name="People")).to_have_count(0)
        ida.get_by_role("button", name="Sign out").click()
        ida.goto(f"{fresh_site.base_url}/trainers")
        ida.get_by_label("Name").fill("Ida")
        ida.get_by_label("Password").fill(PASSWORD)
        ida.get_by_role("button", name="Sign in").click()
        expect(ida.get_by_role("heading", level=1)).to_have_text("Stories")

        page.get_by_role("link", name="Back to people").click()
        no_barrier(page)
        expect(page.get_by_role("row").filter(has_text="Ida")).to_contain_text("Editor")
        page.get_by_role("link", name="Ida").click()
        page.get_by_role("button", name="Block account").click()
        expect(page.get_by_text("Editor. Blocked from signing in.")).to_be_visible()
        no_barrier(page)
        ida.reload()
        expect(ida.get_by_role("heading", level=1)).to_have_text("For trainers")


def test_the_only_admin_is_told_kindly_why_they_stay_one(calm_page: Page, fresh_site: Server) -> None:
    page = calm_page
    page.goto(fresh_site.lines[3].split()[-1])
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.goto(f"{fresh_site.base_url}/trainers/people/1")

    page.get_by_role("radio", name=re.compile("^Trainer")).check()
    page.get_by_role("button", name="Change role").click()

    expect(page.get_by_role("alert")).to_contain_text("is the only admin")
    expect(page.get_by_role("radio", name=re.compile("^Admin"))).to_be_checked()
    no_barrier(page)
