"""A closed-loop client: some connections, each sending its next request when its last answer has come whole.

It parses no more of HTTP than the status and the length, so that one core of it can keep one core of server busy.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import cast

import uvloop

CONNECTIONS = 64
BUSY = 0.85  # above this share of its core the client, not the server, may set the rate

# What is sent as one: a request, or several of the same person, each after the answer to the one before.
Message = bytes | tuple[bytes, ...]


@dataclass
class Load:
    """What a run of requests brought."""

    statuses: Counter[bytes] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    client_share: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def is_client_bound(self) -> bool:
        return self.client_share > BUSY

    def percentile(self, percent: int) -> float:
        """Seconds within which so many percent of the answers came."""
        return quantiles(self.latencies, n=100)[percent - 1]


def send_all(port: int | Sequence[int], messages: Sequence[Message], connections: int = CONNECTIONS) -> Load:
    """Sends every message once over so many connections, which take turns at the ports."""
    ports = [port] if isinstance(port, int) else port
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send_all(ports, messages, connections))


def source(number: int) -> tuple[str, int]:
    """An address of its own for each connection, as phones have, so that limits per address let it through."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}", 0


async def _send_all(ports: Sequence[int], messages: Sequence[Message], number: int) -> Load:
    loop = asyncio.get_running_loop()
    load, queue = Load(), iter(messages)
    connections = []
    for place in range(min(number, len(messages))):
        _, connection = await loop.create_connection(
            lambda: _Connection(load, queue), "127.0.0.1", ports[place % len(ports)], local_addr=source(place)
        )
        connections.append(connection)
    started, worked = time.perf_counter(), time.process_time()
    for connection in connections:
        connection.send()
    await asyncio.gather(*(connection.done for connection in connections))
    load.seconds = time.perf_counter() - started
    load.client_share = (time.process_time() - worked) / load.seconds
    return load


class _Connection(asyncio.Protocol):
    def __init__(self, load: Load, queue: Iterator[Message]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load, self._queue = load, queue
        self._received = b""
        self._rest: tuple[bytes, ...] = ()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its class

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed a connection"))

    def send(self) -> None:
        message = next(self._queue, None)
        if message is None:
            self.done.set_result(None)
            self._transport.close()
            return
        request, *rest = (message,) if isinstance(message, bytes) else message
        self._rest = tuple(rest)
        self._started = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not _is_whole(received):
            self._received = received
            return
        self._received = b""
        self._load.statuses[received[9:12]] += 1
        if self._rest:
            request, *rest = self._rest
            self._rest = tuple(rest)
            self._transport.write(request)
            return
        self._load.latencies.append(time.perf_counter() - self._started)
        self.send()


def _is_whole(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    start = answer.find(b"content-length: ", 0, head)
    if start < 0:  # then it comes in chunks
        return answer.endswith(b"0\r\n\r\n")
    return len(answer) >= head + 4 + int(answer[start + 16 : answer.index(b"\r", start)])
