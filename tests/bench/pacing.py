"""An open-loop client: each request is sent when it is due, whether or not earlier ones have been answered.

Latencies count from the moment when a request was due, so that a server that falls behind cannot hide it.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import NamedTuple, cast

import uvloop

from .client import source


class Due(NamedTuple):
    """A request to one of the ports, so many seconds after the start; `about` comes back with its answer."""

    second: float
    port: int
    request: bytes
    about: int


@dataclass
class Answers:
    """What came back: moments of the monotonic clock, in the order of the answers."""

    statuses: Counter[bytes] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    bodies: list[tuple[int, float, bytes]] = field(default_factory=list)  # about, moment, body
    seconds: float = 0.0

    def percentile(self, percent: int) -> float:
        """Seconds within which so many percent of the answers came."""
        return quantiles(self.latencies, n=100)[percent - 1]


def send_when_due(messages: Sequence[Due], connections: int) -> Answers:
    """Sends every message at its time over so many connections to each port; more that are due wait for one."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(sorted(messages), connections))


async def _send(messages: Sequence[Due], connections: int) -> Answers:
    answers = Answers()
    ports = sorted({message.port for message in messages})
    lines = {port: _Line(answers, port, connections, number * connections) for number, port in enumerate(ports)}
    began = time.monotonic()
    for message in messages:
        if (early := began + message.second - time.monotonic()) > 0.001:
            await asyncio.sleep(early)
        lines[message.port].put(began + message.second, message)
    await asyncio.gather(*(asyncio.wait_for(line.empty.wait(), 300) for line in lines.values()))
    answers.seconds = time.monotonic() - began
    for line in lines.values():
        line.close()
    return answers


class _Line:
    """The requests to one port that are due, and its connections."""

    def __init__(self, answers: Answers, port: int, most: int, first: int) -> None:
        self.answers, self.empty = answers, asyncio.Event()
        self._port, self._most, self._first = port, most, first
        self._waiting: deque[tuple[float, Due]] = deque()
        self._free: list[_Connection] = []
        self._open: set[_Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()

    def put(self, due: float, message: Due) -> None:
        self._waiting.append((due, message))
        self._go()

    def free(self, connection: "_Connection") -> None:
        self._open.add(connection)
        self._free.append(connection)
        self._go()

    def lost(self, connection: "_Connection", unanswered: tuple[float, Due] | None) -> None:
        """The server closed it, as it does with a quiet one; what was just being sent is sent again."""
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if unanswered:
            self._waiting.appendleft(unanswered)
        self._go()

    def close(self) -> None:
        for connection in tuple(self._open):
            connection.close()

    def _go(self) -> None:
        while self._waiting and self._free:
            self._free.pop().send(*self._waiting.popleft())
        if len(self._opening) < len(self._waiting) and len(self._open) + len(self._opening) < self._most:
            task = asyncio.get_running_loop().create_task(self._connect(len(self._open) + len(self._opening)))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        if not self._waiting and len(self._free) == len(self._open):
            self.empty.set()
        else:
            self.empty.clear()

    async def _connect(self, place: int) -> None:
        await asyncio.get_running_loop().create_connection(
            partial(_Connection, self), "127.0.0.1", self._port, local_addr=source(self._first + place)
        )


class _Connection(asyncio.Protocol):
    def __init__(self, line: _Line) -> None:
        self._line = line
        self._received = b""
        self._sent: tuple[float, Due] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its class
        self._line.free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lost(self, self._sent)

    def send(self, due: float, message: Due) -> None:
        self._sent = due, message
        self._transport.write(message.request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0 or self._sent is None:
            return
        start = self._received.index(b"content-length: ", 0, head)
        size = int(self._received[start + 16 : self._received.index(b"\r", start)])
        if len(self._received) < head + 4 + size:
            return
        (due, message), moment, answers = self._sent, time.monotonic(), self._line.answers
        answers.statuses[self._received[9:12]] += 1
        answers.latencies.append(moment - due)
        answers.bodies.append((message.about, moment, self._received[head + 4 :]))
        self._received, self._sent = b"", None
        self._line.free(self)

    def close(self) -> None:
        self._transport.close()
