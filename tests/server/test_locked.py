"""Another process holds the database: the server says so, keeps nothing, and ends all the same."""

import asyncio
import time

import httpx
import pytest

from tests.cast import ANA
from tests.faults import Fault
from tests.live import Server, StartServer
from tests.locking import locked
from tests.rows import opened, reasons
from tests.server.load import Load

pytestmark = pytest.mark.both_databases

PATIENCE = 6.0  # the product gives up by itself well before


def test_a_database_locked_by_another_process_is_told_and_the_choice_is_kept(
    start_server: StartServer, database_url: str, fault: Fault
) -> None:
    server = start_server()
    with httpx.Client(base_url=server.base_url, timeout=PATIENCE, trust_env=False) as client:
        token = client.post("/api/v1/learners").json()["learner_token"]
        headers = {"Authorization": f"Bearer {token}"}
        guess = {"system": "drive", "reason": "for the api"}
        form = {"system": "threat", "reason": "for the page"}
        with opened(database_url) as engine, locked(engine):
            refused = client.post(f"/api/v1/vignettes/{ANA}/guesses", json=guess, headers=headers)
            page = client.post(f"/vignettes/{ANA}/guesses", data=form)
            fragment = client.post(f"/vignettes/{ANA}/guesses", data=form, headers={"HX-Request": "true"})

        assert [refused.status_code, page.status_code, fragment.status_code] == [503] * 3
        assert all(int(answer.headers["retry-after"]) > 0 for answer in (refused, page, fragment))
        assert 'value="threat" checked' in page.text
        assert 'value="threat" checked' in fragment.text
        assert "<html" in page.text
        assert "<html" not in fragment.text

        accepted = client.post(f"/api/v1/vignettes/{ANA}/guesses", json=guess | {"reason": "later"}, headers=headers)
        assert accepted.status_code == 201
    with opened(database_url) as engine:
        kept = reasons(engine)
    assert kept == ["later"]
    fault(
        "database locked by another process",
        tried=4,
        refused=3,
        lost=1 - len(kept),
        seen="After two seconds the form again, with the choice as it was, and “please send it again in a moment”.",
    )


async def test_sigterm_ends_the_process_in_three_seconds_though_the_database_is_locked(
    start_server: StartServer, database_url: str
) -> None:
    server: Server = await asyncio.to_thread(start_server)
    load = Load(server.base_url)
    running = asyncio.create_task(load.run(50))
    await asyncio.wait_for(load.enough.wait(), 20)
    with opened(database_url) as engine, locked(engine):
        # Long enough that everyone waits for the lock.
        await asyncio.sleep(0.3)
        asked = time.monotonic()
        server.terminate()
        await asyncio.to_thread(server.process.wait, 10)
        took = time.monotonic() - asked
    await asyncio.wait_for(running, 20)

    assert took < 3
    with opened(database_url) as engine:
        assert load.acknowledged <= set(reasons(engine))
