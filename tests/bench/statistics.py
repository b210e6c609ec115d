"""Whether reading class statistics costs more when there are many guesses."""

import http.client
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rich.console import Console

from api.accounts.tokens import Tokens

from . import books
from .filling import LEARNER, fill
from .server import SECRET, Server, product

SMALL = 1_000
TARGET = 1.2


def run(console: Console, *, rounds: int, large: int) -> bool:
    """Prints medians and their ratio; says whether the tallies of both databases equal a recount."""
    with ExitStack() as stack:
        servers = []
        for number in (SMALL, large):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="three-circles-load-")))
            with product(folder) as server:  # makes the schema and loads the vignettes
                database = server.database
            started = time.perf_counter()
            fill(database, number)
            size = database.stat().st_size / 1e6
            console.print(f"{number:,} guesses: {size:,.1f} MB in {time.perf_counter() - started:.1f} s")
            servers.append(stack.enter_context(product(folder)))
        few, many = (_Reader(server) for server in servers)
        pairs = [(few.read(), many.read()) for _ in range(rounds + 20)][20:]
        agree = all(books.tallies_agree(server.database) for server in servers)
    small, big = median(a for a, _ in pairs), median(b for _, b in pairs)
    console.print(f"GET statistics with {SMALL:,} guesses: median {1e3 * small:.2f} ms")
    console.print(f"GET statistics with {large:,} guesses: median {1e3 * big:.2f} ms")
    console.print(f"ratio of medians {big / small:.2f} (target at most {TARGET}); {rounds} pairs of requests")
    console.print(f"tallies equal a recount: {'yes' if agree else 'NO'}")
    return agree


class _Reader:
    """One learner on one connection."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self._headers = {"authorization": f"Bearer {Tokens(SECRET).sign('learner', LEARNER)}"}

    def read(self) -> float:
        """The seconds of one request."""
        started = time.perf_counter()
        self._connection.request("GET", "/api/v1/vignettes/dave/statistics", headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        taken = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body!r}")
        return taken
