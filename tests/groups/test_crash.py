"""Votes and streams when the process or its database goes: nothing that was acknowledged is lost."""

import asyncio
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.disks import fill
from tests.groups.room import Phone
from tests.groups.rows import ballot_tallies, ballots_recounted, reasons
from tests.groups.servers import visiting, voting_room, wall
from tests.live import Server, StartServer
from tests.locking import locked
from tests.rows import opened

pytestmark = pytest.mark.both_databases

PEOPLE = 40  # more than LIMITS lets through at once
sqlite_only = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


async def test_every_acknowledged_vote_survives_kill_9_and_streams_find_the_right_phase(
    start_server: StartServer, database_url: str
) -> None:
    server = await asyncio.to_thread(start_server)
    async with visiting(server.base_url) as client:
        room, phones = await voting_room(client, PEOPLE)
    numbers = count(1)
    promised: dict[int, int] = {}  # by phone, the number of the last vote that it was promised

    async def keep_voting(place: int, phone: Phone, enough: asyncio.Event) -> None:
        here = 0
        while True:
            number = next(numbers)
            try:
                answer = await phone.vote("drive", reason=f"{place} {number}")
            except httpx.TransportError:
                return  # the server has gone; what it promised before stands
            assert answer.status_code == 200
            promised[place] = number
            here += 1
            if here > 2 and len(promised) == PEOPLE:
                enough.set()

    for _ in range(2):
        async with visiting(server.base_url) as client, wall(server.base_url, room.code) as stream:
            await stream.event()
            enough = asyncio.Event()
            there = [Phone(client, phone.code, phone.token) for phone in phones]
            running = [asyncio.create_task(keep_voting(place, phone, enough)) for place, phone in enumerate(there)]
            await asyncio.wait_for(enough.wait(), 30)
            server.kill()
            await asyncio.wait_for(asyncio.gather(*running), 30)
            await stream.until(lambda feed: feed.ended)
        server = await asyncio.to_thread(start_server)

    with opened(database_url) as engine:
        kept = {int(place): int(number) for place, number in (reason.split() for reason in reasons(engine))}
        # A vote that was on its way may be there without having been promised; none that was promised is gone.
        assert {place: number for place, number in promised.items() if kept.get(place, 0) < number} == {}
        assert len(promised) == PEOPLE
        assert ballot_tallies(engine) == ballots_recounted(engine)
        answered = sum(sum(counts.values()) for counts in ballot_tallies(engine).values())
    async with wall(server.base_url, room.code) as stream:
        told = (await stream.event()).data
        assert (told["phase"], told["answered"], told["members"]) == ("voting", answered, PEOPLE)


@sqlite_only
async def test_a_locked_database_keeps_no_vote_and_the_page_keeps_the_choice(
    start_server: StartServer, database_url: str
) -> None:
    server: Server = await asyncio.to_thread(start_server)
    async with visiting(server.base_url) as client:
        room, phones = await voting_room(client, 2)
        phone = phones[0]
        form = {"system": "threat", "reason": "the brown letter", "confidence": "sure"}
        with opened(database_url) as engine, locked(engine):
            refused = await phone.vote("drive")
            page = await client.post(f"/g/{room.code}/guess", data=form, headers=phone.cookies)
            fragment = await client.post(
                f"/g/{room.code}/guess", data=form, headers=phone.cookies | {"HX-Request": "true"}
            )
            reading = await client.get(f"/g/{room.code}/now/member", headers=phone.cookies)

        assert [answer.status_code for answer in (refused, page, fragment, reading)] == [503, 503, 503, 200]
        assert all(int(answer.headers["retry-after"]) > 0 for answer in (refused, page, fragment))
        for answer in (page, fragment):
            assert 'value="threat" checked' in answer.text
            assert 'value="sure" checked' in answer.text
            assert 'value="the brown letter"' in answer.text
            assert "send it again" in answer.text
        assert ("<html" in page.text, "<html" in fragment.text) == (True, False)
        assert (await phone.state())["guess"] is None

        assert (await phone.must_vote("drive"))["answered"] == 1
        kept = await client.post(f"/g/{room.code}/guess", data=form, headers=phone.cookies)
        assert kept.status_code == 303
    with opened(database_url) as engine:
        assert list(ballot_tallies(engine).values()) == [{"threat": 1}]


@sqlite_only
async def test_on_a_full_disk_votes_are_refused_and_none_that_was_acknowledged_is_lost(
    start_server: StartServer, small_disk: Path
) -> None:
    url = f"sqlite:///{small_disk / 'three-circles.db'}"
    server = await asyncio.to_thread(start_server, DATABASE_URL=url)
    async with visiting(server.base_url) as client:
        room, phones = await voting_room(client, 60)
        filler = fill(small_disk)
        own: dict[str, str] = {}
        refused = 0
        for number in range(2000):
            phone = phones[number % len(phones)]
            name = f"vote {number} " + "x" * 200
            answer = await phone.vote("drive", reason=name)
            assert answer.status_code in (200, 503), answer.text
            if answer.status_code == 200:
                own[phone.token] = name
            else:
                refused += 1
                if refused == 5:
                    break
        assert refused == 5
        assert (await phones[0].client.get("/healthz")).status_code == 200
        told = await phones[0].state()
        assert told["answered"] == len(own)

        filler.unlink()
        assert (await phones[-1].vote("threat", reason="afterwards")).status_code == 200
        own[phones[-1].token] = "afterwards"
        assert (await room.state())["answered"] == len(own)
    server.kill()
    with opened(url) as engine:
        assert set(own.values()) == reasons(engine)
        assert ballot_tallies(engine) == ballots_recounted(engine)
