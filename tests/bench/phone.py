"""How long someone on a slow phone waits from the press to the outcome, beside an empty page of the same server."""

import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import CDPSession, Page, sync_playwright
from rich.console import Console

from .server import product

BROWSERS: Final = ("chromium-headless-shell", "chromium", "google-chrome")
ROUND_TRIP: Final = 400  # milliseconds
SLOWER: Final = 4  # times, of the processor
BITS: Final = 1.6e6  # a second, as a phone at the edge of its network
WANTED: Final = 1.2  # seconds
# From the press until the outcome has been painted.
_PRESS: Final = """() => new Promise((done) => {
  const began = performance.now();
  new MutationObserver(() => {
    if (!document.querySelector('.outcome__next')) return;
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  }).observe(document.getElementById('main'), {childList: true, subtree: true});
  document.querySelector('#send').click();
})"""


def run(console: Console, *, rounds: int) -> bool:
    """Prints both medians, their ratio, and what came over the line; says whether every press led to its outcome."""
    with (
        tempfile.TemporaryDirectory(prefix="three-circles-load-") as name,
        product(Path(name), rate_limit=False) as server,
        sync_playwright() as playwright,
    ):
        program = next(path for known in BROWSERS if (path := shutil.which(known)))
        story = server.slugs()[0]
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        outcome, empty = [], []
        for _ in range(rounds):
            context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
            page = context.new_page()
            slow = _slowed(page)
            page.goto(f"http://127.0.0.1:{server.port}/healthz")
            empty.append(page.evaluate("performance.getEntriesByType('navigation')[0].duration") / 1000)
            received = _counted(slow)
            page.goto(f"http://127.0.0.1:{server.port}/vignettes/{story}?open=1")
            page.locator("label.answer.drive").click()
            outcome.append(page.evaluate(_PRESS) / 1000)
            context.close()
        browser.close()
    console.print(
        f"press to outcome {median(outcome):.2f} s (wanted {WANTED} s), an empty page {median(empty):.2f} s: "
        f"{median(outcome) / median(empty):.2f} times as long; medians of {rounds}"
    )
    console.print(f"story and outcome came in {received['bytes'] / 1000:.1f} kB, as compressed without https (gzip)")
    return len(outcome) == rounds


def _slowed(page: Page) -> CDPSession:
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    slow.send("Network.enable")
    line = {"latency": ROUND_TRIP, "downloadThroughput": BITS / 8, "uploadThroughput": BITS / 8, "offline": False}
    slow.send("Network.emulateNetworkConditions", line)
    return slow


def _counted(slow: CDPSession) -> dict[str, float]:
    """Bytes from now on, counted while they come."""
    received = {"bytes": 0.0}

    def add(event: dict[str, Any]) -> None:
        received["bytes"] += event["encodedDataLength"]

    slow.on("Network.loadingFinished", add)
    return received
