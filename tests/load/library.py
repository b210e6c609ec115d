"""What the trainers' list and search cost with ten thousand vignettes, as a ratio to one thousand."""

import http.client
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from rich.console import Console

from api.db import make_engine
from api.identity.trainer import access_token, add_trainer
from tests.authoring.many import add_many

from .server import Server, product

SMALL = 1_000
PAGES = {
    "list": "/trainers",
    "last page of the list": "/trainers?page=9999",
    "search, few found": "/trainers?" + urlencode({"q": "story 00042"}),
    "search, many found": "/trainers?" + urlencode({"q": "amb"}),
    "filters": "/trainers?" + urlencode({"level": 2, "system": "threat", "note": "with", "skill": "threat.predict"}),
    "map": "/trainers/map",
    "one vignette": "/trainers/vignettes/made-up-00042",
}
# Import and export are measured here too, once they are there.


def run(console: Console, *, rounds: int, large: int) -> bool:
    """Prints the median of each page with few and with many vignettes, and their ratio; says whether all answered."""
    times: list[dict[str, float]] = []
    for number in (SMALL, large):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="three-circles-load-")))
            with product(folder) as server:  # makes the schema
                database = server.database
            started = time.perf_counter()
            token = _fill(database, number)
            console.print(f"{number:,} vignettes written in {time.perf_counter() - started:.1f} s")
            started = time.perf_counter()
            server = stack.enter_context(product(folder, rate_limit=False))
            console.print(
                f"started with them in {time.perf_counter() - started:.1f} s, {server.memory() / 1e6:.0f} MB in memory"
            )
            times.append({name: _measure(server, token, path, rounds) for name, path in PAGES.items()})
    few, many = times
    for name in PAGES:
        console.print(
            f"{name}: {1e3 * few[name]:.1f} ms with {SMALL:,}, {1e3 * many[name]:.1f} ms with {large:,}, "
            f"ratio {many[name] / few[name]:.2f}; medians of {rounds}"
        )
    return True


def _fill(database: Path, number: int) -> str:
    """Adds the vignettes and an editor; gives the editor's token."""
    engine = make_engine(f"sqlite:///{database}")
    add_many(engine, number)
    token = access_token(engine, add_trainer(engine, "Edith", "four unrelated words here", role="editor"))
    engine.dispose()
    return token


def _measure(server: Server, token: str, path: str, rounds: int) -> float:
    """The median seconds of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    taken = []
    for _ in range(rounds + 3):
        started = time.perf_counter()
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        taken.append(time.perf_counter() - started)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}: {body[:300]!r}")
    return median(taken[3:])
