"""`python -m tests.bench [name …]`: runs the benchmarks that are named, or all."""

import argparse
import sys
from collections.abc import Callable

from rich.console import Console

from . import (
    calibrating,
    choosing,
    class500,
    guesses,
    learning,
    library,
    otree,
    phone,
    processes,
    scale,
    simulated,
    statistics,
    streams,
    votes,
)
from .server import pin_client

parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
parser.add_argument("names", nargs="*", metavar="benchmark")
parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
parser.add_argument("--rounds", type=int, help="pairs of runs, or of requests (statistics)")
parser.add_argument("--guesses", type=int, help="rows in the large database (statistics)")
parser.add_argument("--groups", type=int, help="groups of thirty at once (scale, simulated)")
parser.add_argument("--learners", type=int, help="made-up learners in each set (learning)")
arguments = parser.parse_args()
quick: bool = arguments.quick
rounds: int | None = arguments.rounds
console = Console(highlight=False, width=140)

BENCHMARKS: dict[str, Callable[[], bool]] = {
    "guesses": lambda: guesses.run(console, rounds=rounds or (1 if quick else 5), number=2_000 if quick else 8_000),
    "votes": lambda: votes.run(console, rounds=rounds or (1 if quick else 5), number=2_000 if quick else 8_000),
    "streams": lambda: streams.run(console, streams=500 if quick else 5_000, seconds=4 if quick else 15),
    "class500": lambda: class500.run(console, members=100 if quick else 500, rounds=rounds or (1 if quick else 5)),
    "processes": lambda: processes.run(console, rounds=rounds or (1 if quick else 5), number=1_000 if quick else 6_000),
    "phone": lambda: phone.run(console, rounds=rounds or (2 if quick else 9)),
    "otree": lambda: otree.run(console, rounds=rounds or (1 if quick else 3), participants=50 if quick else 200),
    "choosing": lambda: choosing.run(console, rounds=rounds, large=(1_000, 2_000) if quick else choosing.LARGE),
    "learning": lambda: learning.run(console, learners=arguments.learners or (20 if quick else 200)),
    "library": lambda: library.run(console, rounds=rounds or (5 if quick else 30), large=2_000 if quick else 10_000),
    "scale": lambda: scale.run(console, groups=arguments.groups or (20 if quick else 1_000)),
    "simulated": lambda: simulated.run(
        console, sizes=[arguments.groups] if arguments.groups else ([20] if quick else [20, 50, 100, 200]), quick=quick
    ),
    "costs": lambda: calibrating.run(console, number=800 if quick else 4_000),
    "statistics": lambda: statistics.run(
        console,
        rounds=rounds or (100 if quick else 1_000),
        large=arguments.guesses or (100_000 if quick else 10_000_000),
    ),
}

names = arguments.names or [
    name for name in BENCHMARKS if name not in ("scale", "costs", "simulated")
]  # they have a target of their own
if unknown := set(names) - set(BENCHMARKS):
    parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
pin_client()
good = True
for name in names:
    console.rule(name)
    good &= BENCHMARKS[name]()
sys.exit(not good)
