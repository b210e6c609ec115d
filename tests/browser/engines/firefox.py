"""Firefox as Debian has it, by WebDriver BiDi, which it speaks itself on a socket."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from websockets.sync.client import connect

from tests.browser.engines.visitor import PATIENCE, EngineError, Point, Visitor, key_actions, pointer_actions

NAMES: Final = ("firefox-esr", "firefox")
PREFERENCES: Final = {
    "ui.prefersReducedMotion": 1,
    "ui.useOverlayScrollbars": 1,  # a window of 390 pixels is 390 wide
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
}


def found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Firefox:
    name = "Firefox"

    def __init__(self, program: str, folder: Path) -> None:
        self._open = ExitStack()
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        said = folder / "firefox.log"
        with said.open("w") as log:
            self._process = subprocess.Popen(
                [program, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)],
                stdout=log,
                stderr=log,
                env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            )
        try:
            talk = connect(_address(said) + "/session", max_size=None, proxy=None)
            self._socket = self._open.enter_context(talk)
            self._number = 0
            started = self.command("session.new", capabilities={})
        except BaseException:
            self.close()
            raise
        self.version = str(started["capabilities"]["browserVersion"])

    def command(self, method: str, **params: Any) -> Any:
        """Sends a command and waits for its answer; events on the way are let pass."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == self._number:
                break
        if answer["type"] != "success":
            raise EngineError(f"{method}: {answer.get('message')}")
        return answer["result"]

    def visitor(self, width: int = 390, height: int = 844) -> Visitor:
        user = self.command("browser.createUserContext")["userContext"]
        # A window of its own: a tab behind another one is hidden, and its page gives its stream back.
        tab = self.command("browsingContext.create", type="window", userContext=user)["context"]
        self.command("browsingContext.setViewport", context=tab, viewport={"width": width, "height": height})
        return ByBiDi(self, tab)

    def close(self) -> None:
        self._open.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _address(log: Path) -> str:
    end = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if "WebDriver BiDi listening on " in line:
                return line.split()[-1]
        time.sleep(0.05)
    raise EngineError(f"Firefox did not start: {log.read_text()[-1000:]}")


class ByBiDi(Visitor):
    def __init__(self, browser: Firefox, tab: str) -> None:
        self._browser = browser
        self._tab = tab

    def goto(self, url: str) -> None:
        self._browser.command("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        # What is no JSON, as an element, is only there or not.
        asked = f"Promise.resolve({expression}).then(v => JSON.stringify(v instanceof Node ? true : v) ?? 'null')"
        target = {"context": self._tab}
        answer = self._browser.command("script.evaluate", expression=asked, target=target, awaitPromise=True)
        if answer["type"] != "success":
            raise EngineError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, *keys: str) -> None:
        self._act(key_actions(keys))

    def point(self, path: Iterable[Point], kind: str = "mouse") -> None:
        self._act(pointer_actions(path, kind))

    def _act(self, actions: list[dict[str, Any]]) -> None:
        self._browser.command("browsingContext.activate", context=self._tab)  # keys only reach the tab in front
        self._browser.command("input.performActions", context=self._tab, actions=actions)

    def back(self) -> None:
        self._browser.command("browsingContext.traverseHistory", context=self._tab, delta=-1)

    def forward(self) -> None:
        self._browser.command("browsingContext.traverseHistory", context=self._tab, delta=1)

    def reload(self) -> None:
        self._browser.command("browsingContext.reload", context=self._tab, wait="complete")

    def picture(self) -> bytes:
        return base64.b64decode(self._browser.command("browsingContext.captureScreenshot", context=self._tab)["data"])

    def close(self) -> None:
        self._browser.command("browsingContext.close", context=self._tab)
