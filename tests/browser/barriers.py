"""What axe finds on a page."""

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

SCRIPT: str = Axe().axe_script
COLOURS = ["color-contrast", "link-in-text-block"]  # of axe's rules, those whose answer another scheme can change
SCHEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")  # pictures are taken in the light


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """Each barrier that one of the rules finds, or any of axe's. Fails where there was nothing to look at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate(
        "options => axe.run(document, options).then(({violations, passes}) => ({violations, passes: passes.length}))",
        options,
    )
    assert found["passes"], page.url
    return [f"{v['id']}: {v['help']}: {node['target']}" for v in found["violations"] for node in v["nodes"]]


def barriers_in_both_schemes(page: Page) -> list[str]:
    """The same in the light, and what the dark does to colours; the page is left in the light."""
    found: list[str] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {line}" for line in barriers(page, COLOURS if scheme == "dark" else None)]
    return found
