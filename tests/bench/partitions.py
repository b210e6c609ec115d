"""On paper: how many groups processes hold on cores of their own, and what a million members at once need.

A partition is a PostgreSQL, a broker and some server processes; a group lives in one of them, by its code. Nothing of a
vote or of an update crosses partitions, so one is simulated and the others are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil

from rich.table import Table

from .costs import STREAM_BYTES, Costs
from .model import Outcome, Setting, simulate

VOTE_P99, UPDATE_P99 = 0.1, 0.75  # seconds; two collections and a quarter of a second
BALLOT = 60.0  # seconds in which everyone votes once
WINDOW = 4.0  # seconds of it that are simulated
MILLION, MEMBERS = 1_000_000, 30
POSTGRES_CORES = 2
JOINING = 300.0  # seconds in which everyone joins
SPARE = 0.7  # of its capacity is what a partition is given: one may fail, and the model errs
PARTIES = ("server", "postgres", "broker")


@dataclass(frozen=True)
class Capacity:
    """The most groups that so many processes hold, and what is busy then: shares of what each party has."""

    processes: int
    groups: int
    outcome: Outcome
    busy: dict[str, float]

    @property
    def first(self) -> str:
        """Who is nearest to its end."""
        return max(self.busy, key=lambda party: self.busy[party])


@cache
def hold(costs: Costs, processes: int, *, together: bool) -> Capacity:
    """The most groups, to 10 %, with p99 of vote and update within bounds; a core for each process."""

    def told(groups: int) -> Outcome:
        rate = groups * MEMBERS / BALLOT
        setting = Setting(groups, MEMBERS, processes, processes, rate, WINDOW, together, False, POSTGRES_CORES)
        return simulate(costs, setting)

    few = 32
    best = told(few)
    while good(following := told(2 * few)):
        few, best = 2 * few, following
    many = 2 * few
    while many - few > many // 10:
        groups = (few + many) // 2
        if good(following := told(groups)):
            few, best = groups, following
        else:
            many = groups
    return Capacity(processes, few, best, _busy(best, processes))


def good(outcome: Outcome) -> bool:
    """Whether the latencies stay within their bounds."""
    return outcome.vote(99) <= VOTE_P99 and outcome.update(99) <= UPDATE_P99


def capacities(costs: Costs, processes: Sequence[int]) -> Table:
    """What one process holds, and what more add."""
    table = Table(title=f"simulated: a core for each process, {POSTGRES_CORES} for PostgreSQL, readers elsewhere")
    for heading in ("processes", "a group's members", "groups", "members", "votes/s", "× one", "messages/s", *PARTIES):
        table.add_column(heading, justify="right")
    for together in (False, True):
        for number in processes:
            each = hold(costs, number, together=together)
            table.add_row(
                str(number),
                "together" if together else "spread",
                f"{each.groups:,}",
                f"{each.groups * MEMBERS:,}",
                f"{each.groups * MEMBERS / BALLOT:,.0f}",
                f"{each.groups / hold(costs, processes[0], together=together).groups:.1f}",
                f"{each.outcome.counts['messages'] / each.outcome.seconds:,.0f}",
                *(f"{each.busy[party]:.0%}" for party in PARTIES),
            )
    table.caption = f"everyone votes within {BALLOT:.0f} s; p99 of a vote {VOTE_P99} s, of an update {UPDATE_P99} s"
    return table


def plan(costs: Costs) -> Table:
    """Partitions for a million members at once, by how many processes each has."""
    table = Table(title="on paper: 1,000,000 members at once in groups of 30, a group's members at one process")
    headings = ("processes each", "groups each", "partitions", "server cores", "PostgreSQL cores", "GB of streams each")
    for heading in (*headings, "joins/s each", "cores that join", "first to end"):
        table.add_column(heading, justify="right")
    for processes in (1, 2, 4, 8):
        each = hold(costs, processes, together=True)
        groups = int(each.groups * SPARE)
        partitions = ceil(MILLION / MEMBERS / groups)
        joins = MILLION / partitions / JOINING
        table.add_row(
            str(processes),
            f"{groups:,}",
            f"{partitions:,}",
            f"{partitions * processes:,}",
            f"{partitions * POSTGRES_CORES:,}",
            f"{groups * MEMBERS * STREAM_BYTES / 1e9:.1f}",
            f"{joins:,.0f}",
            f"{joins * (costs.join.server + costs.join.postgres):.2f}",
            each.first,
        )
    table.caption = f"filled to {SPARE:.0%} of what they hold; everyone joins within {JOINING / 60:.0f} minutes"
    return table


def _busy(outcome: Outcome, processes: int) -> dict[str, float]:
    have = {"server": processes, "postgres": POSTGRES_CORES, "broker": 1}
    return {party: outcome.spent[party] / outcome.seconds / have[party] for party in PARTIES}
