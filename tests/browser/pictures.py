"""The pictures of the help and the README: what the tests see on their way, so that they stay true."""

import os
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCREENSHOTS = ROOT / "screenshots"


@cache
def wanted() -> frozenset[str]:
    """The names of the pictures that the README and the help show."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    return frozenset(name for page in pages for name in re.findall(r"pictures/([\w-]+)\.png", page.read_text()))


def keep(name: str, page: Page) -> None:
    """Puts what the page shows into docs/pictures, if the help wants it and PICTURES is set."""
    if "PICTURES" in os.environ and name in wanted():
        page.emulate_media(color_scheme="light")
        page.evaluate("() => { scrollTo(0, 0); document.activeElement?.blur(); }")
        page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def screenshot(name: str, page: Page, full_page: bool = True) -> None:
    """Leaves what the page shows in screenshots/, to be looked at, if SCREENSHOTS is set."""
    if "SCREENSHOTS" in os.environ:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)
