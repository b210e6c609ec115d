"""How many durable votes a second one process takes, into one group and into a hundred.

PUT of a vote as JSON; each member votes once, so every request shows a token that the server has not seen. Each run is
paired with a run against the FastAPI no-op at the same number of connections.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from . import ballots, rooms
from .client import Load, Message, send_all
from .rooms import Room, open_rooms
from .server import Server, noop, product

TARGET = 0.6


@dataclass
class Run:
    """One size of class at one number of connections, with what its rounds brought."""

    groups: int
    connections: int
    loads: list[Load] = field(default_factory=list)
    work: list[float] = field(default_factory=list)  # the server's processor seconds for each request
    idle_loads: list[Load] = field(default_factory=list)
    idle_work: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [load.rate / idle.rate for load, idle in zip(self.loads, self.idle_loads, strict=True)]

    @property
    def work_ratios(self) -> list[float]:
        return [work / idle for work, idle in zip(self.work, self.idle_work, strict=True)]


def run(console: Console, *, rounds: int, number: int) -> bool:
    """Prints the table; says whether every acknowledged vote is there and the tallies equal a recount."""
    runs = [Run(groups, connections) for connections in (64, 512) for groups in (1, 100)]
    acknowledged: list[str] = []
    with tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder:
        with noop() as baseline, product(Path(folder)) as server:
            hundred = open_rooms(server.port, 100)
            for round_number in range(rounds + 1):
                for each in runs:
                    classes = hundred if each.groups > 1 else open_rooms(server.port, 1)
                    one_round(baseline, server, each, classes, number, acknowledged, count=round_number > 0)
        url = f"sqlite:///{server.database}"
        lost, agree = ballots.differing(url, acknowledged), ballots.tallies_agree(url)
    console.print(_table(runs))
    shares = [load.client_share for each in runs for load in (*each.loads, *each.idle_loads)]
    console.print(f"client's share of its core: median {median(shares):.0%}, highest {max(shares):.0%}")
    if any(load.is_client_bound for each in runs for load in each.loads):
        console.print("The client was the bottleneck in some runs: rates are lower than the server's.", style="bold")
    told = "yes" if agree else "NO"
    console.print(f"members acknowledged {len(acknowledged):,}, of these without a vote of their own: {lost}")
    console.print(f"tallies equal a recount: {told}")
    return agree and lost == 0


def one_round(
    baseline: Server,
    server: Server,
    each: Run,
    classes: Sequence[Room],
    number: int,
    acknowledged: list[str],
    *,
    count: bool,
) -> None:
    """The baseline, then the votes. A first round only warms up."""
    idle, idle_work = measure([baseline], [rooms.noop()] * number, each.connections)
    before = server.commits()
    voters, load, work = vote_once([server], classes, number, each.connections)
    acknowledged += voters
    commits, votes = (now - then for now, then in zip(server.commits(), before, strict=True))
    if count:
        each.idle_loads.append(idle)
        each.idle_work.append(idle_work)
        each.loads.append(load)
        each.work.append(work)
        each.batches.append(votes / commits)


def vote_once(
    servers: Sequence[Server], classes: Sequence[Room], number: int, connections: int
) -> tuple[list[str], Load, float]:
    """So many new members' votes, spread over the groups: the members, the load, and the server's work for each."""
    votes = [(classes[place % len(classes)], classes[0].new_member(), place) for place in range(number)]
    load, work = measure(servers, [room.vote(member, place // 100) for room, member, place in votes], connections)
    if load.statuses[b"200"] != number:
        raise RuntimeError(f"not every vote was taken: {dict(load.statuses)}")
    return [member for _, member, _ in votes], load, work


def measure(servers: Sequence[Server], messages: Sequence[Message], connections: int) -> tuple[Load, float]:
    """Sends the messages; the load, and the servers' processor seconds for each."""
    worked = sum(server.cpu_seconds() for server in servers)
    load = send_all([server.port for server in servers], messages, connections)
    return load, (sum(server.cpu_seconds() for server in servers) - worked) / len(messages)


def _table(runs: list[Run]) -> Table:
    table = Table()
    table.add_column("groups, connections")
    for heading in ("votes/s", "no-op/s", "× no-op", "of rounds", "target", "p50 ms", "p99 ms", "no-op p50, p99"):
        table.add_column(heading, justify="right")
    for heading in ("CPU µs", "× no-op", "batch"):
        table.add_column(heading, justify="right")
    for each in runs:
        p50, p99 = (1e3 * median(load.percentile(part) for load in each.loads) for part in (50, 99))
        idle50, idle99 = (1e3 * median(load.percentile(part) for load in each.idle_loads) for part in (50, 99))
        table.add_row(
            f"{each.groups}, {each.connections}",
            f"{median(load.rate for load in each.loads):,.0f}",
            f"{median(load.rate for load in each.idle_loads):,.0f}",
            f"{median(each.ratios):.2f}",
            f"{min(each.ratios):.2f} to {max(each.ratios):.2f}",
            f"{TARGET}",
            f"{p50:.1f}",
            f"{p99:.1f}",
            f"{idle50:.1f}, {idle99:.1f}",
            f"{1e6 * median(each.work):.0f}",
            f"{median(each.work_ratios):.1f}",
            f"{median(each.batches):.0f}",
        )
    return table
