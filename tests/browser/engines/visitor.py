"""One window of an engine, and what a visitor does in it."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Final

PATIENCE: Final = 20.0
# The keys that WebDriver names by a private character.
KEYS: Final = {
    "Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Control": "\ue009", "Shift": "\ue008",
    "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowDown": "\ue015",
    "PageUp": "\ue00e", "PageDown": "\ue00f", "Home": "\ue011", "End": "\ue010", "Space": " ",
}  # fmt: skip

Point = tuple[float, float]


class Visitor(ABC):
    """Everything is said in terms of four things that each engine can do: load, ask, press and point."""

    @abstractmethod
    def goto(self, url: str) -> None: ...

    @abstractmethod
    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, if need be awaited; anything that JSON can tell."""

    @abstractmethod
    def press(self, *keys: str) -> None:
        """One key after the other; `Control+k` holds the first."""

    @abstractmethod
    def point(self, path: Iterable[Point], kind: str = "mouse") -> None:
        """Down at the first point of the window, along the others, and up at the last."""

    @abstractmethod
    def back(self) -> None: ...

    @abstractmethod
    def forward(self) -> None: ...

    @abstractmethod
    def reload(self) -> None: ...

    @abstractmethod
    def picture(self) -> bytes:
        """What is seen now, as a PNG."""

    @abstractmethod
    def close(self) -> None: ...

    # What follows from these

    def until(self, expression: str, patience: float = PATIENCE) -> Any:
        """Waits for an expression to be true, over loads of pages too, and gives its value."""
        end = time.monotonic() + patience
        said: Any = None
        while time.monotonic() < end:
            try:
                said = self.evaluate(expression)
            except EngineError as problem:  # the page is just being left
                said = problem
            else:
                if said:
                    return said
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression} (last: {said!r}) on {self.evaluate('location.href')}")

    def centre(self, css: str) -> Point:
        """Brings an element into view; where its middle is then."""
        self.until(f"document.querySelector({json.dumps(css)})")
        x, y = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(css)});"
            "e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        return float(x), float(y)

    def click(self, css: str) -> None:
        self.point([self.centre(css)])

    def click_text(self, text: str, css: str = "a, button, summary") -> None:
        """The first element in sight whose text starts so."""
        self.until(
            f"[...document.querySelectorAll({json.dumps(css)})].some(e => {{"
            f"if (!e.checkVisibility() || !e.textContent.trim().startsWith({json.dumps(text)})) return false;"
            "document.querySelectorAll('[data-test-target]').forEach(o => delete o.dataset.testTarget);"
            "e.dataset.testTarget = ''; return true; })"
        )
        self.click("[data-test-target]")

    def type(self, text: str) -> None:
        self.press(*text)

    def tab_to(self, css: str, most: int = 60) -> None:
        for _ in range(most):
            if self.evaluate(f"document.activeElement.matches({json.dumps(css)})"):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never leads to {css}")

    def heading(self, text: str) -> None:
        """Waits for the heading of the page."""
        self.until(f"document.querySelector('h1')?.textContent.trim().startsWith({json.dumps(text)})")

    def sees(self, text: str) -> None:
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def focus(self) -> str:
        """What has the focus: its text."""
        return str(self.evaluate("document.activeElement.textContent.trim()"))

    def beside(self) -> int:
        """How many pixels of the page stand beside the window."""
        return int(self.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


class EngineError(Exception):
    """What an engine answered instead of what was asked for."""


def key_actions(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Keys as WebDriver takes them."""
    done: list[dict[str, str]] = []
    for chord in keys:
        parts = [KEYS.get(part, part) for part in (chord.split("+") if len(chord) > 1 else [chord])]
        done += [{"type": "keyDown", "value": part} for part in parts]
        done += [{"type": "keyUp", "value": part} for part in reversed(parts)]
    return [{"type": "key", "id": "keys", "actions": done}]


def pointer_actions(path: Iterable[Point], kind: str) -> list[dict[str, Any]]:
    """A way of mouse or finger as WebDriver takes it; still for a moment before it lets go, as a hand is."""
    moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 30} for x, y in path]
    down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
    still = [{"type": "pause", "duration": 200}] if len(moves) > 1 else []
    actions = [moves[0], down, *moves[1:], *still, up]
    return [{"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions}]
