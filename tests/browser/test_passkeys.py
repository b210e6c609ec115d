"""A passkey in a real browser, whose authenticator is made of software: added, used alone, removed; and no barrier."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers, bring_axe
from tests.cast import PASSWORD, TRAINER, put_cases
from tests.live import Server


@pytest.fixture
def local_site(tmp_path: Path) -> Iterator[Server]:
    """A server that its browsers call `localhost`: of a bare address they make no passkey."""
    cases = put_cases(tmp_path / "cases")
    with Server(tmp_path, {"DATA_DIR": str(tmp_path), "VIGNETTES_DIR": str(cases), "RATE_LIMIT": "off"}) as server:
        yield server


def put_in(page: Page) -> Any:
    """A device with a fingerprint reader, which says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_passkey_is_added_and_then_signs_in_without_a_password(page: Page, local_site: Server) -> None:
    base = local_site.base_url.replace("127.0.0.1", "localhost")
    bring_axe(page)  # a session of its own for axe would take the authenticator away when it ends
    put_in(page)
    page.goto(local_site.lines[3].split()[-1].replace("127.0.0.1", "localhost"))
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.goto(f"{base}/trainers/account")
    assert barriers(page) == []

    page.get_by_label("Name of the passkey").fill("Ward laptop")
    page.get_by_role("button", name="Add a passkey").click()
    # The first one of a process loads the libraries that it needs.
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes", timeout=30_000)
    assert barriers(page) == []
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("button", name="Remove Ward laptop")).to_be_visible()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("This device has a passkey for your account already.")).to_be_visible()

    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.goto(f"{base}/trainers")
    assert barriers(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text(f"Signed in as {TRAINER}")).to_be_visible()

    page.goto(f"{base}/trainers/confirm?back=/trainers/people")
    assert barriers(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People")

    page.context.clear_cookies()
    page.goto(f"{base}/trainers")
    page.get_by_label("Name").fill(TRAINER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    assert barriers(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text(f"Signed in as {TRAINER}")).to_be_visible()
