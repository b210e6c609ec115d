"""Connections that send nothing, or a byte now and then, and too many of them: those who answer do not notice."""

import asyncio
import os
import resource
import select
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

import pytest

from tests.cast import put_cases
from tests.faults import Fault
from tests.groups.servers import answered, eventually, visiting, voting_room, wall
from tests.live import Server
from tests.missing import missing
from tests.server.raw import Answer, ask, connect, get, read_answer
from tests.server.steady import Steady

pytestmark = [
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at the process through /proc"),
]

IDLE = 10_000
SLOW = 150  # of each kind
FILES = 220  # file descriptors of a server that has few

# The same server, which looks at connections five times as often.
IMPATIENT = f"""#!{sys.executable}
from api.web import http_protocol
http_protocol.LOOK_SECONDS = 1.0
from api.cli import app
app()
"""
FEW_FILES = f"""#!{sys.executable}
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
from api.cli import app
app()
"""
# As most systems start programs: with few file descriptors, and leave to take more.
AS_USUAL = f"""#!{sys.executable}
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from api.cli import app
app()
"""
HALF_A_HEAD = b"POST /api/v1/learners HTTP/1.1\r\nHost: circles.test\r\nX-Slow: "
HALF_A_BODY = b"POST /api/v1/groups HTTP/1.1\r\nHost: circles.test\r\nContent-Length: 60000\r\n\r\n{"


@contextmanager
def server_of(program: str, folder: Path, url: str) -> Iterator[Server]:
    path = folder / "program"
    path.write_text(program)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    settings = {"DATA_DIR": str(folder), "DATABASE_URL": url, "VIGNETTES_DIR": str(put_cases(folder / "cases"))}
    with Server(folder, settings | {"RATE_LIMIT": "off"}, path) as server:
        yield server


@contextmanager
def connected(server: Server, number: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that have said only this."""
    with ExitStack() as open_lines:
        lines = []
        for _ in range(number):
            line = open_lines.enter_context(connect(server.base_url))
            if first:
                line.sendall(first)
            lines.append(line)
        yield lines


def still_open(lines: list[socket.socket]) -> list[socket.socket]:
    """Those that the server has not closed."""
    asked = select.poll()
    by_number = {line.fileno(): line for line in lines}
    for number in by_number:
        asked.register(number, select.POLLIN)
    closed = {number for number, _ in asked.poll(0)}
    return [line for number, line in by_number.items() if number not in closed]


def busy_seconds(server: Server) -> float:
    """Processor time of the process so far."""
    parts = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def trickle(lines: list[socket.socket], patience: float) -> list[Answer]:
    """A byte on every connection each half second, until the server has had enough of all."""
    end = monotonic() + patience
    while left := still_open(lines):
        assert monotonic() < end, f"{len(left)} of {len(lines)} are still open"
        for line in left:
            line.send(b"a")
        await asyncio.sleep(0.5)
    return [read_answer(line) for line in lines]


@pytest.mark.faults
async def test_requests_that_come_a_byte_at_a_time_are_given_up_and_guesses_go_through(
    tmp_path: Path, database_url: str, fault: Fault
) -> None:
    with server_of(IMPATIENT, tmp_path, database_url) as server:
        async with Steady(server.base_url) as learners:
            with connected(server, SLOW, HALF_A_HEAD) as heads, connected(server, SLOW, HALF_A_BODY) as bodies:
                answers = await trickle(heads, 30) + await trickle(bodies, 60)
            await learners.more(20)
    assert {answer.status for answer in answers} == {408}
    assert learners.refusals == []
    fault(
        "slowloris: heads and bodies, a byte at a time",
        tried=len(learners.sent) + 2 * SLOW,
        refused=2 * SLOW,
        lost=learners.lost(database_url),
        seen="Nothing: guesses are answered as ever. The slow are told that the rest of their request did not come.",
    )


@contextmanager
def many_files() -> Iterator[None]:
    """Lets this process open as many files as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < IDLE + 500:
        missing(f"this machine allows a process {hard} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.faults
async def test_ten_thousand_idle_connections_keep_no_one_from_answering_and_are_closed(
    tmp_path: Path, database_url: str, fault: Fault
) -> None:
    with many_files(), server_of(AS_USUAL, tmp_path, database_url) as server:
        async with visiting(server.base_url) as client:
            room, phones = await voting_room(client, 5)
            async with wall(server.base_url, room.code) as stream, Steady(server.base_url) as learners:
                await stream.event()
                with connected(server, IDLE) as lines:
                    assert len(still_open(lines)) > IDLE / 2
                    for phone in phones:
                        await phone.must_vote("drive")
                    await stream.event(answered(len(phones)))
                    await eventually(lambda: not still_open(lines), 90)
                await learners.more(20)
                assert not stream.ended
    assert learners.refusals == []
    fault(
        "ten thousand idle connections",
        tried=len(learners.sent) + len(phones) + IDLE,
        refused=IDLE,
        lost=learners.lost(database_url),
        seen="Nothing: guesses, votes and streams go on; anyone who says nothing for half a minute is let go.",
    )


@pytest.mark.faults
async def test_without_file_descriptors_newcomers_are_told_and_anyone_who_is_there_goes_on(
    tmp_path: Path, database_url: str, fault: Fault
) -> None:
    with server_of(FEW_FILES, tmp_path, database_url) as server:
        async with Steady(server.base_url) as learners:
            with connected(server, 2 * FILES) as lines:
                told = [await asyncio.to_thread(ask, server.base_url, get(b"/healthz")) for _ in range(10)]
                before, began = busy_seconds(server), monotonic()
                await learners.more(20)
                await asyncio.sleep(3)
                busy = (busy_seconds(server) - before) / (monotonic() - began)
                await eventually(lambda: not still_open(lines), 90)
            async with visiting(server.base_url) as client:
                assert (await client.get("/practice")).status_code == 200
                assert (await client.get("/static/app.css")).status_code == 200
            await learners.more(20)
    assert {answer.status for answer in told} <= {0, 503}
    assert busy < 0.7  # eight learners take a part of it; a server that spins takes all
    assert learners.refusals == []
    fault(
        "file descriptors exhausted",
        tried=len(learners.sent) + len(told) + 2 * FILES,
        refused=len(told) + 2 * FILES,
        lost=learners.lost(database_url),
        seen="Who is connected goes on; newcomers read “Service Unavailable”, and are let in within half a minute.",
    )
