"""The broker between two processes is killed and comes back while people answer and vote through both."""

import asyncio
from pathlib import Path

import pytest

from tests.faults import Fault
from tests.groups.brokers import BrokerServer, find_broker
from tests.groups.room import Phone
from tests.groups.servers import answered, eventually, visiting, voting_room, wall
from tests.live import StartServer
from tests.server.steady import Steady

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)]

SOON = 10.0  # how old what is seen may get without a broker, on a busy machine


async def test_without_its_broker_everything_is_kept_and_seen_a_little_later(
    start_server: StartServer, database_url: str, tmp_path: Path, fault: Fault
) -> None:
    broker = BrokerServer(find_broker(), tmp_path)
    broker.start()
    try:
        # Limits are counted in the broker as well.
        one, other = [await asyncio.to_thread(start_server, BROKER_URL=broker.url, RATE_LIMIT="on") for _ in range(2)]
        await eventually(lambda: broker.listeners() == 2)
        async with (
            visiting(one.base_url) as here,
            visiting(other.base_url) as there,
            Steady(one.base_url, learners=4, pause=0.6) as left,
            Steady(other.base_url, learners=4, pause=0.6) as right,
        ):
            room, phones = await voting_room(here, 6)
            elsewhere = [Phone(there, phone.code, phone.token) for phone in phones]
            async with wall(one.base_url, room.code) as near, wall(other.base_url, room.code) as far:
                for number, phone in enumerate(elsewhere, start=1):
                    if number in (2, 5):
                        broker.kill()
                    if number in (4, 6):
                        await asyncio.to_thread(broker.start)
                        await eventually(lambda: broker.listeners() == 2)
                    await phone.must_vote("drive")
                    for stream in (near, far):
                        await stream.event(answered(number), SOON)
                    await left.more(4)
                    await right.more(4)
                assert not near.ended
                assert not far.ended
    finally:
        broker.kill()
    assert left.refusals + right.refusals == []
    fault(
        "broker killed and back, twice",
        tried=len(left.sent) + len(right.sent) + len(phones),
        refused=0,
        lost=left.lost(database_url, right),
        seen="Nothing, but that the answers of others appear up to two seconds later.",
    )
