"""A class of five hundred: each member holds a stream, and all vote within one second. How soon does everyone see it?

Measured from the answer to the last voter to the arrival, at the last stream, of a message that counts every vote. The
baseline is the same with one member alone in a group: mostly the time for which the server collects changes.
"""

import asyncio
import http.client
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import uvloop
from rich.console import Console

from . import ballots
from .client import source
from .following import followers
from .rooms import Room, ask, open_rooms
from .server import Server, product

TARGET = 1.0
VOTING_SECONDS = 1.0
_WAIT = 3.0


def run(console: Console, *, members: int, rounds: int) -> bool:
    """Prints the figures; says whether no vote was lost and every stream showed all of them."""
    acknowledged: list[str] = []
    alone: list[float] = []
    together: list[float] = []
    answers, voting, unseen = [], [], 0
    with tempfile.TemporaryDirectory(prefix="three-circles-load-") as folder, product(Path(folder)) as server:
        for _ in range(rounds):
            for size, waits in ((1, alone), (members, together)):
                room, people = _joined(server, size)
                with followers(server.port, [room.events(member) for member in people]) as streams:
                    time.sleep(1.0)
                    streams.start()
                    started = time.monotonic()
                    taken, last = _vote(server, room, people)
                    time.sleep(_WAIT)
                    arrivals = streams.stop()
                acknowledged += people
                seen: dict[int, float] = {}
                for moment, stream, version in arrivals.messages:
                    if arrivals.answered[0, version] == size:
                        seen.setdefault(stream, moment)
                unseen += size - len(seen)
                waits.append(max(seen.values()) - last if len(seen) == size else float("inf"))
                if size == members:
                    answers += taken
                    voting.append(last - started)
        url = f"sqlite:///{server.database}"
        lost, agree = ballots.differing(url, acknowledged), ballots.tallies_agree(url)
    p50, p99 = median(answers), sorted(answers)[int(len(answers) * 0.99)]
    console.print(f"{members} votes in {median(voting):.2f} s; answers p50 {1e3 * p50:.1f} ms, p99 {1e3 * p99:.1f} ms")
    console.print(
        f"last stream shows all, after the last answer: median {1e3 * median(together):.0f} ms, highest "
        f"{1e3 * max(together):.0f} ms (target under {1e3 * TARGET:.0f} ms); one member alone: median "
        f"{1e3 * median(alone):.0f} ms, highest {1e3 * max(alone):.0f} ms; "
        f"ratio of the highest {max(together) / max(alone):.2f}; {rounds} rounds"
    )
    console.print(f"votes lost: {lost}; streams that never showed all: {unseen}; tallies equal a recount: {agree}")
    return lost == 0 and unseen == 0 and agree


def _joined(server: Server, size: int) -> tuple[Room, list[str]]:
    """A new group and its members, who have all joined."""
    (room,) = open_rooms(server.port, 1)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    people = [room.member(str(ask(connection, "POST", room.members)["member_token"])) for _ in range(size)]
    connection.close()
    return room, people


def _vote(server: Server, room: Room, people: Sequence[str]) -> tuple[list[float], float]:
    """All vote, evenly over the second, each on a connection of their own: times to answer, and the last moment."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        ends = runner.run(_vote_together(server.port, room, people))
    return [end - start for start, end in ends], max(end for _, end in ends)


async def _vote_together(port: int, room: Room, people: Sequence[str]) -> list[tuple[float, float]]:
    connections = [
        await asyncio.open_connection("127.0.0.1", port, local_addr=source(place)) for place in range(len(people))
    ]
    began = time.monotonic()

    async def vote(place: int) -> tuple[float, float]:
        reader, writer = connections[place]
        await asyncio.sleep(began + VOTING_SECONDS * place / len(people) - time.monotonic())
        start = time.monotonic()
        writer.write(room.vote(people[place], place))
        status = await reader.readline()
        end = time.monotonic()
        if b" 200 " not in status:
            raise RuntimeError(f"a vote was not taken: {status!r}")
        return start, end

    ends = await asyncio.gather(*(vote(place) for place in range(len(people))))
    for _, writer in connections:
        writer.close()
    return ends
