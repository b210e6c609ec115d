"""A room full of devices: each is a browser of its own, and nothing may go wrong on it unseen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, WebError, expect

from tests.browser.barriers import COLOURS, barriers, bring_axe
from tests.browser.pictures import keep, screenshot

PATIENCE = 30_000
PACE = 0.7  # the console takes a second press within 0.6 seconds as the same one

# What stands beside the screen: the page itself, or a part that people read or touch.
_BESIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const page = document.documentElement.scrollWidth;
  const found = page > wide ? [`the page is ${page} wide on ${wide}`] : [];
  for (const part of document.querySelectorAll('h1, h2, h3, p, a, button, label, legend, th, td, select, svg')) {
    if (part.closest('.vh, .skip, .words__skip, .scroller, defs') || !part.checkVisibility()) continue;
    const {left, right, width} = part.getBoundingClientRect();
    if (width && (left < -1 || right > wide + 1))
      found.push(`${part.tagName} "${part.textContent.trim().slice(0, 40)}" from ${left} to ${right} of ${wide}`);
  }
  return found;
}"""


@dataclass
class Room:
    """The devices of one group, and what was found wrong on any of them."""

    browser: Browser
    base_url: str
    code: str = ""
    contexts: list[BrowserContext] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    glass: Page | None = None
    pressed: float = 0.0

    def device(self, name: str, width: int, height: int, forgive: tuple[str, ...] = (), **options: Any) -> Page:
        """A new browser with one page. Its errors are kept, but for those that the test brings about itself."""
        context = self.browser.new_context(
            base_url=self.base_url, viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script("Math.random = () => 0")  # phones ask for a new step spread over 0.4 seconds
        self.contexts.append(context)

        def listen(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not any(text in message.text for text in forgive):
                self.wrong.append(f"{name} says: {message.text} ({message.location['url']})")

        def fell(error: WebError) -> None:
            self.wrong.append(f"{name} fell: {error.error}")

        context.on("console", listen)
        context.on("weberror", fell)
        return context.new_page()

    def phone(self, name: str, forgive: tuple[str, ...] = (), **options: Any) -> Page:
        size = {"width": 390, "height": 844} | options
        return self.device(name, forgive=forgive, **size)

    def lead(self, console: Page, press: Callable[[], None], heading: str) -> None:
        """One press at the console, at the pace of a person, and what its page says then."""
        if (early := self.pressed + PACE - monotonic()) > 0:
            console.wait_for_timeout(1000 * early)
        press()
        self.pressed = monotonic()
        see(console, heading)

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    # Looking

    def examine(self, moment: str, **pages: Page) -> None:
        """Looks for barriers and for what stands beside the screen, and takes a picture of each page if wanted."""
        for name, page in pages.items():
            self._examine(moment, name, page)

    def _examine(self, moment: str, name: str, page: Page, rules: list[str] | None = None) -> None:
        self.wrong += [f"{moment}, {name}: {line}" for line in barriers(page, rules)]
        self.beside(moment, name, page)
        keep(f"group-{moment}-{name}", page)
        screenshot(f"group-{moment}-{name}", page, full_page=False)

    def examine_in_the_dark(self, moment: str, name: str, page: Page) -> None:
        page.emulate_media(color_scheme="dark")
        self._examine(f"{moment}-dark", name, page, COLOURS)
        page.emulate_media(color_scheme="light")

    def examine_without_scripts(self, moment: str, page: Page) -> None:
        """The same for a page that runs no scripts, and so no axe: its text is looked at in another browser.

        There `<noscript>` is opened, for that is what its reader gets.
        """
        if self.glass is None:
            self.glass = self.device("the glass", 390, 844)
            bring_axe(self.glass)
        text = page.content()
        for tag in ("<noscript>", "</noscript>"):
            text = text.replace(tag, "")
        parts = text.split("<script")
        text = parts[0] + "".join(part.partition("</script>")[2] for part in parts[1:])
        address = f"{self.base_url}/glass"
        self.glass.route(address, lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
        self.glass.goto(address)
        self.examine(moment, without_scripts=self.glass)
        self.glass.unroute(address)

    def beside(self, moment: str, name: str, page: Page) -> None:
        self.wrong += [f"{moment}, {name} has beside the screen: {line}" for line in page.evaluate(_BESIDE)]


# What people do and see


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def see(page: Page, heading: str, *texts: str) -> None:
    """Waits until the page has this heading, then finds each text on it."""
    expect(title(page)).to_have_text(heading)
    for text in texts:
        expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def choose(page: Page, system: Literal["threat", "drive", "soothing"]) -> None:
    page.locator(f"label.answer.{system}").click()


def send(page: Page, note: str) -> None:
    """Presses the button of the vote, and waits for the note that says what has been kept."""
    page.locator("#send").click()
    expect(page.locator("#sent")).to_contain_text(note)


def mark(page: Page, *words: str) -> None:
    for word in words:
        page.locator("label.w", has_text=word).first.click()


def look_again(page: Page) -> None:
    page.get_by_role("link", name="Refresh this page").click()


def tab_to(page: Page, wanted: str, key: str = "Tab", most: int = 30) -> None:
    """Presses a key until the wanted element has the focus, as someone without a mouse does."""
    for _ in range(most):
        if page.locator(wanted).first.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads to {wanted}")
