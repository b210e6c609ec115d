"""An hour in which things go wrong that go wrong in rooms: nothing is lost, and no one meets an error.

The wrong plan, a step skipped and gone back to, a laptop that is closed, a second facilitator on a phone, answers that
were changed and not sent, a phone that is offline while the vote closes, a member who leaves and comes back, and an end
while people draw.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.room import PATIENCE, Room, choose, see, send
from tests.live import Server


@pytest.fixture
def room(browser: Browser, shipped_site: Server) -> Iterator[Room]:
    expect.set_options(timeout=PATIENCE)
    room = Room(browser, shipped_site.base_url)
    yield room
    room.close()
    expect.set_options(timeout=None)
    if room.wrong:
        pytest.fail("\n".join(room.wrong), pytrace=False)


def test_an_hour_with_mistakes(room: Room) -> None:
    gone = ("status of 404", "ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    console, second = room.device("console", 1280, 800, gone), room.phone("second facilitator", gone)
    the_wrong_plan_is_taken_back(room, console)
    second.goto(console.get_by_label("Your link to the facilitator view").input_value())
    see(second, "Waiting for people to join")
    phones = [room.phone(f"phone {number}", gone) for number in (1, 2, 3)]
    for phone in phones:
        phone.goto(f"/g/{room.code}")
        see(phone, "Join Thursday group")
        phone.get_by_role("button", name="Join").click()
        see(phone, "You’re in the group")
    console = a_step_is_skipped_and_the_laptop_closed(room, console)
    a_vote_closes_over_what_is_not_sent(room, console, second, phones)
    someone_leaves_and_comes_back(phones[1])
    the_end_comes_while_people_draw(room, console, second, phones)


def the_wrong_plan_is_taken_back(room: Room, console: Page) -> None:
    console.goto("/groups/new")
    console.locator("button[value='first-look:20']").click()
    see(console, "Your group is ready")
    console.get_by_role("button", name="Not this one").click()
    see(console, "Start a group")
    expect(console.get_by_text("You are leading")).to_have_count(0)
    console.get_by_text("This is our first session").click()
    console.locator("button[value='building-self-compassion:90']").click()
    see(console, "Your group is ready")
    console.get_by_label("Name of the group").fill("Thursday group")
    console.get_by_role("button", name="Save the name").click()
    see(console, "Your group is ready")
    room.code = console.url.split("/")[-2]


def a_step_is_skipped_and_the_laptop_closed(room: Room, console: Page) -> Page:
    console.goto(f"/g/{room.code}/console")
    room.lead(console, lambda: console.keyboard.press("ArrowRight"), "Welcome")
    expect(console.get_by_role("button", name="Since last time")).to_have_count(0)
    room.lead(console, console.get_by_role("button", name="Skip this step").click, "Saying hello")
    room.lead(console, lambda: console.keyboard.press("ArrowLeft"), "Welcome")
    room.lead(console, console.get_by_role("button", name="Julie’s story").click, "Everyone reads Julie’s story")
    assert console.evaluate("window.scrollY") == 0

    again = console.context.new_page()
    console.close()
    again.goto("/")
    expect(again.get_by_text("You are leading a group")).to_be_visible()
    again.get_by_role("link", name="Go on leading").click()
    see(again, "Everyone reads Julie’s story")
    return again


def a_vote_closes_over_what_is_not_sent(room: Room, console: Page, second: Page, phones: list[Page]) -> None:
    changed, unsent, offline = phones
    second.get_by_role("button", name="Open the vote").click()
    see(console, "The first vote is open")
    choose(changed, "threat")
    send(changed, "Sent: Threat.")
    choose(changed, "drive")
    expect(changed.get_by_text("Not sent yet: Drive.")).to_be_visible()
    expect(changed.locator("#sent")).to_be_hidden()
    choose(unsent, "drive")
    choose(offline, "soothing")
    send(offline, "Sent: Soothing.")
    offline.context.set_offline(True)
    expect(offline.get_by_text("You are offline.")).to_be_visible()
    choose(offline, "threat")

    room.lead(console, console.get_by_role("button", name="Close the vote and talk").click, "Time to talk")
    expect(changed.locator(".toolate")).to_have_text(
        "The vote closed before you sent “Drive”. Your earlier answer counted: Threat."
    )
    expect(unsent.locator(".toolate")).to_contain_text("Nothing from you was counted in this vote.")
    offline.context.set_offline(False)
    expect(offline.locator(".toolate")).to_contain_text("Your earlier answer counted: Soothing.")
    room.examine("hour-too-late", phone=changed)


def someone_leaves_and_comes_back(phone: Page) -> None:
    phone.get_by_role("link", name="Leave").click()
    see(phone, "Leave the group?")
    phone.get_by_role("button", name="Leave the group").click()
    see(phone, "You have left the group", "Did you press “Leave” by mistake?")
    phone.get_by_role("button", name="Go back in").click()
    see(phone, "Time to talk")


def the_end_comes_while_people_draw(room: Room, console: Page, second: Page, phones: list[Page]) -> None:
    room.lead(console, console.get_by_role("button", name="Draw your own systems").click, "Draw your own systems")
    one = phones[0]
    one.get_by_role("button", name="Threat bigger").click()
    drawn = one.get_by_role("slider", name="Threat").input_value()
    console.get_by_role("link", name="End the group").first.click()
    see(console, "End the group?", "The group’s answers and the summary are deleted")
    console.get_by_role("button", name="Tell everyone").click()
    for phone in phones:
        expect(phone.get_by_text("The group ends in about two minutes.")).to_be_visible()
    console.get_by_role("button", name="End the group").click()
    see(console, "Ended. Everything is deleted.")
    see(second, "Ended. Everything is deleted.")
    for phone in phones:
        see(phone, "The group has ended", "Thank you for taking part", "Where to find help")
    for _ in range(2):
        expect(one.get_by_role("slider", name="Threat")).to_have_value(drawn)
        expect(one.get_by_role("button", name="Save as a picture")).to_be_visible()
        one.reload()
        see(one, "The group has ended")
    console.goto("/")
    expect(console.get_by_text("You are leading")).to_have_count(0)
