"""A class joined in a browser: its part of the outcome comes by itself and takes no one away from the heading."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import become
from tests.cast import ANA, PASSWORD, TRAINER
from tests.live import Server


def test_a_learner_joins_by_the_link_and_meets_the_class_on_the_outcome(calm_page: Page, fresh_site: Server) -> None:
    base = fresh_site.base_url
    with httpx.Client(base_url=base, timeout=20, trust_env=False) as client:
        client.post(fresh_site.lines[3].split()[-1], data={"name": TRAINER, "password": PASSWORD})
        code = client.post("/trainers/classes", data={"name": "Spring"}).headers["location"][-8:]
        for _ in range(5):
            client.cookies.clear()
            client.post("/practice/class", data={"code": code})
            client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
    become("nobody", calm_page.context, fresh_site, {})
    calm_page.goto(f"{base}/practice/class?code={code}")
    calm_page.get_by_role("button", name="Join").click()
    expect(calm_page.get_by_role("heading", name="Spring")).to_be_visible()

    calm_page.goto(f"{base}/vignettes/{ANA}")
    calm_page.locator("label.answer.drive").click()
    calm_page.get_by_role("button", name="Send my answer").click()

    expect(calm_page.get_by_role("heading", name="Your class")).to_be_visible()
    expect(calm_page.locator("section", has=calm_page.locator("#own-class"))).to_contain_text("6 answers")
    assert re.search("Drive looks biggest", calm_page.evaluate("document.activeElement.textContent"))
    calm_page.reload()
    expect(calm_page.get_by_role("heading", name="Your class")).to_be_visible()
