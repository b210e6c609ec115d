"""Live streams of a real server: readers that never read, and the signal to stop."""

import asyncio
import os
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.cast import ANA, FILES, put_cases
from tests.groups.room import API, Room
from tests.groups.servers import eventually, visiting, voting_room, wall
from tests.live import Server, StartServer

sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at the process through /proc")

STALE = 1000
CHANGES = 100
FEWER_CHANGES = 40
MEGABYTE = 1024 * 1024

# The same server, less patient: a reader that takes nothing is given up after a second, not after a minute.
IMPATIENT = f"""#!{sys.executable}
from api.groups.live import hub
hub.STALE_SECONDS, hub.HEARTBEAT_SECONDS = 1.0, 1.5
from api.cli import app
app()
"""


@pytest.fixture
def impatient_server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    program = tmp_path / "impatient"
    program.write_text(IMPATIENT)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with talkative(tmp_path, database_url, program) as server:
        yield server


@pytest.fixture
def patient_server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    with talkative(tmp_path, database_url) as server:
        yield server


@contextmanager
def talkative(tmp_path: Path, database_url: str, program: Path | None = None) -> Iterator[Server]:
    """A server with a vignette whose explanation is long, so that each message is a large one."""
    # An explanation may have 5,000 characters, and stands in a state twice; Greek letters take six bytes in its JSON.
    long = FILES[ANA].replace("and *grins* when it grows.", "and *grins* when it grows. " + "αβγδ " * 950)
    long = long.replace("A worry may be there.", "A worry may be there. " + "αβγδ " * 950)
    long = long.replace("that it calms her.", "that it calms her. " + "αβγδ " * 950)
    cases = put_cases(tmp_path / "cases", FILES | {ANA: long})
    settings = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "VIGNETTES_DIR": str(cases),
        "RATE_LIMIT": "off",
    }
    with Server(tmp_path, settings, program) as server:
        yield server


def unsent(server: Server) -> list[int]:
    """Bytes that the system keeps of each of the server's connections, because no one takes them."""
    port = urlsplit(server.base_url).port
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[4].partition(":")[0], 16) for row in rows if int(row[1].partition(":")[2], 16) == port]


def memory(server: Server) -> int:
    """Bytes of this process that are in memory."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def connections(server: Server) -> int:
    """Sockets that the process holds open."""
    folder = Path(f"/proc/{server.process.pid}/fd")
    found = 0
    for entry in folder.iterdir():
        try:
            found += os.readlink(entry).startswith("socket:")
        except FileNotFoundError:
            continue
    return found


def stream_of(room: Room) -> str:
    return f"{API}/{room.code}/events?screen=true"


def has_members(number: int) -> Callable[[Any], bool]:
    return lambda data: bool(data["members"] == number)


@contextmanager
def never_reading(server: Server, path: str, number: int) -> Iterator[list[socket.socket]]:
    """Connections that ask for a stream and take nothing of it."""
    address = urlsplit(server.base_url)
    sockets = []
    try:
        for _ in range(number):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((address.hostname, address.port))
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            sockets.append(connection)
        yield sockets
    finally:
        for connection in sockets:
            connection.close()


@sqlite_only
@linux_only
async def test_a_thousand_readers_that_never_read_delay_no_one_and_fill_no_memory(patient_server: Server) -> None:
    server = patient_server
    async with visiting(server.base_url) as client:
        room, _ = await voting_room(client, 1)
        await room.go("revealed")
        async with wall(server.base_url, room.code) as reader:
            first = await reader.event()
            size, members = len(reader.text), first.data["members"]
            assert size > 20_000
            before = memory(server)
            with never_reading(server, stream_of(room), STALE):
                await eventually(lambda: connections(server) >= STALE, 20)
                most, slowest = 0, 0.0
                for number in range(members + 1, members + FEWER_CHANGES + 1):
                    asked = time.monotonic()
                    await room.join()
                    await reader.event(has_members(number))
                    slowest = max(slowest, time.monotonic() - asked)
                    most = max(most, memory(server))
                waiting = unsent(server)
                assert connections(server) >= STALE
            assert slowest < 2.0, f"an update took {slowest:.1f} seconds"
            # Without a bound each would be owed every message: more than 1.6 GB.
            assert most - before < 200 * MEGABYTE, f"{(most - before) / MEGABYTE:.0f} MB for {STALE} streams"
            assert sum(bytes_ > 0 for bytes_ in waiting) >= STALE
            assert max(waiting) < MEGABYTE / 4, f"{max(waiting)} bytes in the system for one stream"
            assert not reader.ended


@sqlite_only
@linux_only
async def test_a_reader_that_never_reads_is_dropped_and_its_connection_closed(impatient_server: Server) -> None:
    server = impatient_server
    async with visiting(server.base_url) as client:
        room, _ = await voting_room(client, 1)
        await room.go("revealed")
        async with wall(server.base_url, room.code) as reader:
            members = (await reader.event()).data["members"]
            quiet = connections(server)
            with never_reading(server, stream_of(room), 5):
                await eventually(lambda: connections(server) >= quiet + 5)
                for number in range(members + 1, members + CHANGES + 1):
                    await room.join()
                    await reader.event(has_members(number))
                await eventually(lambda: connections(server) <= quiet, 10)
            await room.join()
            await reader.event(has_members(members + CHANGES + 1))


async def test_sigterm_ends_fifty_streams_and_the_process_in_three_seconds(start_server: StartServer) -> None:
    server = await asyncio.to_thread(start_server)
    async with visiting(server.base_url) as client:
        room, _ = await voting_room(client, 1)
        async with AsyncExitStack() as open_streams:
            streams = [await open_streams.enter_async_context(wall(server.base_url, room.code)) for _ in range(50)]
            await asyncio.gather(*(stream.event() for stream in streams))
            asked = time.monotonic()
            server.terminate()
            await asyncio.gather(*(stream.until(lambda feed: feed.ended) for stream in streams))
            await asyncio.to_thread(server.process.wait, 10)
            took = time.monotonic() - asked

    assert took < 3
    assert server.process.returncode in (0, -15)


@sqlite_only
async def test_sigterm_is_not_held_up_by_readers_that_never_read(impatient_server: Server) -> None:
    server = impatient_server
    async with visiting(server.base_url) as client:
        room, _ = await voting_room(client, 1)
        await room.go("revealed")
        with never_reading(server, stream_of(room), 20):
            async with wall(server.base_url, room.code) as reader:
                for number in range(2, 12):
                    await room.join()
                    await reader.event(has_members(number))
                asked = time.monotonic()
                server.terminate()
                await asyncio.to_thread(server.process.wait, 10)

    assert time.monotonic() - asked < 3


async def test_a_restarted_server_shows_streams_the_present_again(start_server: StartServer) -> None:
    first = await asyncio.to_thread(start_server)
    async with visiting(first.base_url) as client:
        room, phones = await voting_room(client, 3)
        await phones[0].must_vote("drive")
        await room.go("discussing")
    first.terminate()
    await asyncio.to_thread(first.process.wait, 10)
    second = await asyncio.to_thread(start_server)

    async with wall(second.base_url, room.code) as stream:
        told = (await stream.event()).data

    assert (told["phase"], told["members"], told["answered"]) == ("discussing", 3, 1)
