"""Thousands of open streams in one group, with four changes a second: how late messages are and what they cost.

Every member has a stream; a change is a vote of one of them, sent over HTTP. Two delays are told of each message:

* the spread: from the arrival of a version at its first stream to its arrival at this one, which is the time that the
  server takes to push it to all;
* the delivery: from the moment when the voter had the answer to the arrival of a message that holds the vote. The
  server collects changes for up to a quarter of a second by design, and this is part of it.

The baseline is an ordinary FastAPI stream (a queue and a StreamingResponse for each reader) of as many bytes.
"""

import gc
import http.client
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from rich.console import Console
from rich.table import Table

from .following import Arrivals, followers
from .rooms import Room, ask, open_rooms, request
from .server import Server, noop, product

CHANGES_A_SECOND = 4
SETTLE_SECONDS = 1.5  # first messages and the last ones get so long
TARGET_SPREAD, TARGET_CPU = 0.1, 0.4

Change = Callable[[int], None]  # the number of the change, from 1; returns when it is answered


@dataclass
class Measured:
    """One kind of stream."""

    name: str
    spreads: list[float]
    deliveries: list[float]
    lost: int
    pushes: int
    cpu: float
    reader: float  # the client's share of its core
    memory: float  # bytes of the server for each stream
    opened: float


def run(console: Console, *, streams: int, seconds: float) -> bool:
    """Prints the table; says whether the last change came to every stream."""
    with tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder:
        measured = []
        for number, (name, paths) in enumerate((("JSON", Room.events), ("phone's page", Room.page_events))):
            # A process of its own for each, for memory that one has taken is there for the next.
            with product(Path(folder) / str(number)) as server:
                (room,) = open_rooms(server.port, 1)
                members = [room.new_member() for _ in range(streams)]
                opening = [paths(room, member) for member in members]
                with _voting(server, room, members) as change:
                    measured.append(_measure(name, server, opening, change, seconds))
                if not number:
                    size = _message_size(server, room)
    with noop() as server, _pushing(server, size) as change:
        opening = [request("GET", "/noop/events", [])] * streams
        measured.append(_measure("FastAPI, queues", server, opening, change, seconds))
    console.print(f"{streams:,} streams, {CHANGES_A_SECOND} changes a second for {seconds:.0f} s; {size:,} B a message")
    console.print(_table(measured))
    console.print(f"targets: p99 of the spread under {1e3 * TARGET_SPREAD:.0f} ms, under {TARGET_CPU:.0%} of a core")
    return all(each.lost == 0 for each in measured)


def _measure(name: str, server: Server, opening: Sequence[bytes], change: Change, seconds: float) -> Measured:
    resident, began = server.memory(), time.monotonic()
    with followers(server.port, opening) as streams:
        opened = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
        memory = (server.memory() - resident) / len(opening)
        streams.start()
        gc.disable()
        worked, started, answered = server.cpu_seconds(), time.monotonic(), []
        for number in range(1, int(seconds * CHANGES_A_SECOND) + 1):
            time.sleep(max(0.0, started + number / CHANGES_A_SECOND - time.monotonic()))
            change(number)
            answered.append(time.monotonic())
        taken, cpu = time.monotonic() - started, server.cpu_seconds() - worked
        gc.enable()
        time.sleep(SETTLE_SECONDS)
        arrivals = streams.stop()
    spreads, deliveries, lost = _delays(arrivals, answered, len(opening))
    pushes = len(arrivals.firsts())
    return Measured(name, spreads, deliveries, lost, pushes, cpu / taken, arrivals.seconds / taken, memory, opened)


def _delays(arrivals: Arrivals, answered: Sequence[float], streams: int) -> tuple[list[float], list[float], int]:
    """Spreads, deliveries, and how many streams never had the last change."""
    first, spreads, deliveries = arrivals.firsts(), [], []
    had = [0] * streams
    for moment, stream, version in arrivals.messages:
        spreads.append(moment - first[version])
        told = arrivals.answered[0, version]
        deliveries += [moment - answered[number] for number in range(had[stream], told)]
        had[stream] = max(told, had[stream])
    return spreads, deliveries, sum(number < len(answered) for number in had)


@contextmanager
def _voting(server: Server, room: Room, members: Sequence[str]) -> Iterator[Change]:
    """Changes that are votes of members, each another's."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def vote(number: int) -> None:
        body = {"system": ("threat", "drive", "soothing")[number % 3]}
        token = room.token(members[number * 7 % len(members)])
        ask(connection, "PUT", f"/api/v1/groups/{room.code}/guess", body, token)

    yield vote
    connection.close()


@contextmanager
def _pushing(server: Server, size: int) -> Iterator[Change]:
    """Changes that the baseline sends on as they are."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def push(number: int) -> None:
        message = b'id: %d\ndata: {"answered":%d,"' % (number, number)
        connection.request("POST", "/noop/push", message.ljust(size - 2, b".") + b"\n\n")
        connection.getresponse().read()

    yield push
    connection.close()


def _message_size(server: Server, room: Room) -> int:
    """How long the JSON of a member's message is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"authorization": f"Bearer {room.token(room.new_member())}"}
    connection.request("GET", f"/api/v1/groups/{room.code}", headers=headers)
    return len(connection.getresponse().read())


def _table(measured: Sequence[Measured]) -> Table:
    table = Table()
    table.add_column("stream")
    headings = ("spread p50, p99", "× baseline", "delivery p50, p99 ms", "pushes", "server CPU", "× baseline")
    for heading in (*headings, "KB a stream", "× baseline", "client CPU", "opened in s", "lost"):
        table.add_column(heading, justify="right")
    idle = measured[-1]
    for each in measured:
        spread50, spread99, delivery50, delivery99 = (
            1e3 * quantiles(values, n=100)[part - 1] for values in (each.spreads, each.deliveries) for part in (50, 99)
        )
        table.add_row(
            each.name,
            f"{spread50:.0f}, {spread99:.0f}",
            f"{spread99 / (1e3 * quantiles(idle.spreads, n=100)[98]):.2f}",
            f"{delivery50:.0f}, {delivery99:.0f}",
            f"{each.pushes}",
            f"{each.cpu:.0%}",
            f"{each.cpu / idle.cpu:.2f}",
            f"{each.memory / 1e3:.1f}",
            f"{each.memory / idle.memory:.2f}",
            f"{each.reader:.0%}",
            f"{each.opened:.1f}",
            f"{each.lost}",
        )
    return table
