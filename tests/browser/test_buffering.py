"""Something between the phones and the server holds streams back: the page asks by itself, and keeps what is chosen."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.buffering import Buffering, Holds
from tests.browser.room import choose, see, send
from tests.cast import ANA
from tests.faults import Fault
from tests.groups.room import API, bearer
from tests.live import Server

PATIENCE = 60_000  # ms; the page asks every five to ten seconds, but a stream that once spoke is trusted for thirty


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.mark.faults
@pytest.mark.parametrize("holds", ["all", "events", "later"])
def test_behind_a_proxy_that_holds_streams_back_the_page_still_changes_by_itself(
    calm_page: Page, fresh_site: Server, fault: Fault, holds: Holds
) -> None:
    with (
        Buffering(fresh_site.base_url, holds) as proxy,
        httpx.Client(base_url=fresh_site.base_url, timeout=20, trust_env=False) as lead,
    ):
        group = lead.post(API, json={"kind": "training"}).json()
        headers = bearer(group["facilitator_key"])

        def go(path: str, body: dict[str, Any]) -> None:
            assert lead.post(f"{API}/{group['code']}/{path}", json=body, headers=headers).is_success

        calm_page.goto(f"{proxy.base_url}/g/{group['code']}")
        calm_page.get_by_role("button", name="Join").click()
        go("rounds", {"vignette": ANA})
        see(calm_page, "Ana")
        proxy.begin()
        go("phase", {"phase": "voting"})
        expect(calm_page.locator("#send")).to_be_visible()
        choose(calm_page, "threat")
        with calm_page.expect_response("**/now/member", timeout=PATIENCE):
            pass
        with calm_page.expect_response(
            "**/now/member", timeout=PATIENCE
        ):  # the second one is asked after the first was shown
            pass
        assert calm_page.locator("input[value=threat]").is_checked()  # what was half chosen stays
        send(calm_page, "Sent: Threat")
        other = lead.post(f"{API}/{group['code']}/members").json()["member_token"]
        vote = {"system": "drive"}
        assert lead.put(f"{API}/{group['code']}/guess", json=vote, headers=bearer(other)).is_success
        expect(calm_page.locator("[data-answered]").first).to_have_text("2")
        go("phase", {"phase": "revealed"})
        expect(calm_page.get_by_text("gets up at five").first).to_be_visible()
        expect(calm_page.locator("[data-step]")).to_have_attribute("data-place", "1-revealed")
        state = lead.get(f"{API}/{group['code']}", headers=headers).json()
    assert proxy.held > 0
    fault(
        "a proxy that buffers",
        tried=2,
        refused=0,
        lost=2 - state["answered"],
        seen="The page changes five to ten seconds later, by asking; nothing that was chosen is swept away.",
    )
