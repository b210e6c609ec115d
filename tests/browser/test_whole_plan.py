"""The built-in plan of ninety minutes from hello to goodbye: a wall, a console led by keys alone, and three phones.

The second phone runs no scripts, and the third is offline through what is private. Four more members only send
answers, so that there are totals. Everything that the phones send passes a wire.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.room import PATIENCE, Room, choose, look_again, see, send, tab_to
from tests.browser.wire import Wire
from tests.live import Server

SECRET = "tortoiseshell"
HERE = ("/live/member", "/now/member", "/static/")  # what a phone that follows may ask for by itself
API = "/api/v1/groups"

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
def patient() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=None)


@dataclass
class Session:
    """Everyone's pages, and what the phones asked for since they were last looked at."""

    room: Room
    wire: Wire
    console: Page
    wall: Page
    one: Page
    plain: Page
    offline: Page
    members: list[dict[str, str]]
    server: Server
    asked: list[str] = field(default_factory=list)
    number: int = 0

    def go(self, title: str, key: str = "ArrowRight") -> None:
        """On to the next step with one key, and everyone is there; then it is looked at."""
        self.room.lead(self.console, lambda: self.console.keyboard.press(key), title)
        self.number += 1
        self.everyone(title)

    def everyone(self, title: str) -> None:
        see(self.wall, title)
        for phone in (self.one, self.offline):
            see(phone, title)
        look_again(self.plain)
        see(self.plain, title)

    def examine(self, moment: str) -> None:
        moment = f"plan-{self.number:02}-{moment}"
        self.room.examine(moment, console=self.console, wall=self.wall, phone=self.one)
        self.room.examine_without_scripts(moment, self.plain)
        # axe leaves empty style attributes behind, which htmx would carry over and the content policy would stop.
        self.one.evaluate("for (const part of document.querySelectorAll('[style=\"\"]')) part.removeAttribute('style')")
        expect(self.console.locator("#go")).to_be_in_viewport(ratio=1)
        for width, height in ((1024, 768), (1920, 1080)):
            self.wall.set_viewport_size({"width": width, "height": height})
            needed = self.wall.evaluate("document.documentElement.scrollHeight")
            if needed > height:
                self.room.wrong.append(f"{moment}: the wall is {needed} high on {width}x{height}")

    def press(self, key: str, heading: str) -> None:
        self.room.lead(self.console, lambda: self.console.keyboard.press(key), heading)

    def vote_of_the_others(self, *systems: str) -> None:
        with httpx.Client(base_url=self.server.base_url, timeout=20, trust_env=False) as client:
            for headers, system in zip(self.members, systems, strict=True):
                answer = client.put(f"{API}/{self.room.code}/guess", json={"system": system}, headers=headers)
                assert answer.status_code == 200, answer.text

    def only_followed(self) -> None:
        """Since the last look the phones have asked for nothing but their own page, and sent nothing."""
        sent = [line for line in self.asked if not (line.startswith("GET ") and line.endswith(HERE))]
        assert [line for line in sent if "/static/" not in line and line != f"GET /g/{self.room.code}"] == []
        self.asked.clear()


def test_the_whole_plan_from_hello_to_goodbye(browser: Browser, shipped_site: Server) -> None:
    with Wire(shipped_site.base_url) as wire:
        room = Room(browser, shipped_site.base_url)
        try:
            run(room, wire, shipped_site)
        finally:
            room.close()
    if room.wrong:
        pytest.fail("\n".join(room.wrong), pytrace=False)


def run(room: Room, wire: Wire, server: Server) -> None:
    session = everyone_comes(room, wire, server)
    talk_and_rules(session)
    check_in_and_board(session)
    what_compassion_is(session)
    julie_and_dave(session)
    what_is_private_stays_on_the_phone(session)
    goodbye(session)


def everyone_comes(room: Room, wire: Wire, server: Server) -> Session:
    gone = ("status of 404",)
    console = room.device("console", 1280, 800, forgive=gone)
    console.goto("/groups/new")
    see(console, "Start a group", "Building self-compassion")
    room.examine("plan-00-new", console=console)
    tab_to(console, "button[value='building-self-compassion:90']")
    console.keyboard.press("Enter")
    see(console, "Your group is ready")
    room.code = console.url.split("/")[-2]
    tab_to(console, ".ready__steps .btn--main")
    console.keyboard.press("Enter")
    see(console, "Waiting for people to join", "Before people arrive", "Start: Welcome")
    wall = room.device("wall", 1920, 1080, forgive=gone)
    wall.goto(f"/g/{room.code}/screen")

    phones = []
    for name, options in (("phone", {}), ("plain phone", {"java_script_enabled": False}), ("offline phone", {})):
        phone = room.phone(name, (*gone, "ERR_INTERNET_DISCONNECTED", "Failed to fetch"), **options)
        phone.goto(f"{wire.base_url}/g/{room.code}")
        phone.get_by_role("button", name="Join").click()
        see(phone, "You’re in the group")
        phones.append(phone)
    one, plain, offline = phones
    members = []
    with httpx.Client(base_url=server.base_url, timeout=20, trust_env=False) as client:
        for _ in range(4):
            token = client.post(f"{API}/{room.code}/members").json()["member_token"]
            members.append({"Authorization": f"Bearer {token}"})
    session = Session(room, wire, console, wall, one, plain, offline, members, server)

    def note(request: Request) -> None:
        session.asked.append(f"{request.method} {request.url.removeprefix(wire.base_url).partition('?')[0]}")

    for phone in (one, offline):
        phone.on("request", note)
    see(console, "Ready when you are", "7 people are here")
    session.examine("waiting")
    return session


def talk_and_rules(session: Session) -> None:
    console = session.console
    session.go("Welcome", "Space")
    expect(console.get_by_text("On time.")).to_be_visible()
    session.examine("talk")
    session.go("Saying hello")

    session.go("What we agree", "PageDown")
    tab_to(console, "#add-0", most=60)
    console.keyboard.type("Phones on silent.")
    console.keyboard.press("Enter")
    for page in (session.one, session.wall):
        expect(page.get_by_text("Phones on silent.")).to_be_visible()
    look_again(session.plain)
    expect(session.plain.get_by_text("Phones on silent.")).to_be_visible()
    session.examine("rules")
    tab_to(console, "#go", most=60)
    session.go("What today is about", "Enter")
    session.examine("talk")


def check_in_and_board(session: Session) -> None:
    room, console = session.room, session.console
    session.go("Since last time")
    session.examine("check-in")
    for phone, answer in ((session.one, "tried"), (session.plain, "not_yet"), (session.offline, "tried")):
        phone.locator(f"label:has(#answer-0-{answer})").click()
        phone.locator(f"label:has(#answer-1-{answer})").click()
        phone.get_by_role("button", name="Send").click()
        expect(phone.locator("#sent")).to_contain_text("Sent. Thank you.")
    with httpx.Client(base_url=session.server.base_url, timeout=20, trust_env=False) as client:
        for headers, answer in zip(session.members, ("tried", "not_yet", "not_yet", "tried"), strict=True):
            cookie = {"Cookie": f"member-{room.code}={headers['Authorization'].removeprefix('Bearer ')}"}
            form = {"answer-0": answer, "answer-1": answer}
            assert client.post(f"/g/{room.code}/check-in", data=form, headers=cookie).status_code == 303
    expect(session.wall.get_by_text("of 7 have answered")).to_contain_text("7")
    expect(console.get_by_role("button", name="Show the totals")).to_be_visible()
    session.press("ArrowRight", "Since last time")
    expect(session.wall.locator(".totals").first).to_be_visible()
    expect(session.one.get_by_text("Sent. Thank you.")).to_have_count(0)
    look_again(session.plain)
    session.examine("check-in-totals")

    session.go("What does compassion look like?")
    for place, words in ((0, "“That sounds hard”"), (1, "brings a cup of tea"), (2, "slow and warm")):
        tab_to(console, f"#add-{place}", most=60)
        console.keyboard.type(words)
        console.keyboard.press("Enter")
        expect(session.wall.get_by_text(words)).to_be_visible()
        expect(console.locator(f"#add-{place}")).to_have_value("")
    expect(session.one.get_by_text("slow and warm")).to_be_visible()
    look_again(session.plain)
    session.examine("board")
    console.set_viewport_size({"width": 390, "height": 844})
    room.examine("plan-06-board-narrow", console=console)
    console.set_viewport_size({"width": 1280, "height": 800})
    tab_to(console, "#go", most=60)
    session.one.reload()
    see(session.one, "What does compassion look like?", "slow and warm")


def what_compassion_is(session: Session) -> None:
    for number, title in enumerate(
        (
            "What we mean by compassion",
            "What compassion needs",
            "What is self-compassion?",
            "Why build self-compassion?",
            "Where does the inner critic come from?",
            "Three systems",
            "How the three work together",
        )
    ):
        session.go(title, "Enter" if not number else "ArrowRight")
        session.examine(title.lower().replace(" ", "-").strip("?"))


def julie_and_dave(session: Session) -> None:
    room = session.room
    for person, first in (("Julie", "Julie"), ("Dave", "Dave")):
        session.press("ArrowRight", f"Everyone reads {person}’s story")
        session.number += 1
        session.everyone(first)
        session.examine(f"{person}-reading")
        session.press("ArrowRight", "The first vote is open")
        for phone in (session.one, session.offline):
            see(phone, person, "Send my answer")
        look_again(session.plain)
        session.examine(f"{person}-voting")
        for phone in (session.one, session.offline):
            choose(phone, "drive")
            send(phone, "Sent: Drive.")
        choose(session.plain, "threat")
        session.plain.get_by_role("button", name="Send my answer").click()
        see(session.plain, person, "Sent: Threat.")
        session.vote_of_the_others("threat", "drive", "drive", "threat")
        expect(session.console.get_by_role("img", name="7 of 7 have answered")).to_be_visible()
        session.press("ArrowRight", "Time to talk")
        tab_to(session.console, "#other-revealed", most=60)
        heading = session.console.locator("h1")
        session.room.lead(session.console, lambda: session.console.keyboard.press("Enter"), "Most of us chose drive")
        expect(heading).to_be_visible()
        look_again(session.plain)
        session.examine(f"{person}-answers")
        assert room.code in session.console.url


def what_is_private_stays_on_the_phone(session: Session) -> None:
    one, offline = session.one, session.offline
    session.go("Draw your own systems")
    session.examine("circles")
    for phone in (one, offline):
        expect(phone.locator("[data-drawing]")).to_be_visible()
    session.asked.clear()
    before = session.wire.sent.count(b"POST ")
    offline.context.set_offline(True)
    for phone in (one, offline):
        phone.get_by_role("button", name="Threat bigger").click()
        phone.get_by_text("Add words to the circles").click()
        phone.get_by_role("textbox", name="Threat").fill(SECRET)
    offline.context.set_offline(False)
    expect(offline.get_by_role("textbox", name="Threat")).to_have_value(SECRET)

    session.press("ArrowRight", "Building soothing")
    session.number += 1
    session.everyone("Building soothing")
    session.examine("private")
    offline.context.set_offline(True)
    for phone in (one, offline):
        phone.get_by_label("In my own words").first.fill(SECRET)
        phone.get_by_label("In my own words").first.press("Enter")
        expect(phone.get_by_text(SECRET).first).to_be_visible()
    session.examine("private-written")
    session.press("ArrowRight", "A two-minute practice")
    session.number += 1
    see(one, "A two-minute practice")
    see(offline, "Building soothing")
    offline.context.set_offline(False)
    see(offline, "A two-minute practice")
    look_again(session.plain)
    session.examine("practice")
    session.only_followed()
    assert session.wire.sent.count(b"POST ") == before
    assert SECRET.encode() not in session.wire.sent


def goodbye(session: Session) -> None:
    room, console, one, plain, wall = session.room, session.console, session.one, session.plain, session.wall
    session.go("Before we go")
    see(plain, "Before we go")
    session.examine("close")
    for phone in (one, plain):
        phone.get_by_role("link", name="Open my take-home page").click()
        see(phone, "Building self-compassion", "What our group found")
    expect(one.get_by_text(SECRET).first).to_be_visible()
    room.examine("plan-21-takeaway", phone=one)
    room.examine_without_scripts("plan-21-takeaway", plain)
    assert SECRET.encode() not in session.wire.sent

    tab_to(console, "a[href$='/board']", most=80)
    console.keyboard.press("Enter")
    see(console, "Our board", "slow and warm", "Phones on silent.")
    room.examine("plan-21-board", console=console)
    console.go_back()
    see(console, "Before we go")
    tab_to(console, "#go", most=80)
    console.keyboard.press("Enter")
    see(console, "End the group?")
    tab_to(console, "form[action$='/end'] button")
    console.keyboard.press("Enter")
    see(console, "Ended. Everything is deleted.")
    see(session.offline, "The group has ended", "What you drew or wrote for yourself is still on this page.")
    expect(session.offline.get_by_text(SECRET).first).to_be_visible()
    see(wall, "Thank you for being here")
    room.examine("plan-21-ended", phone=session.offline)
    assert SECRET.encode() not in session.wire.sent
