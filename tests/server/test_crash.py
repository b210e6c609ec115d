"""What was acknowledged is on disk, whatever happens to the process a moment later."""

import asyncio
import time

import pytest

from tests.faults import Fault
from tests.live import StartServer
from tests.rows import opened, reasons, recounted, tallies
from tests.server.load import Load

pytestmark = pytest.mark.both_databases

ROUNDS = 2
GUESSES = 200


async def test_a_guess_answered_with_success_survives_kill_9(
    start_server: StartServer, database_url: str, fault: Fault
) -> None:
    promised: set[str] = set()
    tried = 0
    for _ in range(ROUNDS):
        server = await asyncio.to_thread(start_server)
        load = Load(server.base_url)
        running = asyncio.create_task(load.run(GUESSES))
        await asyncio.wait_for(load.enough.wait(), 20)
        server.kill()
        await asyncio.wait_for(running, 20)
        promised |= load.acknowledged
        tried += len(load.sent)
        assert load.refused == []

    await asyncio.to_thread(start_server)  # what the killed process left behind is taken up again
    with opened(database_url) as engine:
        kept = reasons(engine)
        assert len(promised) >= ROUNDS * GUESSES
        assert len(kept) == len(set(kept))
        assert tallies(engine) == recounted(engine)
    fault(
        "kill -9 under load",
        tried=tried,
        refused=tried - len(promised),
        lost=len(promised - set(kept)),
        seen="“We cannot reach the server. Your answer is still here.” After the restart all is there.",
    )


async def test_sigterm_under_load_loses_nothing_and_ends_in_three_seconds(
    start_server: StartServer, database_url: str, fault: Fault
) -> None:
    server = await asyncio.to_thread(start_server)
    load = Load(server.base_url)
    running = asyncio.create_task(load.run(GUESSES))
    await asyncio.wait_for(load.enough.wait(), 20)

    asked = time.monotonic()
    server.terminate()
    await asyncio.to_thread(server.process.wait, 20)
    took = time.monotonic() - asked
    await asyncio.wait_for(running, 20)

    assert took < 3
    assert server.process.returncode in (0, -15)
    with opened(database_url) as engine:
        # Nothing that was refused is half done, and anyone who was answered is there.
        kept = set(reasons(engine))
        assert kept <= load.sent
        assert tallies(engine) == recounted(engine)
    fault(
        "SIGTERM under load",
        tried=len(load.sent),
        refused=len(load.sent) - len(load.acknowledged),
        lost=len(load.acknowledged - kept),
        seen="What is under way is answered; then “we could not reach the server” until it is back.",
    )
