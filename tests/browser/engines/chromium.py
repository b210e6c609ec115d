"""Chromium, by Playwright."""

from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Browser, Error, Page

from tests.browser.engines.visitor import EngineError, Point, Visitor


class Chromium:
    name = "Chromium"

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.version = browser.version

    def visitor(self, width: int = 390, height: int = 844) -> Visitor:
        context = self._browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        return ByPlaywright(context.new_page())

    def close(self) -> None:
        """The browser belongs to the other tests too."""


class ByPlaywright(Visitor):
    def __init__(self, page: Page) -> None:
        self._page = page

    def goto(self, url: str) -> None:
        self._page.goto(url)

    def evaluate(self, expression: str) -> Any:
        try:
            return self._page.evaluate(f"Promise.resolve({expression}).then(v => v instanceof Node ? true : v)")
        except Error as problem:
            raise EngineError(problem.message) from problem

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)

    def point(self, path: Iterable[Point], kind: str = "mouse") -> None:
        first, *others = path
        mouse = self._page.mouse
        mouse.move(*first)
        mouse.down()
        for place in others:
            mouse.move(*place)
        if others:
            self._page.wait_for_timeout(200)
        mouse.up()

    def back(self) -> None:
        self._page.go_back()

    def forward(self) -> None:
        self._page.go_forward()

    def reload(self) -> None:
        self._page.reload()

    def picture(self) -> bytes:
        return self._page.screenshot()

    def close(self) -> None:
        self._page.context.close()
