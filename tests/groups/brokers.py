"""A Redis or Valkey server for one test, which can be killed and started again on its port."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from api.groups.live.redis_broker import CHANNEL


class BrokerServer:
    """A store that keeps nothing on disk."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port: int = taken.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                with Redis.from_url(self.url) as redis:
                    redis.ping()
                return
            except RedisError:
                time.sleep(0.05)
        raise AssertionError("the broker did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def listeners(self) -> int:
        """How many processes hear what groups have changed."""
        with Redis.from_url(self.url) as redis:
            told = redis.pubsub_numsub(CHANNEL)
        return int(told[0][1])


def find_broker() -> str:
    """The program. Skips where there is none, and fails there when CI is set."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        reason = "neither valkey-server nor redis-server here: install one"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return program
