"""Server processes on a core of their own, and what the operating system and /metrics tell of them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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
def product(data: Path, root: Path = ROOT, *, rate_limit: bool = True) -> Iterator[Server]:
    """Three Circles as `three-circles serve` starts it."""
    env = {
        "THREE_CIRCLES_DATA_DIR": str(data),
        "THREE_CIRCLES_SECRET_KEY": SECRET,
        "THREE_CIRCLES_RATE_LIMIT": str(rate_limit),
    }
    port = _free_port()
    with _process(["-c", _SERVE, "serve", "--port", str(port)], env, root) as pid:
        _wait(port)
        yield Server(port, pid, data)


@contextmanager
def noop() -> Iterator[Server]:
    """The baseline."""
    port = _free_port()
    with _process(["-m", "tests.load.noop", str(port)], {}, ROOT) as pid:
        _wait(port)
        yield Server(port, pid)


@contextmanager
def _process(arguments: list[str], env: dict[str, str], root: Path) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **env, "PYTHONPATH": str(root)},
        cwd=root,
        stdout=subprocess.DEVNULL,
    )
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def pin_client() -> None:
    """Keeps this process, the client, off the servers' core."""
    os.sched_setaffinity(0, {CLIENT_CORE})


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")
        except urllib.error.HTTPError:  # the baseline knows no such address, but it answers
            return
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not come up")
