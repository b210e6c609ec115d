"""Whatever answers in our place: only a page of ours goes into the page, and what was chosen is kept and sent again."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.room import choose, see
from tests.cast import ANA
from tests.groups.room import API, bearer
from tests.live import Server

PORTAL = '<html><body><main id="main"><h1>Welcome to our Wi-Fi</h1><form id="step"></form></main></body></html>'
NGINX = "<html><body><center><h1>502 Bad Gateway</h1></center></body></html>"


def answers(status: int, body: str, **headers: str) -> Callable[[Route], None]:
    """A stand-in for the server that gives the same answer to everything."""
    return lambda route: route.fulfill(status=status, body=body, headers={"content-type": "text/html"} | headers)


def to_the_portal(route: Route) -> None:
    route.fulfill(status=302, headers={"location": "http://127.0.0.1:9/portal"})


def cut_off(route: Route) -> None:
    """Our own answer, whose end got lost on the way."""
    answer = route.fetch()
    body = answer.body()
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    route.fulfill(status=answer.status, headers=headers, body=body[: len(body) // 2])


def put_into(route: Route) -> None:
    """Our own answer, into which something on the way has put its own."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    route.fulfill(status=answer.status, headers=headers, body=b"<script>1</script>" + answer.body())


FOREIGN = {
    "502 of a proxy": answers(502, NGINX),
    "502 without a body": answers(502, ""),
    "403 of a firewall": answers(403, "<h1>Blocked</h1>"),
    "429 of a gateway": answers(429, "slow down"),
    "200 of a portal": answers(200, PORTAL),
    "200 without a body": answers(200, ""),
    "a redirect to a portal": to_the_portal,
    "another server's JSON": answers(200, "{}"),
    "a page with something put into it": put_into,
    "a page that is cut off": cut_off,
}


@pytest.fixture
def group(new_site: Server) -> dict[str, str]:
    with httpx.Client(base_url=new_site.base_url, timeout=20, trust_env=False) as lead:
        made: dict[str, str] = lead.post(API, json={"kind": "training"}).json()
        lead.post(f"{API}/{made['code']}/rounds", json={"vignette": ANA}, headers=bearer(made["facilitator_key"]))
    return made


def go(site: Server, group: dict[str, str], phase: str) -> None:
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False) as lead:
        headers = bearer(group["facilitator_key"])
        answer = lead.post(f"{API}/{group['code']}/phase", json={"phase": phase}, headers=headers)
        assert answer.is_success, answer.text


def answered(site: Server, group: dict[str, str]) -> int:
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False) as lead:
        state = lead.get(f"{API}/{group['code']}", headers=bearer(group["facilitator_key"])).json()
    return int(state["answered"])


def unreached(page: Page) -> None:
    expect(page.get_by_role("alert").filter(has_text="cannot reach the server").first).to_be_visible()


def test_a_phone_keeps_its_page_and_choice_and_sends_it_once_the_server_answers_again(
    page: Page, new_site: Server, group: dict[str, str]
) -> None:
    page.goto(f"{new_site.base_url}/g/{group['code']}")
    page.get_by_role("button", name="Join").click()
    go(new_site, group, "voting")
    choose(page, "drive")
    page.clock.install()
    for name, foreign in FOREIGN.items():
        if foreign in (cut_off, put_into):
            continue  # these reach the server, so the vote is counted
        page.route("**/guess", foreign)
        if page.locator("#send").is_enabled():
            page.locator("#send").click()
        unreached(page)
        expect(page.locator("#send")).to_be_enabled()
        assert page.locator("input[value=drive]").is_checked(), name
        assert answered(new_site, group) == 0, name
        page.unroute("**/guess")
    page.unroute("**/guess")
    page.clock.run_for(30_000)
    expect(page.locator("#sent")).to_contain_text("Sent: Drive")
    assert answered(new_site, group) == 1


@pytest.mark.parametrize("name", FOREIGN)
def test_practice_keeps_the_story_and_the_choice(page: Page, new_site: Server, name: str) -> None:
    page.goto(f"{new_site.base_url}/vignettes/{ANA}")
    page.locator("label.answer.drive").click()
    page.route("**/guesses", FOREIGN[name])

    page.get_by_role("button", name="Send my answer").click()

    unreached(page)
    expect(page.locator("input[name=system][value=drive]")).to_be_checked()
    page.unroute("**/guesses")
    page.get_by_role("button", name="Send my answer").click()
    see(page, "Drive looks biggest for Ana")


def test_the_facilitator_view_keeps_its_step_and_takes_the_next_one_by_itself(
    context: BrowserContext, page: Page, new_site: Server, group: dict[str, str]
) -> None:
    page.goto(f"{new_site.base_url}/g/{group['code']}/console?key={group['facilitator_key']}")
    heading = page.locator("h1").inner_text()
    page.route("**/step", FOREIGN["200 of a portal"])

    page.locator("#go").click()

    unreached(page)
    expect(page.locator("h1")).to_have_text(heading)
    page.unroute("**/step")
    expect(page.locator("h1")).not_to_have_text(heading, timeout=15_000)


@pytest.mark.parametrize("part", ["member", "console", "screen"])
def test_no_foreign_page_comes_in_by_a_live_update(
    page: Page, new_site: Server, group: dict[str, str], part: str
) -> None:
    address = {
        "member": f"/g/{group['code']}",
        "console": f"/g/{group['code']}/console?key={group['facilitator_key']}",
        "screen": f"/g/{group['code']}/screen",
    }[part]
    page.goto(new_site.base_url + address)
    if part == "member":
        page.get_by_role("button", name="Join").click()
    expect(page.locator("#step")).to_be_visible()
    before = page.locator("#step").get_attribute("data-step")
    foreign = iter(FOREIGN.values())
    tried = 0

    def next_one(route: Route) -> None:
        nonlocal tried
        answer = next(foreign, None)
        tried += answer is not None
        if answer is None:
            route.continue_()
        else:
            answer(route)

    page.clock.install()
    page.route(f"**/now/{part}*", next_one)
    go(new_site, group, "voting")
    for _ in range(60):
        page.clock.run_for(3_000)
        if page.locator("#step").get_attribute("data-step") != before:
            break
        expect(page.locator("#step")).to_be_visible()
        assert "Wi-Fi" not in page.content()
        page.wait_for_timeout(50)
    assert tried == len(FOREIGN)
    assert page.locator("#step").get_attribute("data-step") != before
