"""WebKitGTK as Debian has it, the engine of Safari, by its own WebDriver: one driver and one window per visitor."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import httpx

from tests.browser.engines.visitor import PATIENCE, EngineError, Point, Visitor, key_actions, pointer_actions

WINDOW: Final = Path(__file__).parent / "webkit_window.py"
PYTHON: Final = "/usr/bin/python3"  # Debian's, which has Debian's bindings of WebKit
ASKED: Final = (
    "import gi\nfor name, version in (('Gtk', '3.0'), ('WebKit2', '4.1')): gi.require_version(name, version)\n"
    "from gi.repository import WebKit2 as w\n"
    "print(w.get_major_version(), w.get_minor_version(), w.get_micro_version(), sep='.')"
)


def missing() -> str | None:
    """What cannot be found here; None if WebKit can be driven."""
    lacking = [name for name in ("WebKitWebDriver", "Xvfb") if shutil.which(name) is None]
    if not lacking and subprocess.run([PYTHON, "-c", ASKED], capture_output=True, check=False).returncode:
        lacking = ["Debian's Python bindings of WebKitGTK"]
    return ", ".join(lacking) or None


class WebKit:
    name = "WebKit"

    def __init__(self, folder: Path) -> None:
        self.version = subprocess.run([PYTHON, "-c", ASKED], capture_output=True, text=True, check=True).stdout.strip()
        self._folder = folder
        read, write = os.pipe()
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1200x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as number:
            self._display = f":{number.readline().strip()}"
        self._visitors: list[ByWebDriver] = []

    def visitor(self, width: int = 390, height: int = 844) -> Visitor:
        home = self._folder / f"window-{len(self._visitors)}"
        home.mkdir()
        environment = {
            "DISPLAY": self._display,
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "WK_SIZE": f"{width}x{height}",
            "NO_AT_BRIDGE": "1",
            "GSETTINGS_BACKEND": "memory",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # it has nothing but the product before it
        }
        made = ByWebDriver(environment, home / "driver.log")
        self._visitors.append(made)
        return made

    def close(self) -> None:
        for visitor in self._visitors:
            visitor.close()
        self._screen.terminate()
        self._screen.wait()


class ByWebDriver(Visitor):
    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with log.open("w") as said:
            self._process = subprocess.Popen(
                ["WebKitWebDriver", f"--port={port}"], env=environment, stdout=said, stderr=said
            )
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)
        self._session = ""
        options = {"binary": str(WINDOW), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._session = "/session/" + self._ask("POST", "/session", wanted)["sessionId"]
                return
            except httpx.ConnectError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._client.request(method, self._session + path, json=body if method == "POST" else None)
        value = answer.json()["value"]
        if answer.is_error:
            raise EngineError(f"{path}: {value['message']}")
        return value

    def goto(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def evaluate(self, expression: str) -> Any:
        script = (
            "const done = arguments[0], told = v => done(JSON.stringify(v instanceof Node ? true : v) ?? 'null');"
            f"try {{ Promise.resolve({expression}).then(told); }} catch (error) {{ done('!' + error); }}"
        )
        said = self._ask("POST", "/execute/async", {"script": script, "args": []})
        if said.startswith("!"):
            raise EngineError(said[1:])
        return json.loads(said)

    def press(self, *keys: str) -> None:
        self._ask("POST", "/actions", {"actions": key_actions(keys)})

    def point(self, path: Iterable[Point], kind: str = "mouse") -> None:
        self._ask("POST", "/actions", {"actions": pointer_actions(path, kind)})

    def back(self) -> None:
        self._ask("POST", "/back", {})

    def forward(self) -> None:
        self._ask("POST", "/forward", {})

    def reload(self) -> None:
        self._ask("POST", "/refresh", {})

    def picture(self) -> bytes:
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def close(self) -> None:
        if self._process.poll() is not None:
            return
        with suppress(httpx.HTTPError, EngineError):
            self._ask("DELETE", "")
        self._client.close()
        self._process.terminate()
        self._process.wait()
