"""Phones on a link of two seconds there and back that loses every fifth packet each way."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from tests.cast import put_cases
from tests.faults import Fault
from tests.groups.room import Room, bearer, new_room
from tests.groups.rows import ballot_tallies, ballots_recounted, reasons
from tests.groups.servers import visiting, wall
from tests.live import PROGRAM, Server
from tests.rows import opened
from tests.server.link import SITE, Link

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

DELAY = 1.0  # seconds each way
LOSS = 0.2
MEMBERS = 6
WATCHERS = 2
PATIENCE = 30.0  # seconds for one request; then it is sent again
LONG = 300.0  # for the whole round


@dataclass
class Exercise:
    """A round of a group: who leads sits beside the server, everyone else far away."""

    base_url: str
    code: str = ""
    key: str = ""
    tried: int = 0
    refused: int = 0
    promised: list[str] = field(default_factory=list)
    saw_all: int = 0
    all_in: threading.Event = field(default_factory=threading.Event)

    async def begin(self) -> None:
        async with visiting(self.base_url) as client:
            room = await new_room(client, "training")
            await room.start_round()
            await room.go("voting")
            self.code, self.key = room.code, room.key

    async def reveal(self) -> None:
        async with visiting(self.base_url) as client:
            await Room(client, self.code, self.key).go("revealed")

    async def far_away(self) -> None:
        """Everyone joins, votes until the vote is kept, changes their mind, and sees the answers."""
        limits = httpx.Limits(max_connections=2 * MEMBERS)
        async with httpx.AsyncClient(base_url=self.base_url, timeout=PATIENCE, limits=limits, trust_env=False) as there:
            watching = [asyncio.create_task(self._watch()) for _ in range(WATCHERS)]
            await asyncio.gather(*(self._member(there, number) for number in range(MEMBERS)))
            self.all_in.set()
            await asyncio.gather(*watching)

    async def _member(self, client: httpx.AsyncClient, number: int) -> None:
        group = f"/api/v1/groups/{self.code}"
        joined = await self._keep_trying(client, "POST", f"{group}/members")
        headers = bearer(joined.json()["member_token"])
        for choice in ("drive", "threat"):
            vote = {"system": choice, "reason": f"{number} {choice}"}
            await self._keep_trying(client, "PUT", f"{group}/guess", json=vote, headers=headers)
        self.promised.append(f"{number} threat")

    async def _keep_trying(self, client: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
        for _ in range(10):
            self.tried += 1
            try:
                answer = await client.request(method, path, **more)
            except httpx.TransportError:
                self.refused += 1  # the page says so and keeps the choice; it is sent again
                continue
            assert answer.status_code < 300, answer.text
            return answer
        raise AssertionError(f"{path} never came through")

    async def _watch(self) -> None:
        """Follows the group as a page does: a stream that breaks off, or says nothing any more, is opened again."""
        end = monotonic() + LONG
        for phase in ("voting", "revealed"):
            there = False
            while not there:
                assert monotonic() < end, f"{phase} was never seen"
                async with wall(self.base_url, self.code) as stream:
                    with suppress(AssertionError):
                        await stream.event(_reached(phase), PATIENCE)
                        there = True
        self.saw_all += 1


def _reached(phase: str) -> Callable[[Any], bool]:
    return lambda data: data["phase"] in (phase, "revealed")


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
        told = Exercise(server.base_url)
        await link.inside(link.site, told.begin)
        phones = asyncio.create_task(link.inside(link.phones, told.far_away))
        await asyncio.to_thread(told.all_in.wait, LONG)
        await link.inside(link.site, told.reveal)
        await asyncio.wait_for(phones, LONG)
        share = link.dropped / (link.dropped + link.passed)
    assert 0.1 < share < 0.3
    assert told.saw_all == WATCHERS
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
