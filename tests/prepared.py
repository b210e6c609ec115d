"""Processes of the product that begin where the imports end: a second of work that dozens of tests need not repeat.

Each is a process of its own that runs the same command; the first lines of `tests/server/test_start.py` and the
installed product of `tests/packaging` are started from nothing.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from multiprocessing.reduction import DupFd
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Protocol, TextIO

_PRELOADED = ["api.cli", "api.server", "api.app", "psycopg", "redis.asyncio", "uvicorn.protocols.http.httptools_impl"]


class Process(Protocol):
    """What the tests use of a started process."""

    stdout: Any
    pid: int

    @property
    def returncode(self) -> int | Any: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def kill(self) -> None: ...
    def send_signal(self, sig: int, /) -> None: ...


class Prepared:
    """A forked server, spoken to as a `subprocess.Popen`."""

    def __init__(self, process: Any, stdout: TextIO) -> None:
        self._process = process
        self.stdout = stdout
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if (code := self.returncode) is None:
            raise subprocess.TimeoutExpired("three-circles serve", timeout or 0)
        return code

    def kill(self) -> None:
        self._process.kill()

    def send_signal(self, sig: int, /) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


def start_prepared(folder: Path, environment: dict[str, str], errors: int) -> Prepared:
    """Runs `three-circles serve --port 0` in the folder; its standard error goes to the open file `errors`."""
    reading, writing = os.pipe()
    process = _start(("serve", "--port", "0"), folder, environment, writing, errors)
    os.close(writing)
    return Prepared(process, os.fdopen(reading))


def run_prepared(
    words: tuple[str, ...], folder: Path, environment: dict[str, str], timeout: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Runs `three-circles …` in the folder to its end. Raises subprocess.TimeoutExpired."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        process = _start(words, folder, environment, output.fileno(), errors.fileno())
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(words, process.exitcode, output.read(), errors.read())


def _start(words: tuple[str, ...], folder: Path, environment: dict[str, str], output: int, errors: int) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=_run, args=(words, folder, environment, DupFd(output), DupFd(errors)))
    process.start()
    return process


def _run(words: tuple[str, ...], folder: Path, environment: dict[str, str], output: Any, errors: Any) -> None:
    for number, handle in ((1, output), (2, errors)):
        os.dup2(handle.detach(), number)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from api.cli import app

    app(list(words), prog_name="three-circles")
