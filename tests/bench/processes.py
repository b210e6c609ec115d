"""Votes a second of two processes with PostgreSQL and a broker, as a ratio to one process with the same PostgreSQL.

Nothing is pinned here: servers, PostgreSQL, broker and client share all cores. Where there are two, one process with
its PostgreSQL and the client fill them already, and the ratio says what a second process costs, not what it brings.
Our own PostgreSQL does not force its writes to disk, as in the tests; THREE_CIRCLES_TEST_POSTGRES names another.
"""

import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from rich.console import Console
from rich.table import Table

from tests.groups.brokers import BrokerServer, find_broker
from tests.postgres import Postgres, postgres_server

from . import ballots
from .client import Load
from .rooms import Room, open_rooms
from .server import Server, product, unpinned
from .votes import vote_once

CONNECTIONS = 64
GROUPS = 100


@dataclass
class Setup:
    """Servers on one database, with what their rounds brought."""

    name: str
    processes: int
    broker: bool
    limits: bool = True
    url: str = ""
    servers: list[Server] = field(default_factory=list)
    classes: list[Room] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # the share of all cores that anyone used
    batches: list[float] = field(default_factory=list)


def run(console: Console, *, rounds: int, number: int) -> bool:
    """Prints the table; says whether no acknowledged vote is missing. Without the programs it only says so."""
    setups = [
        Setup("one process", 1, broker=False),
        Setup("one, with broker", 1, broker=True),
        Setup("two, with broker", 2, broker=True),
        Setup("one, no limits", 1, broker=False, limits=False),
        Setup("two, with broker, no limits", 2, broker=True, limits=False),
    ]
    good = True
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
        for place, setup in enumerate(setups):
            _start(stack, postgres, broker, setup, folder / str(place))
        for round_number in range(rounds + 1):
            for setup in setups:
                _one_round(setup, number, count=round_number > 0)
        for setup in setups:
            lost, agree = ballots.differing(setup.url, setup.acknowledged), ballots.tallies_agree(setup.url)
            good &= agree and lost == 0
            if lost or not agree:
                console.print(f"{setup.name}: votes lost: {lost}; tallies equal a recount: {agree}", style="bold")
    console.print(_table(setups))
    cores = os.cpu_count() or 1
    console.print(f"{GROUPS} groups, {CONNECTIONS} connections; {cores} cores for servers, PostgreSQL and client alike")
    console.print(f"no vote lost, and tallies equal a recount: {'yes' if good else 'NO'}")
    return good


def _start(stack: ExitStack, postgres: Postgres, broker: BrokerServer, setup: Setup, folder: Path) -> None:
    given = postgres.url(postgres.create())
    setup.url = given.replace("postgresql://", "postgresql+psycopg://")
    for _ in range(setup.processes):
        started = product(
            folder,
            rate_limit=setup.limits,
            database_url=given,
            broker_url=broker.url if setup.broker else "",
            pinned=False,
        )
        setup.servers.append(stack.enter_context(started))
    setup.classes = open_rooms(setup.servers[0].port, GROUPS)


def _one_round(setup: Setup, number: int, *, count: bool) -> None:
    before = [server.commits() for server in setup.servers]
    idle, began = _idle_seconds(), time.monotonic()
    voters, load, work = vote_once(setup.servers, setup.classes, number, CONNECTIONS)
    busy = 1 - (_idle_seconds() - idle) / (time.monotonic() - began) / (os.cpu_count() or 1)
    after = [server.commits() for server in setup.servers]
    setup.acknowledged += voters
    if count:
        setup.loads.append(load)
        setup.work.append(work)
        setup.busy.append(busy)
        setup.batches.append(number / sum(now[0] - then[0] for now, then in zip(after, before, strict=True)))


def _idle_seconds() -> float:
    """How long the machine's cores have had nothing to do, all together."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")


def _table(setups: list[Setup]) -> Table:
    table = Table()
    table.add_column("")
    for heading in (
        "votes/s",
        "× one process",
        "of rounds",
        "p50 ms",
        "p99 ms",
        "servers' CPU µs",
        "cores busy",
        "batch",
    ):
        table.add_column(heading, justify="right")
    for setup in setups:
        pairs = zip(setup.loads, setups[0].loads, strict=True)
        ratios = [load.rate / first.rate for load, first in pairs]
        table.add_row(
            setup.name,
            f"{median(load.rate for load in setup.loads):,.0f}",
            f"{median(ratios):.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            f"{1e3 * median(load.percentile(50) for load in setup.loads):.1f}",
            f"{1e3 * median(load.percentile(99) for load in setup.loads):.1f}",
            f"{1e6 * median(setup.work):.0f}",
            f"{median(setup.busy):.0%}",
            f"{median(setup.batches):.0f}",
        )
    return table
