"""The disk fills up while people answer, and is freed again."""

import asyncio
from pathlib import Path

import pytest

from tests.disks import fill
from tests.faults import Fault
from tests.groups.servers import visiting
from tests.live import StartServer
from tests.server.steady import Steady

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]


async def test_on_a_full_disk_guesses_are_refused_until_there_is_room(
    start_server: StartServer, small_disk: Path, fault: Fault
) -> None:
    # The secret key and the database both live on the disk, as they do by default.
    url = f"sqlite:///{small_disk / 'three-circles.db'}"
    server = await asyncio.to_thread(start_server, DATABASE_URL=url, DATA_DIR=str(small_disk), SECRET_KEY="")
    async with visiting(server.base_url) as client, Steady(server.base_url) as learners:
        for _ in range(2):
            filler = fill(small_disk)
            await learners.refused(5 * learners.learners)
            assert (await client.get("/practice", follow_redirects=True)).status_code == 200
            assert (await client.get("/healthz")).status_code == 200
            filler.unlink()
            await learners.more(5 * learners.learners)
    assert set(learners.refusals) == {503}
    server.kill()
    fault(
        "disk full",
        tried=len(learners.sent),
        refused=len(learners.refusals),
        lost=learners.lost(url),
        seen="The stories can be read. An answer comes back with the choice kept, and “please send it again”.",
    )
