"""What each piece of work costs: processor seconds of servers, PostgreSQL, broker and client, by differences.

* votes one after the other are a commit each, votes over 64 connections share commits: this tells a vote from a commit;
* votes into groups with few and many streams, and into few and many groups, tell a read, a group and a message;
* from these, what an idle server spends in that time is taken off;
* hints are sent and heard by the product's own broker class in this process, with one listener and with four.

These are the constants of `costs.py`. Processor seconds suffer less from others on the machine than latencies do.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from api.groups.live.redis_broker import RedisBroker
from tests.groups.brokers import BrokerServer, find_broker
from tests.postgres import postgres_server

from .accounting import Accounts, Spent, process_seconds
from .client import send_all
from .following import followers
from .rooms import Room, open_rooms
from .server import product, unpinned

IDLE = 10.0  # seconds
PAUSE = 0.6  # between bursts of votes: longer than two collections


@dataclass
class Votes:
    """A run of votes without streams."""

    spent: Spent
    votes: int
    commits: float


@dataclass
class Pushes:
    """Bursts of votes into groups with streams: `reads` of the hub brought `groups` states and `messages`."""

    spent: Spent
    votes: int
    commits: float
    reads: int
    groups: int
    messages: int
    seconds: float


def run(console: Console, *, number: int) -> bool:
    """Prints each run's processor seconds with its counts, and the constants that follow."""
    with ExitStack() as stack:
        stack.enter_context(unpinned())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="three-circles-load-")))
        try:
            postgres, program = stack.enter_context(postgres_server()), find_broker()
        except pytest.skip.Exception as missing:
            console.print(f"not measured: {missing}")
            return True
        broker = BrokerServer(program, folder)
        stack.callback(broker.kill)
        broker.start()

        url = postgres.url(postgres.create())
        started = product(folder, rate_limit=False, database_url=url, pinned=False)
        alone = Accounts([stack.enter_context(started)], url)
        idle = _idle(alone)
        rooms = open_rooms(alone.servers[0].port, 200)
        _votes(alone, rooms, number // 4, 64)
        single, shared = _votes(alone, rooms, number // 4, 1), _votes(alone, rooms, number, 64)
        bursts = max(5, number // 200)
        pushes = [
            _pushes(alone, rooms[:1], 1, bursts * 2),
            _pushes(alone, rooms[1:2], 1_000, bursts),
            _pushes(alone, rooms[2:], 8, bursts),
        ]
        hints = [_hints(broker, listeners, number) for listeners in (1, 4)]
    console.print(_runs({"single": single, "shared": shared}, dict(zip("abc", pushes, strict=True))))
    console.print(f"idle, ms a second: server {1e3 * idle.servers:.1f}, PostgreSQL {1e3 * idle.postgres:.1f}")
    console.print(_constants(single, shared, pushes, idle, hints))
    return True


def _idle(accounts: Accounts) -> Spent:
    """What is spent in a second in which no one asks for anything."""
    before = accounts.read()
    time.sleep(IDLE)
    spent = accounts.read() - before
    return Spent(spent.servers / IDLE, spent.postgres / IDLE, spent.broker / IDLE)


def _votes(accounts: Accounts, rooms: Sequence[Room], number: int, connections: int) -> Votes:
    server = accounts.servers[0]
    messages = [rooms[place % len(rooms)].vote(rooms[0].new_member(), place // 100) for place in range(number)]
    commits, before = server.commits()[0], accounts.read()
    send_all(server.port, messages, connections)
    return Votes(accounts.read() - before, number, server.commits()[0] - commits)


def _pushes(accounts: Accounts, rooms: Sequence[Room], streams: int, bursts: int) -> Pushes:
    server = accounts.servers[0]
    members = [(number, room.new_member()) for number, room in enumerate(rooms) for _ in range(streams)]
    opening = [rooms[number].events(member) for number, member in members]
    with followers(server.port, opening, [number for number, _ in members]) as readers:
        time.sleep(1)
        readers.start()
        commits, before, began = server.commits()[0], accounts.read(), time.monotonic()
        for burst in range(bursts):
            send_all(server.port, [room.vote(rooms[0].new_member(), burst) for room in rooms], 8)
            time.sleep(PAUSE)
        spent, taken, commits = accounts.read() - before, time.monotonic() - began, server.commits()[0] - commits
        arrivals = readers.stop()
    moments = sorted(moment for moment, _, _ in arrivals.messages)
    reads = 1 + sum(later - earlier > 0.1 for earlier, later in pairwise(moments))
    groups = len({(members[stream][0], version) for _, stream, version in arrivals.messages})
    spent = Spent(spent.servers, spent.postgres, spent.broker, arrivals.seconds)
    return Pushes(spent, bursts * len(rooms), commits, reads, groups, len(arrivals.messages), taken)


def _hints(broker: BrokerServer, listeners: int, number: int) -> Spent:
    """What a hint costs that so many hear: as `servers` what they and the sender spend, and what the broker does."""

    async def tell() -> float:
        speaker, hearing = RedisBroker(broker.url), [RedisBroker(broker.url) for _ in range(listeners)]
        ready, heard = asyncio.Semaphore(0), asyncio.Semaphore(0)
        tasks = [asyncio.create_task(each.listen(lambda _: heard.release(), ready.release)) for each in hearing]
        for _ in hearing:
            await ready.acquire()
        await asyncio.sleep(0.5)  # their subscriptions are sent, and now there, too
        worked = time.process_time()
        for _ in range(number):
            await speaker.publish(["three"])
            for _ in hearing:
                await heard.acquire()
        worked = time.process_time() - worked
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return worked

    before = process_seconds(broker.pid)
    ours = asyncio.run(tell())
    return Spent(servers=ours / number, broker=(process_seconds(broker.pid) - before) / number)


def _constants(single: Votes, shared: Votes, pushes: Sequence[Pushes], idle: Spent, hints: Sequence[Spent]) -> Table:
    table = Table(title="processor µs")
    for heading in ("", "server", "PostgreSQL", "broker", "client"):
        table.add_column(heading, justify="right")
    found: dict[str, list[float]] = {}
    for party in ("servers", "postgres", "client"):
        one, many = (getattr(run.spent, party) / run.votes for run in (single, shared))
        commit = (one - many) / (single.commits / single.votes - shared.commits / shared.votes)
        vote = one - commit * single.commits / single.votes
        rest = [
            getattr(run.spent, party)
            - (party != "client") * (vote * run.votes + commit * run.commits + getattr(idle, party) * run.seconds)
            for run in pushes
        ]
        # Three runs, three unknowns: the reads, groups and messages of each.
        matrix = [[float(run.reads), float(run.groups), float(run.messages)] for run in pushes]
        found[party] = [vote, commit, *_solve(matrix, rest)]
    for place, name in enumerate(("vote", "commit", "read", "group", "message")):
        cells = (found["servers"][place], found["postgres"][place], 0.0, found["client"][place])
        table.add_row(name, *(f"{1e6 * value:,.1f}" for value in cells))
    heard, broker = ((getattr(hints[1], party) - getattr(hints[0], party)) / 3 for party in ("servers", "broker"))
    sent = (hints[0].servers - heard, 0.0, hints[0].broker - broker, 0.0)
    table.add_row("hint", *(f"{1e6 * value:,.1f}" for value in sent))
    table.add_row("heard", *(f"{1e6 * value:,.1f}" for value in (heard, 0.0, broker, 0.0)))
    return table


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss elimination; the equations are few and well apart."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for place in range(size):
        best = max(range(place, size), key=lambda number: abs(rows[number][place]))
        rows[place], rows[best] = rows[best], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for number in range(size):
            if number != place:
                rows[number] = [a - rows[number][place] * b for a, b in zip(rows[number], rows[place], strict=True)]
    return [row[size] for row in rows]


def _runs(votes: dict[str, Votes], pushes: dict[str, Pushes]) -> Table:
    table = Table(title="processor seconds")
    for heading in (
        "run",
        "votes",
        "commits",
        "reads",
        "groups",
        "messages",
        "server",
        "PostgreSQL",
        "broker",
        "client",
    ):
        table.add_column(heading, justify="right")
    runs: list[tuple[str, Votes | Pushes]] = [*votes.items(), *pushes.items()]
    for name, each in runs:
        counts = [each.votes, each.commits]
        counts += [each.reads, each.groups, each.messages] if isinstance(each, Pushes) else [0, 0, 0]
        spent = each.spent
        parties = (spent.servers, spent.postgres, spent.broker, spent.client)
        table.add_row(name, *(f"{count:,.0f}" for count in counts), *(f"{seconds:.2f}" for seconds in parties))
    return table
