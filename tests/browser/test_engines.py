"""The journeys of learners, members, facilitators and trainers in Chromium, Firefox and WebKit.

`make test` runs the first one in each engine, `make browsers` all of them. What one of the drivers cannot do is not
asked here: WebKitGTK's has no way to cut the network (so the server stops instead) and no console to listen to, and
neither of the two can read a download.
"""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.web.accessibility import tried
from tests.browser.engines import firefox, webkit
from tests.browser.engines.chromium import Chromium
from tests.browser.engines.firefox import Firefox
from tests.browser.engines.visitor import Visitor
from tests.browser.engines.webkit import WebKit
from tests.browser.pictures import SCREENSHOTS
from tests.cast import ANA, PASSWORD, TRAINER
from tests.live import Server

ENGINES = ("Chromium", "Firefox", "WebKit")
Engine = Chromium | Firefox | WebKit
Open = Callable[..., Visitor]


def lacking(reason: str) -> None:
    """CI does not skip: it has what the tests need."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made: Engine
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "Chromium":
        made = Chromium(request.getfixturevalue("browser"))
    elif request.param == "Firefox":
        if (program := firefox.found()) is None:
            lacking("no Firefox here: on Debian, apt install firefox-esr")
        assert program
        made = Firefox(program, folder)
    else:
        if missing := webkit.missing():
            lacking(f"{missing} not found: on Debian, apt install webkit2gtk-driver gir1.2-webkit2-4.1 python3-gi xvfb")
        made = WebKit(folder)
    yield made
    made.close()


@pytest.fixture
def open_window(engine: Engine) -> Iterator[Open]:
    """Opens windows that do not know each other; they are closed when the test ends."""
    with ExitStack() as opened:

        def open_one(width: int = 390, height: int = 844) -> Visitor:
            visitor = engine.visitor(width, height)
            opened.callback(visitor.close)
            return visitor

        yield open_one


def keep(engine: Engine, name: str, visitor: Visitor) -> None:
    """A picture of this state, to be laid beside those of the other engines."""
    if os.environ.get("SCREENSHOTS"):
        SCREENSHOTS.mkdir(exist_ok=True)
        (SCREENSHOTS / f"engine-{name}-{engine.name.lower()}.png").write_bytes(visitor.picture())


@pytest.mark.engines
def test_the_accessibility_statement_tells_the_version_that_was_tried(engine: Engine) -> None:
    told = {one.name: one.version for one in tried().engines}[engine.name]
    assert f"{engine.version}.".startswith(f"{told}."), (
        "write the new version and the day into frontend/accessibility.yaml"
    )


def test_a_story_is_answered_in_place_and_found_again_by_back_forward_and_reload(
    engine: Engine, open_window: Open, new_site: Server
) -> None:
    page = open_window()
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.evaluate("void (window.stillHere = true)")
    space = "document.querySelector('.answers').getBoundingClientRect().top"
    assert page.evaluate(f"{space} - document.querySelector('.sheet legend h2').getBoundingClientRect().bottom") >= 8
    page.click("#send")
    page.until("document.activeElement.textContent.includes('Choose one of the circles')")
    page.click("label.answer.drive")
    keep(engine, "story", page)
    page.click("#send")
    page.heading("Drive looks biggest for Ana")
    page.until("document.activeElement.matches('h1')")
    assert page.evaluate("window.stillHere && document.title") == "Drive looks biggest for Ana · Three Circles"
    assert page.beside() == 0
    keep(engine, "outcome", page)

    page.back()
    page.until("document.querySelector('#send') && !document.querySelector('.outcome__next')")
    page.until("document.readyState === 'complete'")
    page.forward()
    page.heading("Drive looks biggest for Ana")
    page.reload()
    page.heading("Drive looks biggest for Ana")


@pytest.mark.engines
def test_a_sitting_goes_by_keys_alone(open_window: Open, new_site: Server) -> None:
    page = open_window(1280, 900)
    page.goto(f"{new_site.base_url}/practice")
    page.click("[aria-label='Start session: Five minutes']")
    page.heading("Ana")
    page.until("!document.querySelector('[data-keys]').hidden")
    page.press("2", "Enter")
    page.heading("Drive looks biggest for Ana")
    page.press("Enter")
    page.heading("Cleo")
    page.tab_to("input[name=system]")
    page.press("Space", "ArrowDown")
    assert page.evaluate("document.querySelector('[name=system]:checked').value") == "drive"
    page.tab_to("#send")
    page.press("Enter")
    page.heading("Threat looks biggest for Cleo")


@pytest.mark.engines
@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_circles_are_sized_by_pointer_buttons_and_keys_and_gone_after_a_reload(
    engine: Engine, open_window: Open, new_site: Server, kind: str
) -> None:
    page = open_window()
    page.goto(f"{new_site.base_url}/circles")
    size = "Number(document.querySelector('.size.{} input').value)"
    page.centre("[data-circles-picture] g.threat circle.fill")
    x, y = page.evaluate(
        "(r => [r.x + r.width / 2, r.bottom - 2])"
        "(document.querySelector('[data-circles-picture] g.threat circle.fill').getBoundingClientRect())"
    )
    if kind == "mouse" or engine.name == "WebKit":  # the drivers of the two others have no finger that moves a page
        page.point([(x, y), *((x, y + 8 * step) for step in range(1, 6))], kind)
        assert page.evaluate(size.format("threat")) > 55
        page.until("document.querySelector('[data-circles-said]').textContent.startsWith('Threat')")
    page.click(".size.drive .size__step[data-step='5']")
    assert page.evaluate(size.format("drive")) == 45
    page.tab_to(".size.soothing input")
    for key, value in (("ArrowUp", 41), ("Home", 0), ("End", 100)):
        page.press(key)
        assert page.evaluate(size.format("soothing")) == pytest.approx(value, abs=5)
    keep(engine, "circles", page)
    page.reload()
    assert page.evaluate(size.format("soothing")) == 40


@pytest.mark.engines
def test_a_private_card_is_written_kept_saved_as_a_picture_and_deleted(open_window: Open, new_site: Server) -> None:
    page = open_window()
    page.goto(f"{new_site.base_url}/soothing")
    page.click_text("A glass of water")
    page.until(
        "[...document.querySelectorAll('[data-prompt-said]')].some(p => p.textContent.includes('glass of water'))"
    )
    page.click_text("Save on this device")
    page.sees("Saved on this device. Any changes will be saved too.")
    page.click_text("Save as a picture")
    page.until("/downloads|chose to put it/.test(document.querySelector('[data-said]').textContent)")
    page.reload()
    page.sees("A glass of water")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.click_text("Delete everything")
    page.click_text("Yes, delete everything")
    page.sees("Everything here has been deleted.")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def lent_port(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Starts a server with the product's own stories, always on the same port and the same data."""
    port = free_port()
    with ExitStack() as running:

        def start() -> Server:
            settings = {"DATA_DIR": str(tmp_path), "RATE_LIMIT": "off"}
            return running.enter_context(Server(tmp_path, settings, options=("--port", str(port))))

        yield start


class Others:
    """Members without a browser."""

    def __init__(self, base_url: str, code: str, count: int) -> None:
        self.path = f"/g/{code}"
        self.clients = [
            httpx.Client(base_url=base_url, trust_env=False, follow_redirects=True, timeout=30) for _ in range(count)
        ]
        for client in self.clients:
            assert client.post(f"{self.path}/join").is_success

    def vote(self, *systems: str) -> None:
        for client, system in zip(self.clients, systems, strict=True):
            assert client.post(f"{self.path}/guess", data={"system": system}).is_success


IS_LIVE = "document.body.classList.contains('is-live')"
# Everything that a live region says, in order; one announcement twice is two lines.
LISTEN = """void (window.said = [], document.querySelectorAll('[role=status], [role=alert]').forEach(e =>
  new MutationObserver(() => { const t = e.textContent.trim(); if (t) window.said.push(t); })
    .observe(e, {childList: true, subtree: true, characterData: true})))"""


def press_go(console: Visitor, heading: str) -> None:
    console.until("!document.querySelector('#go').disabled")
    console.evaluate("new Promise(done => setTimeout(() => done(1), 700))")  # a second press so soon counts as the same
    console.press("ArrowRight")
    console.heading(heading)


@pytest.mark.engines
def test_a_whole_round_with_facilitator_view_shared_screen_phones_and_a_restart_of_the_server(
    engine: Engine, open_window: Open, lent_port: Callable[[], Server]
) -> None:
    server = lent_port()
    base = server.base_url
    console, screen, phone = open_window(1280, 900), open_window(1280, 720), open_window()
    console.goto(f"{base}/groups/new")
    console.click(".quick button")
    console.heading("Your group is ready")
    code = console.evaluate("location.pathname").split("/")[2]
    console.click(".ready__steps .btn--main")
    console.heading("Waiting for people to join")
    screen.goto(console.evaluate("document.querySelector('a[target=_blank]').href"))
    phone.goto(f"{base}/g/{code}")
    phone.click("main form button")
    phone.heading("You’re in the group")
    others = Others(base, code, 5)
    console.sees("6 people are here")
    press_go(console, "Everyone reads")
    phone.until("document.querySelector('[data-step]').dataset.step.includes('reading')")
    press_go(console, "The first vote is open")
    phone.until("document.querySelector('#vote')")

    # The button that has the focus stays the same one while votes come in, and the count is said, but not each time.
    console.evaluate("void (document.querySelector('#go').focus(), window.had = document.activeElement)")
    console.evaluate(LISTEN)
    phone.evaluate(LISTEN)
    phone.click("label.answer.drive")
    phone.click("#send")
    phone.until("document.activeElement.id === 'sent'")
    others.vote("threat", "drive", "drive", "threat", "soothing")
    console.sees("Everyone has answered or passed.")
    console.until("window.said.at(-1) === 'Everyone has answered.'")
    assert console.evaluate("window.had === document.activeElement && window.had.isConnected")
    assert len(console.evaluate("window.said")) <= 2
    phone.sees("6 of 6 have answered")
    keep(engine, "vote-console", console)
    keep(engine, "vote-screen", screen)
    keep(engine, "vote-phone", phone)
    phone.evaluate("void (document.querySelector('.w').scrollIntoView({block: 'center'}))")
    phone.click(".w:nth-of-type(3)")
    phone.sees("Your words are sent.")

    server.kill()
    for visitor in (console, screen, phone):
        visitor.sees("You are offline.")
    lent_port()
    for visitor in (console, screen, phone):
        visitor.until(f"{IS_LIVE} && !document.querySelector('[data-offline]').textContent", 40)

    press_go(console, "Time to talk")
    phone.heading("Time to talk")
    phone.evaluate("void (window.said = [])")
    press_go(console, "The second vote is open")
    phone.until("document.querySelector('#vote')")
    phone.click_text("Keep my first answer")
    phone.until("document.activeElement.id === 'sent'")
    others.vote("threat", "threat", "drive", "threat", "threat")
    console.sees("Everyone has answered or passed.")
    press_go(console, "")
    phone.until("document.querySelector('.phone--shown')")
    screen.until("document.querySelector('.wall--shown')")
    for name, visitor in (("console", console), ("screen", screen), ("phone", phone)):
        assert visitor.beside() == 0
        keep(engine, f"shown-{name}", visitor)

    phone.click_text("Take a break")
    phone.until("location.pathname.endsWith('/pause')")
    phone.back()
    phone.until(f"document.querySelector('.phone--shown') && {IS_LIVE}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server with the product's own stories and plans, and the cookie of its trainer."""
    folder = tmp_path_factory.mktemp("engines")
    with (
        Server(folder, {"DATA_DIR": str(folder), "RATE_LIMIT": "off"}) as server,
        httpx.Client(base_url=server.base_url, timeout=20, trust_env=False) as client,
    ):
        client.post(server.lines[3].split()[-1], data={"name": TRAINER, "password": PASSWORD})
        yield server, str(client.cookies["trainer"])


def sign_in(page: Visitor, base: str) -> None:
    page.goto(f"{base}/trainers")
    page.click("[name=name]")
    page.type(TRAINER)
    page.click("[name=password]")
    page.type(PASSWORD)
    page.press("Enter")
    page.heading("Stories")


@pytest.mark.engines
def test_a_trainer_writes_marks_and_saves_a_story(
    engine: Engine, open_window: Open, shop: tuple[Server, str], request: pytest.FixtureRequest
) -> None:
    base = shop[0].base_url
    page = open_window(1280, 900)
    sign_in(page, base)
    page.goto(f"{base}/trainers/new")
    page.click("[name=title]")
    page.type(f"Grace in {engine.name}")
    page.click("[name=person]")
    page.type("Grace")
    page.click_text("Start writing")
    page.heading(f"Grace in {engine.name}")
    page.until("document.querySelector('.paper__text')")
    page.click(".paper__text")
    page.type("Grace gets up at four and sings.")
    page.until("document.querySelector('.paper__text').value.endsWith('sings.')")
    page.evaluate("void document.querySelector('.paper__text').setSelectionRange(6, 21)")
    page.press("Control+k")
    page.until("[...document.querySelectorAll('[role=option]')].some(o => o.checkVisibility())")
    page.press("Escape")
    page.until("/^Saved \\d/.test(document.querySelector('[data-state]').textContent)")
    page.until("document.querySelector('[data-look]').textContent.includes('gets up at four')")
    same = "[...document.querySelectorAll('.paper > *')].map(e => e.getBoundingClientRect().width)"
    widths = page.evaluate(same)
    assert max(widths) - min(widths) < 1
    keep(engine, "editor", page)
    page.reload()
    page.until("document.querySelector('.paper__text').value === 'Grace gets up at four and sings.'")


@pytest.mark.engines
def test_a_plan_is_copied_and_put_in_order_and_then_led(
    engine: Engine, open_window: Open, shop: tuple[Server, str]
) -> None:
    base = shop[0].base_url
    page = open_window(1280, 900)
    sign_in(page, base)
    page.goto(f"{base}/trainers/plans")
    page.click_text("Copy A first look at the three systems")
    page.until("document.querySelector('h1').textContent.includes('(copy)')")
    down = "[...document.querySelectorAll('button')].find(b => b.textContent.includes('Move Three systems down'))"
    page.until(f"document.readyState === 'complete' && {down}")
    page.evaluate(f"void {down}.focus()")
    page.press("Enter")
    page.until("document.querySelector('#told').textContent === '“Three systems” is now step 3 of 5.'")
    page.until(f"document.activeElement === {down}")
    keep(engine, "plan", page)

    page.goto(f"{base}/groups/plans/first-look")
    page.click("button[name=session]")
    page.heading("Your group is ready")
    code = page.evaluate("location.pathname").split("/")[2]
    page.click(".ready__steps .btn--main")
    page.until("document.querySelector('#go')")
    phone = open_window()
    phone.goto(f"{base}/g/{code}")
    phone.click("main form button")
    phone.heading("You’re in the group")
    title = page.evaluate("document.querySelector('h1').textContent")
    page.evaluate("new Promise(done => setTimeout(() => done(1), 700))")
    page.click("#go")
    page.until(f"document.querySelector('h1').textContent !== {title!r}")
    phone.until("document.querySelector('[data-step]').dataset.place !== '0-None'")
    assert (page.beside(), phone.beside()) == (0, 0)
    keep(engine, "plan-console", page)
    keep(engine, "plan-phone", phone)


PUBLIC = ("/", "/practice", "/systems", "/groups/new", "/circles", "/circles/paper", "/soothing", "/about", "/join",
          "/help/", "/trainers")  # fmt: skip


@pytest.mark.engines
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_stands_beside_the_window_and_each_has_one_heading(
    engine: Engine, open_window: Open, shop: tuple[Server, str], width: int
) -> None:
    page = open_window(width, 844)
    wrong: list[Any] = []
    for path in PUBLIC:
        page.goto(shop[0].base_url + path)
        if page.beside() or page.evaluate("document.querySelectorAll('h1').length") != 1:
            wrong.append((path, page.beside()))
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        keep(engine, f"page-{name}-{width}", page)
    assert wrong == []
