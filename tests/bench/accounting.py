"""Processor seconds of everyone who takes part in a run: servers, PostgreSQL, the broker and the client.

Processor time suffers less than latencies from anyone else who uses the machine, so constants are taken from it.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .server import Server


@dataclass(frozen=True)
class Spent:
    """Processor seconds; the difference of two readings is what was used between them."""

    servers: float = 0.0
    postgres: float = 0.0
    broker: float = 0.0
    client: float = 0.0

    def __sub__(self, earlier: "Spent") -> "Spent":
        return Spent(
            self.servers - earlier.servers,
            self.postgres - earlier.postgres,
            self.broker - earlier.broker,
            self.client - earlier.client,
        )

    @property
    def all(self) -> float:
        return self.servers + self.postgres + self.broker + self.client


class Accounts:
    """Reads what was spent so far by servers, a PostgreSQL and a broker on this machine, and by this process."""

    def __init__(self, servers: Sequence[Server], postgres: str, broker: int | None = None) -> None:
        """`postgres` is the URL of its database, `broker` the id of its process."""
        self.servers, self._broker = servers, broker
        with psycopg.connect(postgres) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            assert row is not None
            self._postgres = int(_fields(row[0])[1])  # the backend's parent

    def read(self) -> Spent:
        return Spent(
            sum(server.cpu_seconds() for server in self.servers),
            _with_children(self._postgres),
            process_seconds(self._broker) if self._broker else 0.0,
            time.process_time(),
        )


def process_seconds(pid: int) -> float:
    """What a process of this machine has spent so far."""
    return _seconds(_fields(pid), 11, 12)


def _fields(pid: int) -> list[str]:
    """What /proc/PID/stat tells after the name; the first is the state, the second the parent."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _seconds(fields: Sequence[str], *places: int) -> float:
    return sum(int(fields[place]) for place in places) / os.sysconf("SC_CLK_TCK")


def _with_children(pid: int) -> float:
    """Of the process, of its children that have ended, and of those that run."""
    spent = _seconds(_fields(pid), 11, 12, 13, 14)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = _fields(int(folder.name))
            except OSError:  # just gone
                continue
            if int(fields[1]) == pid:
                spent += _seconds(fields, 11, 12)
    return spent
