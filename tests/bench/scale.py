"""A thousand groups at once on four processes: joining, two ballots and their talk, ten minutes pressed into one.

`make bench-scale`. Every group has thirty members, each with an open stream; members of a group are spread over all
processes, as a load balancer spreads them. Requests are sent when they are due (open loop), so a server that falls
behind shows in the latencies. PostgreSQL, Valkey or Redis, servers and clients share this machine's cores, and our own
PostgreSQL does not force its writes to disk; THREE_CIRCLES_TEST_POSTGRES names another.

* vote: from the moment when the vote was due to its answer;
* update: from a vote's answer to the arrival, at each stream of its group, of a message that holds it. Changes are
  collected for up to a quarter of a second by design, and this is part of it;
* CPU µs: the servers' processor time for each request; cores: what all spend, and PostgreSQL, broker, client of this.
"""

import json
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles

import pytest
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text

from api.kit.systems import VOTES
from tests.groups.brokers import BrokerServer, find_broker
from tests.postgres import postgres_server

from .accounting import Accounts, Spent
from .ballots import tallies_agree
from .following import Arrivals, followers
from .pacing import Answers, Due, send_when_due
from .rooms import Room, open_rooms, request
from .server import Server, product, unpinned

PROCESSES = 4
MEMBERS = 30
CONNECTIONS = 64  # to each process
JOINING, BALLOT, STEP = 10.0, 15.0, 2.0  # seconds: everyone joins; everyone votes; every group is led on
SETTLE = 3.0


@dataclass
class Stage:
    """One stretch of the session."""

    name: str
    answers: Answers
    updates: list[float] = field(default_factory=list)
    late: int = 0  # streams that never had the last vote of their group
    spent: Spent = field(
        default_factory=Spent
    )  # processor seconds; those of the streams' readers are counted at its end
    seconds: float = 0.0  # that it lasted
    commits: float = 0.0
    messages: int = 0


@dataclass
class Session:
    """What came of a run."""

    groups: int
    stages: list[Stage]
    memory: int  # bytes of all processes at the end
    resident: int  # and before anyone came
    lost: int
    agree: bool

    @property
    def streams(self) -> int:
        return self.groups * MEMBERS


def run(console: Console, *, groups: int) -> bool:
    """Prints the table; says whether no acknowledged vote is missing. Without the programs it only says so."""
    try:
        session = measure(groups)
    except pytest.skip.Exception as missing:
        console.print(f"not measured: {missing}")
        return True
    console.print(_table(session.stages))
    console.print(f"{groups:,} groups of {MEMBERS}, {session.streams:,} streams, {PROCESSES} processes")
    growth = (session.memory - session.resident) / session.streams / 1e3
    console.print(f"memory of all processes: {session.memory / 1e6:,.0f} MB, {growth:.1f} KB a member")
    console.print(f"votes lost: {session.lost}; tallies equal a recount: {'yes' if session.agree else 'NO'}")
    return session.lost == 0 and session.agree


def measure(groups: int, *, together: bool = False) -> Session:
    """One run with so many groups; `together` has all members of a group at one process, not dealt out to all.

    Skips where PostgreSQL or a broker is missing.
    """
    with ExitStack() as stack:
        stack.enter_context(unpinned())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="three-circles-load-")))
        postgres, program = stack.enter_context(postgres_server()), find_broker()
        broker = BrokerServer(program, folder)
        stack.callback(broker.kill)
        broker.start()
        url = postgres.url(postgres.create())
        started = [
            product(folder, rate_limit=False, database_url=url, broker_url=broker.url, pinned=False)
            for _ in range(PROCESSES)
        ]
        accounts = Accounts([stack.enter_context(server) for server in started], url, broker.pid)
        servers = accounts.servers
        resident = sum(server.memory() for server in servers)
        rooms = open_rooms(servers[0].port, groups)
        stages, tokens = _session(stack, accounts, rooms, together=together)
        memory = sum(server.memory() for server in servers)
        lost = _lost(url, tokens, rooms)
        agree = tallies_agree(url.replace("postgresql://", "postgresql+psycopg://"))
        return Session(groups, stages, memory, resident, lost, agree)


def _session(
    stack: ExitStack, accounts: Accounts, rooms: Sequence[Room], *, together: bool
) -> tuple[list[Stage], list[str]]:
    """Everyone joins, opens a stream, votes, is led on, votes again and sees the answers."""
    servers, processes = accounts.servers, len(accounts.servers)
    dealt = MEMBERS if together else 1  # how many people in a row come to the same process
    dice = random.Random("three circles, 2026-11")
    people = [(number, place) for number in range(len(rooms)) for place in range(MEMBERS)]
    ports = [server.port for server in servers]
    at = [about // dealt % processes for about in range(len(people))]

    def everyone(seconds: float, requests: Sequence[bytes]) -> list[Due]:
        return [Due(dice.uniform(0, seconds), ports[at[about]], sent, about) for about, sent in enumerate(requests)]

    def leaders(phase: str) -> list[Due]:
        body = json.dumps({"phase": phase}).encode()
        return [
            Due(dice.uniform(0, STEP), ports[number % processes], _post(room, "phase", body), number)
            for number, room in enumerate(rooms)
        ]

    def stage(name: str, messages: list[Due], good: bytes = b"200") -> Stage:
        commits, before, began = _commits(servers), accounts.read(), time.monotonic()
        answers = send_when_due(messages, CONNECTIONS)
        if answers.statuses[good] != len(messages):
            raise RuntimeError(f"{name}: not every request was taken: {dict(answers.statuses)}")
        spent, seconds = accounts.read() - before, time.monotonic() - began
        return Stage(name, answers, spent=spent, seconds=seconds, commits=_commits(servers) - commits)

    joining = [request("POST", rooms[number].members, ["content-type: application/json"]) for number, _ in people]
    joined = stage("join", everyone(JOINING, joining), b"201")
    tokens = [""] * len(people)
    for about, _, body in joined.answers.bodies:
        tokens[about] = json.loads(body)["member_token"]

    crowds = []
    for place in range(processes):
        mine = [about for about in range(len(people)) if at[about] == place]
        opening = [_bearing(rooms[people[about][0]], tokens[about]) for about in mine]
        numbers = [people[about][0] for about in mine]
        crowds.append((numbers, stack.enter_context(followers(ports[place], opening, numbers))))

    stages = [joined]
    for ballot, phases in ((1, ("discussing", "revoting")), (2, ("revealed",))):
        votes = [_vote(rooms[number], tokens[about], about + ballot) for about, (number, _) in enumerate(people)]
        for _, crowd in crowds:
            crowd.start()
        voted = stage(f"ballot {ballot}", everyone(BALLOT, votes))
        # Readers tell their time only when they are stopped; what the others do while changes settle is little.
        time.sleep(SETTLE)
        for numbers, crowd in crowds:
            _note_updates(voted, people, numbers, crowd.stop())
        stages.append(voted)
        stages += [stage(f"all go to {phase}", leaders(phase)) for phase in phases]
    return stages, tokens


def _commits(servers: Sequence[Server]) -> float:
    return sum(server.commits()[0] for server in servers)


def _note_updates(voted: Stage, people: Sequence[tuple[int, int]], numbers: Sequence[int], arrivals: Arrivals) -> None:
    answered: dict[int, list[float]] = {}  # by group, the moments of its votes' answers, by how many there were
    for about, moment, body in voted.answers.bodies:
        count = int(body[body.rindex(b":") + 1 : -1])
        moments = answered.setdefault(people[about][0], [0.0] * MEMBERS)
        moments[count - 1] = max(moments[count - 1], moment)
    for moments in answered.values():
        # Votes of one commit all tell the count after it, and skip those between.
        for place in reversed(range(MEMBERS - 1)):
            moments[place] = moments[place] or moments[place + 1]
    had = [0] * len(numbers)
    for moment, stream, version in arrivals.messages:
        number = numbers[stream]
        told = arrivals.answered[number, version]
        voted.updates += [moment - answered[number][place] for place in range(had[stream], told)]
        had[stream] = max(told, had[stream])
    voted.messages += len(arrivals.messages)
    voted.spent = replace(voted.spent, client=voted.spent.client + arrivals.seconds)
    voted.late += sum(count < MEMBERS for count in had)


def _post(room: Room, what: str, body: bytes) -> bytes:
    headers = ["content-type: application/json", f"authorization: Bearer {room.key}"]
    return request("POST", f"/api/v1/groups/{room.code}/{what}", headers, body)


def _bearing(room: Room, token: str) -> bytes:
    return request("GET", f"/api/v1/groups/{room.code}/events", [f"authorization: Bearer {token}"])


def _vote(room: Room, token: str, place: int) -> bytes:
    body = json.dumps({"system": VOTES[place % len(VOTES)]}).encode()
    headers = ["content-type: application/json", f"authorization: Bearer {token}"]
    return request("PUT", f"/api/v1/groups/{room.code}/guess", headers, body)


def _lost(url: str, tokens: Sequence[str], rooms: Sequence[Room]) -> int:
    """How many of the acknowledged votes, two for each member, are not in the database."""
    acknowledged = {(rooms[0].member(token), ballot) for token in tokens for ballot in (1, 2)}
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        stored = {(row.member, row.ballot) for row in connection.execute(text("SELECT member, ballot FROM vote"))}
    engine.dispose()
    return len(acknowledged - stored)


def _table(stages: Sequence[Stage]) -> Table:
    table = Table()
    table.add_column("")
    for heading in (
        "requests",
        "asked /s",
        "done /s",
        "p50 ms",
        "p99 ms",
        "update p50",
        "p99 ms",
        "late",
        "CPU µs",
        "cores",
        "PostgreSQL",
        "broker",
        "client",
    ):
        table.add_column(heading, justify="right")
    for stage in stages:
        answers, number = stage.answers, len(stage.answers.latencies)
        asked = number / {"join": JOINING}.get(stage.name, BALLOT if stage.updates else STEP)
        updates = [f"{1e3 * quantiles(stage.updates, n=100)[part]:,.0f}" for part in (49, 98)] if stage.updates else []
        table.add_row(
            stage.name,
            f"{number:,}",
            f"{asked:,.0f}",
            f"{number / answers.seconds:,.0f}",
            f"{1e3 * answers.percentile(50):,.1f}",
            f"{1e3 * answers.percentile(99):,.1f}",
            *(updates or ["", ""]),
            f"{stage.late}" if stage.updates else "",
            f"{1e6 * stage.spent.servers / number:,.0f}",
            *(
                f"{spent / stage.seconds:.2f}"
                for spent in (stage.spent.all, stage.spent.postgres, stage.spent.broker, stage.spent.client)
            ),
        )
    return table
