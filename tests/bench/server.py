"""Server processes on a core of their own, and what the operating system and /metrics tell of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECRET = "a secret for benchmarks"
SERVER_CORE, CLIENT_CORE = 0, 1
_SERVE = "from api.cli import app; app()"


@dataclass(frozen=True)
class Server:
    """A server that answers on this machine."""

    port: int
    pid: int
    data: Path | None = None

    @property
    def database(self) -> Path:
        assert self.data is not None
        return self.data / "three-circles.db"

    def cpu_seconds(self) -> float:
        """How long its threads have run so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes of it that are in memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

    def slugs(self) -> list[str]:
        """The vignettes that it has loaded."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/vignettes?limit=200") as answer:
            return [item["slug"] for item in json.load(answer)["items"]]

    def commits(self) -> tuple[float, float]:
        """How many commits there were, and how many guesses they held together."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as answer:
            lines = [line.split() for line in answer.read().decode().splitlines()]
        figures = {line[0]: float(line[1]) for line in lines if line[0].startswith("three_circles_commit_batch_size_")}
        return figures["three_circles_commit_batch_size_count"], figures["three_circles_commit_batch_size_sum"]


@contextmanager
def product(
    data: Path,
    root: Path = ROOT,
    *,
    rate_limit: bool = True,
    database_url: str = "",
    broker_url: str = "",
    pinned: bool = True,
) -> Iterator[Server]:
    """Three Circles as `three-circles serve` starts it."""
    env = {
        "THREE_CIRCLES_DATA_DIR": str(data),
        "THREE_CIRCLES_SECRET_KEY": SECRET,
        "THREE_CIRCLES_RATE_LIMIT": str(rate_limit),
        "THREE_CIRCLES_DATABASE_URL": database_url,
        "THREE_CIRCLES_BROKER_URL": broker_url,
        "PYTHONPATH": str(root),
    }
    port = free_port()
    command = [sys.executable, "-c", _SERVE, "serve", "--port", str(port)]
    with process(command, env, root, pinned=pinned) as pid:
        wait(port)
        yield Server(port, pid, data)


@contextmanager
def noop() -> Iterator[Server]:
    """The baseline."""
    port = free_port()
    with process([sys.executable, "-m", "tests.bench.noop", str(port)], {"PYTHONPATH": str(ROOT)}, ROOT) as pid:
        wait(port)
        yield Server(port, pid)


@contextmanager
def process(command: list[str], env: dict[str, str], folder: Path, *, pinned: bool = True) -> Iterator[int]:
    """A process, with those that it starts in a group of their own, which ends with it."""
    started = subprocess.Popen(
        command, env={**os.environ, **env}, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True
    )
    if pinned:
        os.sched_setaffinity(started.pid, {SERVER_CORE})
    try:
        yield started.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGTERM)
        started.wait(10)


def pin_client() -> None:
    """Keeps this process, the client, off the servers' core."""
    os.sched_setaffinity(0, {CLIENT_CORE})


@contextmanager
def unpinned() -> Iterator[None]:
    """Lets this process, and those that it starts here, run on every core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A port that no one listens on just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait(port: int) -> None:
    """Until something answers there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")
        except urllib.error.HTTPError:  # the baseline knows no such address, but it answers
            return
        except OSError:  # not yet, or it was just going
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not come up")
