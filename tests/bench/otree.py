"""The same small vote on oTree, and here: how many submissions a second one server process takes.

On oTree it is `otree_app`, run by `otree prodserver` with its default database (SQLite on disk); here it is a group's
phone. A submission is what a person sees of it: a choice is sent, and the page that it leads to shows the class.

* oTree answers the choice with a redirect, and the browser fetches the page: two requests, counted as one submission.
* Here it is the same two requests without JavaScript (`choice, then the page`). With it, as on nearly every phone, the
  answer to the choice is the page (`the same; here in one`): one request for the same to see.
* `choice alone` leaves the page out on both sides; `as JSON` compares oTree's form with a vote through our API.
"""

import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table

from .client import Load, Message
from .rooms import open_rooms, request
from .server import Server, free_port, process, product, wait
from .votes import measure

APP = Path(__file__).parent / "otree_app"
CACHE = Path(tempfile.gettempdir()) / "three-circles-otree"
CONNECTIONS = 64
TARGET = 50
_KEY = "a key for benchmarks"
_FORM = ["content-type: application/x-www-form-urlencoded"]
_SYSTEMS = (b"threat", b"drive", b"soothing")
_OURS_AT_ONCE = 10  # our runs take so many times more people, for they would be over too soon


Here = Literal["form, page", "htmx", "form", "json"]


@dataclass
class Way:
    """What is sent, and what its rounds brought on oTree and here."""

    name: str
    here: Here
    target: str = ""
    theirs: list[tuple[Load, float]] = field(default_factory=list)
    ours: list[tuple[Load, float]] = field(default_factory=list)


def run(console: Console, *, rounds: int, participants: int) -> bool:
    """Prints the table; without oTree it only says so. True when no submission of either was lost."""
    try:
        program, version = _install()
    except (OSError, subprocess.SubprocessError) as error:
        console.print(f"not measured: oTree could not be installed ({error})")
        return True
    whole, in_one = (
        Way("choice, then the page", "form, page", f"{TARGET}"),
        Way("the same; here in one", "htmx", f"{TARGET}"),
    )
    alone, json_alone = Way("choice alone", "form"), Way("choice alone; here as JSON", "json")
    counted = True
    with (
        tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder,
        _otree(program, Path(folder) / "otree") as theirs,
        product(Path(folder) / "ours") as ours,
    ):
        for round_number in range(rounds + 1):
            # Theirs first and ours right after it; a first round only warms up.
            for ways, with_page in (((whole, in_one), True), ((alone, json_alone), False)):
                run_theirs, right = _vote_there(theirs, participants, with_page=with_page)
                counted &= right
                for way in ways:
                    run_ours = _vote_here(ours, participants, way.here)
                    if round_number:
                        way.theirs.append(run_theirs)
                        way.ours.append(run_ours)
    console.print(f"oTree {version}; {participants} participants there, {_OURS_AT_ONCE * participants} here")
    console.print(_table([whole, in_one, alone, json_alone]))
    console.print(f"oTree's page counts every submission: {'yes' if counted else 'NO'}")
    return counted


def _install() -> tuple[Path, str]:
    """The program and its version, in a virtual environment that is kept for the next time."""
    python = CACHE / "bin" / "python"
    if not (CACHE / "bin" / "otree").exists():
        subprocess.run([sys.executable, "-m", "venv", CACHE], check=True, capture_output=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "otree"], check=True, capture_output=True, timeout=300)
    tell = "from importlib.metadata import version; print(version('otree'))"
    told = subprocess.run([python, "-c", tell], check=True, capture_output=True, text=True)
    return CACHE / "bin" / "otree", told.stdout.strip()


@contextmanager
def _otree(program: Path, folder: Path) -> Iterator[Server]:
    shutil.copytree(APP, folder)
    for name in ("_static", "_templates"):
        (folder / name).mkdir()
    port = free_port()
    env = {
        "PATH": f"{program.parent}:/usr/bin:/bin",
        "OTREE_PRODUCTION": "1",
        "OTREE_REST_KEY": _KEY,
        "PYTHONPATH": "",
        "PYTHONWARNINGS": "ignore",
    }
    with process([str(program), "prodserver", f"127.0.0.1:{port}"], env, folder) as pid:
        wait(port)
        yield Server(port, pid)


def _vote_there(server: Server, number: int, *, with_page: bool) -> tuple[tuple[Load, float], bool]:
    """A session of so many participants who stand on the first page, and then submit; also whether all were counted."""
    made = _ask(server, "/api/sessions", {"session_config_name": "circles", "num_participants": number})
    told = _ask(server, f"/api/get_session/{made['code']}", {})
    people = [str(one["code"]) for one in told["participants"]]
    measure([server], [_page(f"/InitializeParticipant/{one}") for one in people], CONNECTIONS)
    first = [_page(f"/p/{one}/circles/Vote/1") for one in people]
    results = [_page(f"/p/{one}/circles/Results/2") for one in people]
    measure([server], first, CONNECTIONS)
    messages: list[Message] = []
    for place, one in enumerate(people):
        vote = request("POST", f"/p/{one}/circles/Vote/1", _FORM, b"system=" + _SYSTEMS[place % 3])
        messages.append((vote, results[place]) if with_page else vote)
    load, work = measure([server], messages, CONNECTIONS)
    if load.statuses[b"302"] != number or (with_page and load.statuses[b"200"] != number):
        raise RuntimeError(f"oTree did not take every submission: {dict(load.statuses)}")
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", f"/p/{people[0]}/circles/Results/2")
    counts = re.findall(rb"<li>(?:threat|drive|soothing): (\d+)</li>", connection.getresponse().read())
    return (load, work), sum(map(int, counts)) == number


def _vote_here(server: Server, number: int, how: Here) -> tuple[Load, float]:
    """So many times more members of a new group, who submit."""
    number *= _OURS_AT_ONCE
    (room,) = open_rooms(server.port, 1)
    messages: list[Message] = []
    for place in range(number):
        member = room.new_member()
        form, page = room.form(member, place, htmx=how == "htmx")
        messages.append((form, page) if how == "form, page" else room.vote(member, place) if how == "json" else form)
    load, work = measure([server], messages, CONNECTIONS)
    wanted = {"form, page": (b"303", b"200"), "form": (b"303",), "htmx": (b"200",), "json": (b"200",)}[how]
    if any(load.statuses[status] != number for status in wanted):
        raise RuntimeError(f"not every vote was taken: {dict(load.statuses)}")
    return load, work


def _page(path: str) -> bytes:
    return request("GET", path, [])


def _ask(server: Server, path: str, body: object) -> dict[str, list[dict[str, object]]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json", "otree-rest-key": _KEY})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
    told: dict[str, list[dict[str, object]]] = json.loads(content)
    return told


def _table(ways: list[Way]) -> Table:
    table = Table()
    table.add_column("")
    for heading in ("oTree/s", "here/s", "× oTree", "of rounds", "target", "oTree p50, p99 ms", "here p50, p99 ms"):
        table.add_column(heading, justify="right")
    table.add_column("CPU µs: oTree, here", justify="right")
    for way in ways:
        theirs, ours = [load for load, _ in way.theirs], [load for load, _ in way.ours]
        ratios = [here.rate / there.rate for here, there in zip(ours, theirs, strict=True)]
        waits = [
            ", ".join(f"{1e3 * median(load.percentile(part) for load in loads):.1f}" for part in (50, 99))
            for loads in (theirs, ours)
        ]
        table.add_row(
            way.name,
            f"{median(load.rate for load in theirs):,.0f}",
            f"{median(load.rate for load in ours):,.0f}",
            f"{median(ratios):.1f}",
            f"{min(ratios):.1f} to {max(ratios):.1f}",
            way.target,
            *waits,
            ", ".join(f"{1e6 * median(work for _, work in runs):,.0f}" for runs in (way.theirs, way.ours)),
        )
    return table
