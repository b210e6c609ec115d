"""Two server processes behind one PostgreSQL and one broker, and what happens when the broker goes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.groups.brokers import BrokerServer, find_broker
from tests.groups.rows import ballot_tallies, ballots_recounted
from tests.groups.servers import eventually, visiting, voting_room, wall
from tests.groups.streams import Feed
from tests.live import Server, StartServer
from tests.rows import opened

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

SOON = 5.0  # how old what is seen may get without a broker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerServer]:
    server = BrokerServer(find_broker(), tmp_path)
    server.start()
    yield server
    server.kill()


async def start_two(start_server: StartServer, broker: BrokerServer, **more: str) -> list[Server]:
    servers = [await asyncio.to_thread(start_server, BROKER_URL=broker.url, **more) for _ in range(2)]
    await eventually(lambda: broker.listeners() == 2)
    return servers


async def test_votes_through_both_reach_the_streams_of_both(
    start_server: StartServer, broker: BrokerServer, database_url: str
) -> None:
    one, other = await start_two(start_server, broker)
    async with visiting(one.base_url) as first, visiting(other.base_url) as second:
        room, phones = await voting_room(first, 40)
        async with wall(one.base_url, room.code) as left, wall(other.base_url, room.code) as right:
            await left.event()
            await right.event()
            elsewhere = [type(phone)(second, phone.code, phone.token) for phone in phones[20:]]
            answers = await asyncio.gather(
                *(phone.vote("drive") for phone in phones[:20]), *(phone.vote("threat") for phone in elsewhere)
            )
            assert {answer.status_code for answer in answers} == {200}
            for stream in (left, right):
                told = await stream.event(lambda data: data["answered"] == 40)
                assert told.data["members"] == 40
            await room.go("revealed")
            for stream in (left, right):
                told = await stream.event(lambda data: data["phase"] == "revealed")
                counts = [share["count"] for share in told.data["results"]["ballots"][0]["systems"]]
                assert counts == [20, 20, 0, 0, 0]
    with opened(database_url) as engine:
        assert ballot_tallies(engine) == ballots_recounted(engine)


async def test_one_member_who_votes_through_both_at_once_has_one_vote(
    start_server: StartServer, broker: BrokerServer, database_url: str
) -> None:
    one, other = await start_two(start_server, broker)
    async with visiting(one.base_url) as first, visiting(other.base_url) as second:
        _, phones = await voting_room(first, 4)
        elsewhere = [type(phone)(second, phone.code, phone.token) for phone in phones]
        for _ in range(15):
            answers = await asyncio.gather(
                *(phone.vote("drive") for phone in phones), *(phone.vote("threat") for phone in elsewhere)
            )
            assert {answer.status_code for answer in answers} <= {200, 503}
    with opened(database_url) as engine:
        assert [sum(counts.values()) for counts in ballot_tallies(engine).values()] == [4]
        assert ballot_tallies(engine) == ballots_recounted(engine)


async def lose_and_regain(servers: list[Server], broker: BrokerServer) -> None:
    one, other = servers
    async with visiting(one.base_url) as client:
        room, phones = await voting_room(client, 6)

        async def both(left: Feed, right: Feed, number: int, patience: float) -> None:
            await left.event(lambda data: data["answered"] == number, patience)
            await right.event(lambda data: data["answered"] == number, patience)

        async with wall(one.base_url, room.code) as left, wall(other.base_url, room.code) as right:
            await phones[0].must_vote("drive")
            await both(left, right, 1, SOON)

            broker.kill()
            for number, phone in enumerate(phones[1:4], start=2):
                assert (await phone.vote("threat")).status_code == 200
                await both(left, right, number, SOON)

            await asyncio.to_thread(broker.start)
            await eventually(lambda: broker.listeners() == 2)
            await phones[4].must_vote("drive")
            await both(left, right, 5, SOON)
            assert not left.ended
            assert not right.ended


async def test_without_its_broker_votes_are_kept_and_streams_go_on_by_looking(
    start_server: StartServer, broker: BrokerServer
) -> None:
    await lose_and_regain(await start_two(start_server, broker), broker)


async def test_the_same_with_requests_limited_as_they_are_by_default(
    start_server: StartServer, broker: BrokerServer
) -> None:
    await lose_and_regain(await start_two(start_server, broker, RATE_LIMIT="on"), broker)


async def test_a_server_starts_and_serves_without_its_broker(start_server: StartServer, broker: BrokerServer) -> None:
    broker.kill()
    server = await asyncio.to_thread(start_server, BROKER_URL=broker.url)
    async with visiting(server.base_url) as client:
        room, phones = await voting_room(client, 1)
        async with wall(server.base_url, room.code) as stream:
            await stream.event()
            await phones[0].must_vote("drive")
            await stream.event(lambda data: data["answered"] == 1, SOON)
