"""A simulated run: server processes, PostgreSQL and a broker that share cores, voters that wait for no one, streams.

Everything is served in turns of at most SLICE seconds: by the cores, which all share, and by each process's
interpreter, which its event loop, its writer and its reader share. What it follows is written in decisions 0001 (group
commit), 0005 (live updates) and 0009; what work costs stands in `costs.py`.
"""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import simpy

from api.groups.live.hub import PUSH_SECONDS
from api.persistence.group_commit import BATCH_LIMIT

from .costs import Costs

SLICE = 0.003  # Linux's base slice on a few cores; the interpreter's switch interval, 5 ms, is not far off
TRIPS = 8  # to the database for each commit: its begin, six statements (api/groups/voting.py) and its end

Steps = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Setting:
    """So many groups on so many processes and cores; `rate` votes a second at random for so many seconds."""

    groups: int
    members: int = 30
    processes: int = 4
    cores: int = 2
    rate: float = 0.0
    seconds: float = 15.0
    together: bool = False  # all members of a group at one process, not dealt out to all of them
    clients: bool = True  # whether voters and readers use these cores, too
    database: int = 0  # cores of their own for PostgreSQL and broker; 0 is for sharing those of the servers


@dataclass
class Outcome:
    """Seconds for each vote, from when it was due; for each update, with how many streams it came to."""

    asked: int
    votes: list[float] = field(default_factory=list)
    updates: list[tuple[float, int]] = field(default_factory=list)
    spent: defaultdict[str, float] = field(
        default_factory=lambda: defaultdict(float)
    )  # processor seconds of each party
    counts: Counter[str] = field(default_factory=Counter)  # commits, reads, groups read, messages, hints
    seconds: float = 0.0  # until the last vote was answered

    @property
    def cores(self) -> float:
        """How many were busy in the mean."""
        return sum(self.spent.values()) / self.seconds

    def vote(self, percent: int) -> float:
        """Seconds within which so many percent of the votes were answered."""
        return percentile(((seconds, 1) for seconds in self.votes), percent)

    def update(self, percent: int) -> float:
        """Seconds from a vote's answer within which so many percent of the updates came."""
        return percentile(self.updates, percent)


def percentile(values: Iterable[tuple[float, int]], percent: int) -> float:
    """The smallest value with at least so many percent of the weight at or below it; nan where there is nothing."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    sums = list(accumulate(weight for _, weight in ordered))
    return ordered[bisect_left(sums, sums[-1] * percent / 100)][0]


@dataclass(slots=True)
class _Vote:
    group: int
    due: float
    answered: float = float("nan")


class _Server:
    """A process: its event loop and writer take turns at its interpreter."""

    def __init__(self, env: simpy.Environment, streams: Sequence[int]) -> None:
        self.interpreter, self.loop = simpy.Resource(env), simpy.Resource(env)
        self.readers, self.to_read = simpy.Resource(env), simpy.Store(env)
        self.queue: list[_Vote] = []
        self.committing = False
        self.changed: set[int] = set()
        self.to_publish: set[int] = set()
        self.wake = env.event()
        self.streams = streams  # of each group
        self.had = [0] * len(streams)  # how many votes of each group they have been told of


def _place(setting: Setting, member: int) -> int:
    """At which process a member is: they are dealt out one by one through all groups, or group by group."""
    return (member // setting.members if setting.together else member) % setting.processes


def _streams(setting: Setting, place: int) -> list[int]:
    """How many of each group's members a process has."""
    members = range(setting.groups * setting.members)
    streams = [0] * setting.groups
    for member in members:
        if _place(setting, member) == place:
            streams[member // setting.members] += 1
    return streams


class _Run:
    def __init__(self, costs: Costs, setting: Setting, seed: int) -> None:
        self.costs, self.setting = costs, setting
        self.env = simpy.Environment()
        self.cores = simpy.Resource(self.env, setting.cores)
        self.database = simpy.Resource(self.env, setting.database) if setting.database else self.cores
        self.broker, self.voters = simpy.Resource(self.env), simpy.Resource(self.env)
        self.servers = [_Server(self.env, _streams(setting, place)) for place in range(setting.processes)]
        self.stored: dict[int, list[_Vote]] = defaultdict(list)
        self.locked: dict[int, simpy.Event] = {}
        dice = random.Random(seed)
        total = setting.groups * setting.members
        number = round(setting.rate * setting.seconds)
        self.due = sorted(
            (dice.uniform(0, setting.seconds), place % total)
            for place in dice.sample(range(max(total, number)), number)
        )
        self.outcome = Outcome(number)
        self.done = self.env.event()

    def run(self) -> Outcome:
        for server in self.servers:
            self.env.process(self._push_for_ever(server))
            self.env.process(self._read_streams(server))
        self.env.process(self._arrive())
        if self.due:
            self.env.run(self.done)
        self.outcome.seconds = self.env.now
        self.env.run(self.env.now + 3)  # the last updates
        return self.outcome

    def _work(self, party: str, seconds: float, turns: simpy.Resource | None = None) -> Steps:
        """Runs for so long on a core, in turns with the others of its interpreter."""
        cores = self.database if party in ("postgres", "broker") else self.cores
        while seconds > 0:
            part = min(seconds, SLICE)
            with (turns or simpy.Resource(self.env)).request() as turn:
                yield turn
                with cores.request() as core:
                    yield core
                    yield self.env.timeout(part)
            self.outcome.spent[party] += part
            seconds -= part

    def _client(self, seconds: float, turns: simpy.Resource) -> Steps:
        if self.setting.clients:
            yield from self._work("client", seconds, turns)

    def _on_loop(self, server: _Server, seconds: float) -> Steps:
        with server.loop.request() as turn:
            yield turn
            yield from self._work("server", seconds, server.interpreter)

    def _arrive(self) -> Steps:
        for due, member in self.due:
            if due > self.env.now:
                yield self.env.timeout(due - self.env.now)
            self.env.process(self._vote(_Vote(member // self.setting.members, due), member))

    def _vote(self, vote: _Vote, member: int) -> Steps:
        server = self.servers[_place(self.setting, member)]
        yield from self._client(self.costs.vote.client / 2, self.voters)
        yield from self._on_loop(server, self.costs.vote.server / 2)
        server.queue.append(vote)
        if not server.committing:
            server.committing = True
            self.env.process(self._commit_while_asked(server))

    def _commit_while_asked(self, server: _Server) -> Steps:
        while server.queue:
            batch, server.queue = server.queue[:BATCH_LIMIT], server.queue[BATCH_LIMIT:]
            yield from self._commit(server, batch)
            yield from self._on_loop(server, len(batch) * self.costs.vote.server / 2)
            groups = {vote.group for vote in batch}
            server.to_publish |= groups
            self._hear(server, groups)
            self.env.process(self._answer(batch))
        server.committing = False

    def _commit(self, server: _Server, batch: Sequence[_Vote]) -> Steps:
        """Its groups' rows are locked in their order, from the first statement to the end."""
        costs, groups = self.costs, sorted({vote.group for vote in batch})
        postgres = (costs.commit.postgres + len(batch) * costs.vote.postgres) / TRIPS
        released = self.env.event()
        for trip in range(TRIPS):
            yield from self._work("server", costs.commit.server / TRIPS, server.interpreter)
            if trip == 1:
                for group in groups:
                    while group in self.locked:
                        yield self.locked[group]
                    self.locked[group] = released
            yield from self._work("postgres", postgres)
        yield self.env.timeout(costs.flush)
        for vote in batch:
            self.stored[vote.group].append(vote)
        for group in groups:
            del self.locked[group]
        released.succeed()
        self.outcome.counts["commits"] += 1

    def _answer(self, batch: Sequence[_Vote]) -> Steps:
        for vote in batch:
            yield from self._client(self.costs.vote.client / 2, self.voters)
            vote.answered = self.env.now
            self.outcome.votes.append(self.env.now - vote.due)
        if len(self.outcome.votes) == self.outcome.asked:
            self.done.succeed()

    def _hear(self, server: _Server, groups: Iterable[int]) -> None:
        server.changed.update(group for group in groups if server.streams[group])
        if not server.wake.triggered:
            server.wake.succeed()

    def _push_for_ever(self, server: _Server) -> Steps:
        due = 0.0
        while True:
            yield server.wake
            server.wake = self.env.event()
            moment = self.env.now
            yield from self._publish(server)
            groups, server.changed = sorted(server.changed), set()
            if groups:
                yield from self._push(server, groups)
            due = max(due, moment - PUSH_SECONDS) + PUSH_SECONDS
            yield self.env.timeout(max(0.0, due - self.env.now))

    def _publish(self, server: _Server) -> Steps:
        groups, server.to_publish = server.to_publish, set()
        if groups and len(self.servers) > 1:
            self.outcome.counts["hints"] += 1
            yield from self._on_loop(server, self.costs.hint.server)
            seconds = self.costs.hint.broker + len(self.servers) * self.costs.heard.broker
            yield from self._work("broker", seconds, self.broker)
            for other in self.servers:  # the sender hears it, too
                self.env.process(self._heard(other, groups))

    def _heard(self, server: _Server, groups: set[int]) -> Steps:
        yield from self._on_loop(server, self.costs.heard.server)
        self._hear(server, groups)

    def _push(self, server: _Server, groups: Sequence[int]) -> Steps:
        costs, counts = self.costs, self.outcome.counts
        counts["reads"] += 1
        counts["groups read"] += len(groups)
        yield from self._work("server", costs.read.server, server.interpreter)
        yield from self._work("postgres", costs.read.postgres + len(groups) * costs.group.postgres)
        told = [(group, len(self.stored[group])) for group in groups]
        with server.loop.request() as turn:
            yield turn
            part: list[tuple[int, int]] = []
            seconds = 0.0
            for place, (group, number) in enumerate(told):
                fresh = number > server.had[group]
                seconds += costs.group.server + fresh * server.streams[group] * costs.message.server
                if fresh:
                    part.append((group, number))
                if seconds >= SLICE or place == len(told) - 1:
                    yield from self._work("server", seconds, server.interpreter)
                    server.to_read.put(part)
                    part, seconds = [], 0.0
                if fresh:
                    counts["messages"] += server.streams[group]
                    server.had[group] = number

    def _read_streams(self, server: _Server) -> Steps:
        """The streams' other end: a process that reads them all."""
        seen: Counter[int] = Counter()
        while True:
            part = yield server.to_read.get()
            messages = sum(server.streams[group] for group, _ in part)
            yield from self._client(messages * self.costs.message.client, server.readers)
            for group, number in part:
                streams = server.streams[group]
                for vote in self.stored[group][seen[group] : number]:
                    # One that comes before its own answer has come at once.
                    waited = self.env.now - vote.answered if vote.answered == vote.answered else 0.0
                    self.outcome.updates.append((waited, streams))
                seen[group] = number


def simulate(costs: Costs, setting: Setting, seed: int = 1) -> Outcome:
    """Runs the setting from its first vote until the last one is answered and told."""
    return _Run(costs, setting, seed).run()
