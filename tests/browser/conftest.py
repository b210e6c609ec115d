"""Fixtures: Chromium, the product as a process, and visitors who are known to it."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

from tests.cast import ANA, BEN, CLEO, PASSWORD, TRAINER, put_cases
from tests.live import Server

# What each of the class answers to Ana and to Ben.
CLASS = [("drive", "soothing")] * 7 + [("threat", "threat")] * 3 + [("unsure", "drive")]
# Without its windows, menus and services Chromium opens a page in a quarter of the time.
NAMES = ("chromium-headless-shell", "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium here: install it (on Debian: apt install chromium-headless-shell)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    # Nothing is drawn by a graphics card, so that a process for it only passes pictures on.
    drawing = ["--disable-gpu", "--in-process-gpu"]
    flags = ["--no-sandbox", "--disable-quic", "--disable-background-networking", *drawing]
    return {"executable_path": chromium, "args": flags}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone, as most visitors have; without motion, so that nothing is looked at half-way."""
    return {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"} | browser_context_args


def started(folder: Path) -> Server:
    cases = put_cases(folder / "cases")
    return Server(folder, {"DATA_DIR": str(folder), "VIGNETTES_DIR": str(cases), "RATE_LIMIT": "off"})


@pytest.fixture
def fresh_site(tmp_path: Path) -> Iterator[Server]:
    """A server that one test has to itself."""
    with started(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without a trainer; each visitor comes with a new browser, so that they do not meet."""
    with started(tmp_path_factory.mktemp("new-site")) as server:
        yield server


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a trainer, and with a class that has answered Ana's story."""
    with started(tmp_path_factory.mktemp("site")) as server:
        setup = server.lines[3].split()[-1]
        with httpx.Client(base_url=server.base_url, timeout=20, trust_env=False) as client:
            client.post(setup, data={"name": TRAINER, "password": PASSWORD})
            made = client.post("/trainers/classes", data={"name": "Tuesday evening"}).headers["location"]
            for system in ["drive"] * 24 + ["threat"] * 9 + ["soothing"] * 5 + ["unsure"] * 4:
                client.cookies.clear()
                client.post(f"/vignettes/{ANA}/guesses", data={"system": system})
            for systems in CLASS:
                client.cookies.clear()
                client.post("/practice/class", data={"code": made[-8:]})
                for slug, system in zip((ANA, BEN), systems, strict=True):
                    client.post(f"/vignettes/{slug}/guesses", data={"system": system})
        yield server


@pytest.fixture(scope="session")
def shipped_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the stories and plans that the product comes with; who looks at plans leaves them as they are."""
    folder = tmp_path_factory.mktemp("shipped-site")
    with Server(folder, {"DATA_DIR": str(folder), "RATE_LIMIT": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def cookies(site: Server) -> dict[str, str]:
    """The cookies of a learner who has answered everything, and of the trainer."""
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False) as client:
        for slug in (ANA, BEN, CLEO):
            client.post(f"/vignettes/{slug}/guesses", data={"system": "drive", "confidence": "leaning"})
        client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
        found = re.search(r'href="/trainers/classes/([A-Z0-9]{8})"', client.get("/trainers/classes").text)
        assert found
        client.post("/practice/class", data={"code": found[1]})
        return dict(client.cookies)


@pytest.fixture(scope="session")
def links(site: Server, new_site: Server, cookies: dict[str, str]) -> dict[str, str]:
    """Links that work once, by the name of their page: none of the tests that look at pages uses one."""
    found = {"setup": new_site.lines[3].split()[-1]}
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False, cookies=cookies) as client:
        made = re.search(r'href="(/trainers/classes/[A-Z0-9]{8})"', client.get("/trainers/classes").text)
        assert made
        found["class"] = site.base_url + made[1]
        found["course-new"] = f"{site.base_url}{made[1]}/course"
        found |= rated_panel(client, site)
        found |= measured_course(client, site)
        pages = {
            "join": client.post("/trainers/people/links", data={"role": "editor", "name": "Ida"}),
            "reset": client.post("/trainers/people/1/reset"),
        }
    for name, page in pages.items():
        match = re.search(rf'value="([^"]+/trainers/{name}/[^"]+)"', page.text)
        assert match, page.text
        found[name] = match[1]
    return found


def rated_panel(trainer: httpx.Client, site: Server) -> dict[str, str]:
    """The pages of a panel in which six have rated, and one has only begun."""
    story = {"stories": f"{BEN} {CLEO} {ANA}", "name": "Leeds psychologists"}
    path = trainer.post("/trainers/panels", data=story).headers["location"]
    mark = re.search(r"/panels/[A-Z0-9]{10}\?k=([\w-]+)", trainer.get(path).text)
    assert mark
    start, about = f"{site.base_url}/panels/{path[-10:]}", {"profession": "nurse", "years": "2_to_5"}
    reason = {"reason": "The knee is looked at twice.", "confidence": "sure", "cues": "0-3"}
    for number in range(7):
        with httpx.Client(timeout=20, trust_env=False) as rater:
            rater.post(start, data={"k": mark[1], "agree": "yes", "named": "profession", **about})
            for slug in (BEN, CLEO, ANA) if number < 6 else (BEN, CLEO):
                rater.post(f"{start}/rate", data={"story": slug, "system": "threat", **reason})
            cookie = rater.cookies[f"panel-{path[-10:]}"]
    trainer.post(f"{path}/reasons", data={"show": ["3", "6", "9"]})
    return {
        "panel": site.base_url + path,
        "panel-paper": f"{site.base_url}{path}/paper",
        "panel-start": f"{start}?k={mark[1]}",
        "panel-story": f"{start}/rate",
        "panel-mine": f"{start}/mine",
        "rater": f"panel-{path[-10:]}={cookie}",
    }


def measured_course(trainer: httpx.Client, site: Server) -> dict[str, str]:
    """The pages of a measured class, and someone who takes part. The library is too small to switch it on by itself."""
    path = trainer.post("/trainers/classes", data={"name": "Measured evening"}).headers["location"]
    with closing(sqlite3.connect(site.folder / "three-circles.db")) as database, database:
        database.execute(
            "INSERT INTO course (class_id, begins, ends, consent, salt, sets, expected, created_at) SELECT id, "
            "CURRENT_DATE, CURRENT_DATE, 'We would like to know what changes.', 'salt', '[[1], [1], [1]]', "
            "'[0.8, 0.8, 0.8]', created_at FROM learner_class WHERE code = ?",
            (path[-8:],),
        )
    with httpx.Client(base_url=site.base_url, timeout=20, trust_env=False) as learner:
        learner.post("/practice/class", data={"code": path[-8:]})
        learner.post("/practice/course", data={"agree": "yes"})
        cookie = learner.cookies["learner"]
    return {"course": f"{site.base_url}{path}/course", "measured": f"learner={cookie}"}


def become(who: str, context: BrowserContext, site: Server, cookies: dict[str, str]) -> None:
    """Gives the browser the cookie of the person; no one has none."""
    if who in cookies:
        name, _, value = cookies[who].partition("=") if who in ("rater", "measured") else (who, "", cookies[who])
        context.add_cookies([{"name": name, "value": value, "url": site.base_url}])


@contextmanager
def calm(page: Page) -> Iterator[None]:
    """Nothing may go wrong on the page unseen: errors of scripts and breaches of the content policy fail."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which the browser mentions; that is no error of the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            said.append(message.text)

    def fell(error: Error) -> None:
        said.append(str(error))

    page.set_default_timeout(10_000)
    page.on("console", listen)
    page.on("pageerror", fell)
    try:
        yield
    finally:
        page.remove_listener("console", listen)
        page.remove_listener("pageerror", fell)
    assert said == []


@pytest.fixture
def calm_page(page: Page) -> Iterator[Page]:
    """A page on which nothing may go wrong unseen."""
    with calm(page):
        yield page
