"""The pictures of the help and the README: what the tests see on their way, so that they stay true."""

import os
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCREENSHOTS = ROOT / "screenshots"
STRINGS = ROOT / ".build" / "strings"
# What a page shows or says: its text, and the names of what has no text.
_SHOWN = """() => [document.title, ...document.body.innerText.split("\\n"),
  ...[...document.querySelectorAll("[aria-label], [placeholder], img[alt]")].flatMap((each) =>
    [each.ariaLabel, each.placeholder, each.alt])]"""


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
    """Leaves a picture of the page in screenshots/ if SCREENSHOTS is set, and its strings if STRINGS is."""
    if "STRINGS" in os.environ:
        STRINGS.mkdir(parents=True, exist_ok=True)
        shown = [" ".join(each.split()) for each in page.evaluate(_SHOWN) if each]
        (STRINGS / f"{name}.txt").write_text("\n".join(filter(None, shown)) + "\n", encoding="utf-8")
    if "SCREENSHOTS" in os.environ:
        SCREENSHOTS.mkdir(exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)
