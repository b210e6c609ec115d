"""Simulated runs beside measured ones, and what the simulation says of more cores, more processes and partitions.

First `scale` is measured at some sizes and simulated at the same ones with the constants of `costs.py`: only as far as
these agree is the rest worth anything. Then, on paper: what a process holds on a core of its own with PostgreSQL
elsewhere, what more of them add, and how many partitions by group a million members at once need (`partitions.py`).
"""

from collections.abc import Sequence
from statistics import quantiles

import pytest
from rich.console import Console
from rich.table import Table

from . import partitions, scale
from .costs import MEASURED
from .model import Outcome, Setting, simulate

PROCESSES = (1, 2, 4, 8)


def run(console: Console, *, sizes: Sequence[int], quick: bool) -> bool:
    """Prints the tables; says whether no vote of the measured runs was lost. Without the programs it only simulates."""
    good, rows = True, []
    try:
        for groups in sizes:
            for together in (False, True):
                session = scale.measure(groups, together=together)
                good &= session.lost == 0 and session.agree
                told = simulate(MEASURED, _like_scale(groups, together=together))
                rows += [(told, stage, groups, together) for stage in session.stages if stage.updates]
    except pytest.skip.Exception as missing:
        console.print(f"not measured: {missing}")
    if rows:
        console.print(_beside(rows))
        console.print(f"no vote lost, and tallies equal a recount: {'yes' if good else 'NO'}")
    console.print(_foretold([simulate(MEASURED, _like_scale(groups)) for groups in (20, 100, 200, 300, 400, 1_000)]))
    console.print(partitions.capacities(MEASURED, (1, 2) if quick else PROCESSES))
    if not quick:
        console.print(partitions.plan(MEASURED))
    return good


def _like_scale(groups: int, *, together: bool = False) -> Setting:
    """A ballot of `scale`, in which everyone votes once."""
    rate = groups * scale.MEMBERS / scale.BALLOT
    return Setting(groups, scale.MEMBERS, scale.PROCESSES, rate=rate, seconds=scale.BALLOT, together=together)


def _beside(rows: Sequence[tuple[Outcome, scale.Stage, int, bool]]) -> Table:
    table = Table(title="measured → simulated, two cores for all")
    for heading in (
        "groups",
        "members",
        "",
        "vote p50 ms",
        "p99 ms",
        "update p50 ms",
        "p99 ms",
        "cores",
        "commits",
        "messages",
    ):
        table.add_column(heading, justify="right")
    for told, stage, groups, together in rows:
        updates = quantiles(stage.updates, n=100)
        pairs = [
            (1e3 * stage.answers.percentile(50), 1e3 * told.vote(50)),
            (1e3 * stage.answers.percentile(99), 1e3 * told.vote(99)),
            (1e3 * updates[49], 1e3 * told.update(50)),
            (1e3 * updates[98], 1e3 * told.update(99)),
        ]
        cells = [f"{one:,.0f} → {other:,.0f}" for one, other in pairs]
        cells.append(f"{stage.spent.all / stage.seconds:.2f} → {told.cores:.2f}")
        cells.append(f"{stage.commits:,.0f} → {told.counts['commits']:,}")
        cells.append(f"{stage.messages:,} → {told.counts['messages']:,}")
        table.add_row(str(groups), "together" if together else "spread", stage.name, *cells)
    return table


def _foretold(outcomes: Sequence[Outcome]) -> Table:
    table = Table(title="simulated, four processes, two cores for all, everyone votes within 15 s")
    headings = ("votes", "answered after s", "vote p50 ms", "p99 ms", "update p50 ms", "p99 ms", "cores", "messages/s")
    for heading in headings:
        table.add_column(heading, justify="right")
    for told in outcomes:
        table.add_row(
            f"{told.asked:,}",
            f"{told.seconds:.1f}",
            *(f"{1e3 * value:,.0f}" for value in (told.vote(50), told.vote(99), told.update(50), told.update(99))),
            f"{told.cores:.2f}",
            f"{told.counts['messages'] / told.seconds:,.0f}",
        )
    return table
