"""Someone tries group codes, up to a million, as fast as the server answers them."""

import asyncio
from collections import Counter
from random import Random
from time import monotonic
from urllib.parse import urlsplit

import pytest

from api.kit.join_codes import ALPHABET, LENGTH
from tests.faults import Fault
from tests.groups.servers import visiting, voting_room
from tests.live import StartServer
from tests.server.raw import get
from tests.server.steady import Steady

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

CODES = 1_000_000
CONNECTIONS = 4
AT_ONCE = 100  # requests sent before the first answer is read
SECONDS = 400.0  # no longer than this; the table says how many it came to
A_MINUTE = 60  # wrong codes that an address may try


async def try_codes(base_url: str, chance: Random, end: float, answers: Counter[int], most: int) -> None:
    """Asks for groups that may be there, one after the other without a pause."""
    address = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    while answers.total() < most and monotonic() < end:
        for _ in range(AT_ONCE):
            code = "".join(chance.choices(ALPHABET, k=LENGTH)).encode()
            # From another address each time, as anyone who can write headers will say.
            writer.write(get(b"/g/" + code, b"X-Forwarded-For: 192.0.2.%d" % chance.randrange(256)))
        for _ in range(AT_ONCE):
            head = await reader.readuntil(b"\r\n\r\n")
            answers[int(head[9:12])] += 1
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length))
    writer.close()


async def test_codes_tried_without_a_pause_find_no_group_and_few_are_looked_up(
    start_server: StartServer, database_url: str, fault: Fault
) -> None:
    server = await asyncio.to_thread(start_server, RATE_LIMIT="on")
    answers: Counter[int] = Counter()
    async with visiting(server.base_url) as client:
        room, phones = await voting_room(client, 5)
        async with Steady(server.base_url, learners=4, pause=1.0) as learners:
            began = monotonic()
            chance = Random(7)
            await asyncio.gather(
                *(try_codes(server.base_url, chance, began + SECONDS, answers, CODES) for _ in range(CONNECTIONS))
            )
            took = monotonic() - began
            for phone in phones:  # anyone who is in is not kept out by it
                await phone.must_vote("drive")
            await learners.more(4)
        assert (await room.state())["answered"] == len(phones)
    looked_up = answers[404] + answers[200]
    assert set(answers) <= {404, 429}
    assert looked_up <= A_MINUTE * (1 + took // 60 + 1)
    groups = len(ALPHABET) ** LENGTH / looked_up
    fault(
        "wrong codes as fast as they can be sent",
        tried=answers.total() + len(learners.sent) + len(phones),
        refused=answers.total(),
        lost=learners.lost(database_url) + answers[200] + len(learners.refusals),
        seen=f"Members: nothing. The guesser: that they have to wait. {looked_up} codes were looked up;"
        f" the chance to meet a given group was 1 in {groups:,.0f}.",
    )
