"""The process is killed at every step of a round: it comes back at the same step, with every vote."""

import asyncio
from pathlib import Path

import httpx
import pytest

from api.groups.phases import PHASES
from tests.faults import Fault
from tests.groups.room import Phone, Room, new_room
from tests.groups.rows import ballot_tallies, ballots_recounted, vote_rows
from tests.groups.servers import visiting, wall
from tests.live import Server, StartServer
from tests.rows import opened

pytestmark = pytest.mark.both_databases

MEMBERS = 6
OPEN = {"voting": "drive", "revoting": "threat"}  # and what everyone chooses then


async def act(server: Server, room: Room, phones: list[Phone], phase: str) -> tuple[int, int]:
    """Takes the step, and votes if it is open. Then the power goes, with the last votes under way.

    Gives how many requests were sent, and how many of them were answered.
    """
    async with visiting(server.base_url) as client:
        room, phones = Room(client, room.code, room.key), [Phone(client, room.code, phone.token) for phone in phones]
        if phase == "reading":
            await room.start_round()
        else:
            await room.go(phase)
        if phase not in OPEN:
            server.kill()
            return 1, 1
        for phone in phones:
            await phone.must_vote(OPEN[phase], reason="first words")
        last = [asyncio.create_task(phone.vote(OPEN[phase], reason="last words")) for phone in phones]
        await asyncio.wait(last, return_when=asyncio.FIRST_COMPLETED)
        server.kill()
        answers = await asyncio.gather(*last, return_exceptions=True)
    kept = [answer for answer in answers if isinstance(answer, httpx.Response) and answer.status_code == 200]
    return 1 + 2 * len(phones), 1 + len(phones) + len(kept)


async def found(server: Server, room: Room, phones: list[Phone], phase: str) -> None:
    """What everyone finds after the restart: the step, their own vote, and all votes counted."""
    async with visiting(server.base_url) as client, wall(server.base_url, room.code) as stream:
        told = (await stream.event()).data
        assert (told["phase"], told["members"]) == (phase, MEMBERS)
        if phase in OPEN:
            assert told["answered"] == MEMBERS
        for phone in phones:
            here = Phone(client, room.code, phone.token)
            state = await here.state()
            assert state["phase"] == phase
            if phase in OPEN:
                assert state["guess"]["system"] == OPEN[phase]
            page = await client.get(f"/g/{room.code}", headers=here.cookies)
            assert page.status_code == 200
            assert f"-{phase}" in page.text


@pytest.mark.faults
async def test_a_server_killed_at_any_step_of_a_round_comes_back_at_that_step(
    start_server: StartServer, database_url: str, tmp_path: Path, fault: Fault
) -> None:
    server = await asyncio.to_thread(start_server)
    async with visiting(server.base_url) as client:
        room = await new_room(client, "training")
        phones = await room.people(MEMBERS)
    tried = answered = 0
    for phase in PHASES:
        sent, kept = await act(server, room, phones, phase)
        tried, answered = tried + sent, answered + kept
        server = await asyncio.to_thread(start_server)
        await found(server, room, phones, phase)
    with opened(database_url) as engine:
        votes = vote_rows(engine)
        assert ballot_tallies(engine) == ballots_recounted(engine)
    by_ballot = {number: sum(row[1] == number for row in votes) for number in (1, 2)}
    fault(
        "kill -9 at every step of a round",
        tried=tried,
        refused=tried - answered,
        lost=2 * MEMBERS - sum(by_ballot.values()),
        seen="For the seconds of the restart “connection lost”; then the same step, with one's own choice.",
    )
