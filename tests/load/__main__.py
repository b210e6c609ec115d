"""`python -m tests.load [guesses] [statistics]`: runs the benchmarks that are named, or all."""

import argparse
import sys

from rich.console import Console

from . import guesses, statistics
from .server import pin_client

parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
parser.add_argument("names", nargs="*", metavar="benchmark", help="guesses or statistics; none means both")
parser.add_argument("--quick", action="store_true", help="small sizes: to see that it runs, not how fast")
parser.add_argument("--rounds", type=int, help="pairs of runs (guesses) or of requests (statistics)")
parser.add_argument("--guesses", type=int, help="rows in the large database (statistics)")
arguments = parser.parse_args()
names = arguments.names or ["guesses", "statistics"]
if unknown := set(names) - {"guesses", "statistics"}:
    parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}")

console = Console(highlight=False, width=120)
pin_client()
good = True
if "guesses" in names:
    quick = arguments.quick
    good &= guesses.run(console, rounds=arguments.rounds or (1 if quick else 5), number=2_000 if quick else 8_000)
if "statistics" in names:
    large = arguments.guesses or (100_000 if arguments.quick else 10_000_000)
    good &= statistics.run(console, rounds=arguments.rounds or (100 if arguments.quick else 1_000), large=large)
sys.exit(not good)
