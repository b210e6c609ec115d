"""Whether practice teaches more in our order than in others: made-up learners, unseen vignettes, a week later."""

import time

from rich.console import Console
from rich.table import Table

from tests.bench.learner import SETS, Parameters
from tests.bench.measuring import Gain, gains, summarise

SEED = "three circles, 2026-11"
TARGET = 1.25
# Cases in a sitting, and vignettes in the library.
SETTINGS = ((10, 72), (5, 72), (5, 720))


def run(console: Console, *, learners: int) -> bool:
    """Prints the mean gain of every order with intervals; says whether ours is nowhere below random order."""
    console.print(f"seed “{SEED}”, {learners} learners in each set, 10 sittings, one every other day")
    console.print("gain: share of keys matched on 144 unseen vignettes a week after the last, less that before")
    good = True
    for cases, size in SETTINGS:
        began = time.perf_counter()
        table = Table(title=f"{cases} cases in a sitting, library of {size}", title_justify="left")
        names: list[str] = []
        ours = []
        for parameters in SETS:
            rows = summarise(gains(parameters, SEED, learners, cases, size), SEED)
            if not names:
                names = [row.order for row in rows]
                for title in ("learners", *names):
                    table.add_column(title)
            table.add_row(parameters.name, *(_cell(row) for row in rows))
            ours.append((parameters, next(row for row in rows if row.order == "ours")))
        console.print(table)
        good &= _judge(console, ours)
        console.print(f"{time.perf_counter() - began:.0f} s\n")
    console.print("Each cell: mean gain in points of 100 with its 95 % interval, and its ratio to random order.")
    console.print("“(knows all)” is a bound to compare with: it sees into the learner, step by step.")
    return good


def _cell(gain: Gain) -> str:
    points = f"{100 * gain.mean:.1f} ({100 * gain.low:.1f} to {100 * gain.high:.1f})"
    return f"{points}\n×{gain.ratio:.2f} ({gain.ratio_low:.2f} to {gain.ratio_high:.2f})"


def _judge(console: Console, ours: list[tuple[Parameters, Gain]]) -> bool:
    below = [parameters.name for parameters, gain in ours if gain.ratio_high < 1]
    reached = [parameters.name for parameters, gain in ours if gain.ratio >= TARGET]
    lowest = min(gain.ratio for _, gain in ours)
    highest = max(gain.ratio for _, gain in ours)
    console.print(
        f"ours to random order: ×{lowest:.2f} to ×{highest:.2f}; at least ×{TARGET} in "
        f"{len(reached)} of {len(ours)} sets; below random order in {len(below)}"
    )
    return not below
