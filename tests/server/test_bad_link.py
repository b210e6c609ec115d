"""Phones on a link of two seconds there and back that loses every fifth packet each way."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.cast import put_cases
from tests.faults import Fault
from tests.groups.room import Phone, new_room
from tests.groups.rows import ballot_tallies, ballots_recounted, reasons
from tests.groups.streams import Line
from tests.live import PROGRAM, Server
from tests.rows import opened
from tests.server.link import SITE, Link

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

DELAY = 1.0  # seconds each way
LOSS = 0.2
MEMBERS = 12
LONG = 150.0  # seconds; a request may need many packets sent again


@dataclass
class Told:
    tried: int = 0
    refused: int = 0
    promised: list[str] = field(default_factory=list)
    saw_all: int = 0


async def exercise(base_url: str) -> Told:
    """A whole round: everybody joins, follows, votes until the vote is kept, and sees the answers."""
    told = Told()

    async def keep_trying(client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
        for _ in range(6):
            told.tried += 1
            try:
                answer = await client.request(method, path, **more)  # type: ignore[arg-type]
            except httpx.TransportError:
                told.refused += 1  # as the page does: it says so, keeps the choice, and is sent again
                continue
            assert answer.status_code < 300, answer.text
            return answer
        raise AssertionError(f"{path} never came through")

    limits = httpx.Limits(max_connections=2 * MEMBERS)
    async with httpx.AsyncClient(base_url=base_url, timeout=LONG / 3, limits=limits, trust_env=False) as client:
        room = await new_room(client, "training")
        await asyncio.gather(room.start_round())
        await room.go("voting")

        async def member(number: int, all_in: asyncio.Event) -> None:
            joined = await keep_trying(client, "POST", f"/api/v1/groups/{room.code}/members")
            phone = Phone(client, room.code, joined.json()["member_token"])
            path = f"/api/v1/groups/{room.code}/guess"
            for choice in ("drive", "threat"):  # and changes their mind
                vote = {"system": choice, "reason": f"{number} {choice}"}
                await keep_trying(client, "PUT", path, json=vote, headers=phone.headers)
            told.promised.append(f"{number} threat")
            if len(told.promised) == MEMBERS:
                all_in.set()

        async def watcher(all_in: asyncio.Event) -> None:
            async with Line(base_url, f"/api/v1/groups/{room.code}/events?screen=true") as stream:
                await stream.event(lambda data: data["phase"] == "voting", LONG)
                await all_in.wait()
                await stream.event(lambda data: data["answered"] == MEMBERS, LONG)
                await stream.event(lambda data: data["phase"] == "revealed", LONG)
                told.saw_all += 1

        all_in = asyncio.Event()
        watching = asyncio.gather(*(watcher(all_in) for _ in range(3)))
        await asyncio.gather(*(member(number, all_in) for number in range(MEMBERS)))
        await asyncio.sleep(10 * DELAY)
        await keep_trying(
            client, "POST", f"/api/v1/groups/{room.code}/phase", json={"phase": "revealed"}, headers=room.headers
        )
        await watching
    return told


async def test_phones_on_a_bad_link_join_vote_and_see_the_answers(
    tmp_path: Path, database_url: str, fault: Fault
) -> None:
    settings = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "VIGNETTES_DIR": str(put_cases(tmp_path / "cases")),
    }
    with (
        Link(DELAY, LOSS) as link,
        Server(tmp_path, settings, link.program(tmp_path / "there", PROGRAM), wait=False) as server,
    ):
        assert SITE in server.base_url
        told = await asyncio.wait_for(link.among_phones(lambda: exercise(server.base_url)), 2 * LONG)
        share = link.dropped / (link.dropped + link.passed)
    assert 0.1 < share < 0.3
    assert told.saw_all == 3
    with opened(database_url) as engine:
        assert ballot_tallies(engine) == ballots_recounted(engine)
        lost = len(set(told.promised) - reasons(engine))
        assert sum(sum(counts.values()) for counts in ballot_tallies(engine).values()) == MEMBERS
    fault(
        "phones on a link with 2 s delay and 20 % loss",
        tried=told.tried,
        refused=told.refused,
        lost=lost,
        seen="Everything comes some seconds later; a vote that did not get through is still chosen, to be sent again.",
    )
