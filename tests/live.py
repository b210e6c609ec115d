"""Fixtures: the product as a process of its own, started as people start it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import pytest

from tests.cast import put_cases
from tests.prepared import Process, start_prepared

PROGRAM = Path(sys.executable).parent / "three-circles"
PATIENCE = 20.0

StartServer = Callable[..., "Server"]


class Server:
    """`three-circles serve` on a free port of this machine; started from nothing if a program is given."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        program: Path | None = None,
        wait: bool = True,
        options: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        # A server that starts others cannot be forked: they would begin with this process's main module.
        self.program = PROGRAM if options and program is None else program
        self.wait = wait
        self.options = options
        self.environment = environment

    def __enter__(self) -> "Server":
        self.log = (self.folder / "server.log").open("a+")
        environment = clean_environment(**self.environment)
        if self.program is None:
            self.process: Process = start_prepared(self.folder, environment, self.log.fileno())
        else:
            self.process = subprocess.Popen(
                [self.program, "serve", "--port", "0", *self.options],
                cwd=self.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=self.log,
                text=True,
            )
        try:
            self.lines = self._first_lines()
            self.base_url = self.lines[0].split()[-1]
            if self.wait:
                self._wait_until_reachable()
        except BaseException:
            self.kill()  # no one else will: a block that is not entered is not left
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()

    def kill(self) -> None:
        """As a power cut would: the process gets no chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def _wait_until_reachable(self) -> None:
        address = urlsplit(self.base_url)
        for _ in range(int(PATIENCE / 0.05)):
            try:
                socket.create_connection((address.hostname or "", address.port or 0), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.folder / "server.log").read_text()
                time.sleep(0.05)
        raise AssertionError("the server printed its address and never listened there")

    def _first_lines(self) -> list[str]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if "Stop with" in line:
                return lines
        raise AssertionError(f"the server did not start: {lines} {(self.folder / 'server.log').read_text()}")


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without the product's own settings; those given by name are set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THREE_CIRCLES_")}
    return kept | {f"THREE_CIRCLES_{name}": value for name, value in settings.items()}


@pytest.fixture
def start_server(tmp_path: Path, database_url: str) -> Iterator[StartServer]:
    """Starts servers on the test's database; all of them are gone when the test ends."""
    cases = put_cases(tmp_path / "cases")
    with ExitStack() as running:

        def start(**environment: str) -> Server:
            settings = {
                "DATA_DIR": str(tmp_path),
                "DATABASE_URL": database_url,
                "VIGNETTES_DIR": str(cases),
                "SECRET_KEY": "the secret of the tests",
                "RATE_LIMIT": "off",
            }
            return running.enter_context(Server(tmp_path, settings | environment))

        yield start
