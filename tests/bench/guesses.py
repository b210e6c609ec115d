"""How many guesses a second one process takes, beside a FastAPI POST that does nothing."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from . import books, requests
from .client import Load, send_all
from .requests import Build
from .server import Server, noop, product

ACCEPTED = (b"201", b"200", b"303")


@dataclass
class Route:
    """One way to send a guess, with what its rounds brought."""

    name: str
    build: Build
    target: float | None
    loads: list[Load] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)  # the server's processor seconds for each request
    work_ratios: list[float] = field(default_factory=list)


def run(console: Console, *, rounds: int, number: int) -> bool:
    """Prints the table; says whether the books agree."""
    routes = [
        Route("JSON", requests.as_json, 0.6),
        Route("JSON, words marked", requests.with_cues, None),
        Route("form, plain", requests.as_form, 0.45),
        Route("form, htmx", requests.as_htmx, 0.45),
    ]
    idle = Route("FastAPI no-op", requests.noop, None)
    with tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder:
        data = Path(folder)
        console.print(f"fdatasync of 4 KB in {folder}: {1e3 * books.fsync_seconds(data):.2f} ms")
        with noop() as baseline, product(data) as server:
            lost = _rounds(baseline, server, idle, routes, rounds, number)
            agree = books.tallies_agree(server.database)
    console.print(_table(idle, routes))
    shares = [load.client_share for route in (idle, *routes) for load in route.loads]
    console.print(f"client's share of its core: median {median(shares):.0%}, highest {max(shares):.0%}")
    if any(load.is_client_bound for route in (idle, *routes) for load in route.loads):
        console.print("The client was the bottleneck in some runs: rates are lower than the server's.", style="bold")
    console.print(f"answers without a row: {lost}; tallies equal a recount: {'yes' if agree else 'NO'}")
    return agree and lost == 0


def _rounds(baseline: Server, server: Server, idle: Route, routes: list[Route], rounds: int, number: int) -> int:
    lost, slugs = 0, server.slugs()
    for round_number in range(rounds + 1):
        for route in routes:
            before, work_before = _send(baseline, requests.write(idle.build, number, slugs))
            stood, (commits, guesses) = books.rows(server.database), server.commits()
            load, work = _send(server, requests.write(route.build, number, slugs))
            commits_now, guesses_now = server.commits()
            accepted = sum(load.statuses[status] for status in ACCEPTED)
            if accepted != number:
                raise RuntimeError(f"{route.name}: not every guess was taken: {dict(load.statuses)}")
            lost += abs(accepted - (books.rows(server.database) - stood))
            if round_number == 0:  # to warm up
                continue
            idle.loads.append(before)
            idle.work.append(work_before)
            route.loads.append(load)
            route.work.append(work)
            route.work_ratios.append(work / work_before)
            route.ratios.append(load.rate / before.rate)
            route.batches.append((guesses_now - guesses) / (commits_now - commits))
    return lost


def _send(server: Server, messages: list[bytes]) -> tuple[Load, float]:
    worked = server.cpu_seconds()
    load = send_all(server.port, messages)
    return load, (server.cpu_seconds() - worked) / len(messages)


def _table(idle: Route, routes: list[Route]) -> Table:
    table = Table()
    headings = (
        "route",
        "requests/s",
        "× no-op",
        "of rounds",
        "target",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "× no-op",
        "batch",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "route" else "right")
    for route in (idle, *routes):
        ratios = route.ratios or [1.0]
        table.add_row(
            route.name,
            f"{median(load.rate for load in route.loads):,.0f}",
            f"{median(ratios):.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            f"{route.target}" if route.target else "",
            f"{1e3 * median(load.percentile(50) for load in route.loads):.1f}",
            f"{1e3 * median(load.percentile(99) for load in route.loads):.1f}",
            f"{1e6 * median(route.work):.0f}",
            f"{median(route.work_ratios or [1.0]):.1f}",
            f"{median(route.batches):.1f}" if route.batches else "",
        )
    return table
