"""PostgreSQL is restarted, crashes, and throws everyone out, while people answer: the server heals by itself."""

import asyncio
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cast import put_cases
from tests.databases import migrated
from tests.faults import Fault
from tests.groups.servers import answered, visiting, voting_room, wall
from tests.live import Server
from tests.postgres import OwnServer, Postgres, binaries
from tests.server.steady import Steady

pytestmark = pytest.mark.faults

# A commit that was answered is in the log of the database, whose process may fall; only the machine may not.
SETTINGS = ("fsync=off", "synchronous_commit=on", "max_connections=60")


@pytest.fixture(scope="module")
def database() -> Iterator[OwnServer]:
    """A PostgreSQL of these tests' own."""
    with tempfile.TemporaryDirectory(prefix="three-circles-pg-") as folder:
        server = OwnServer(binaries(), Path(folder))
        server.start(*SETTINGS)
        try:
            yield server
        finally:
            server.stop(signal.SIGINT)


@pytest.fixture(scope="module")
def databases(database: OwnServer) -> Postgres:
    return Postgres(database.url)


@pytest.fixture
def own_url(databases: Postgres) -> str:
    """The URL of a migrated database of one test."""
    return migrated(databases.url(databases.create()))


@pytest.fixture
def site(tmp_path: Path, own_url: str) -> Iterator[Server]:
    settings = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": own_url,
        "VIGNETTES_DIR": str(put_cases(tmp_path / "cases")),
        "RATE_LIMIT": "off",
    }
    with Server(tmp_path, settings) as server:
        yield server


async def test_a_database_that_restarts_or_crashes_is_told_as_503_and_taken_up_again(
    site: Server, database: OwnServer, own_url: str, fault: Fault
) -> None:
    async with visiting(site.base_url) as client:
        room, phones = await voting_room(client, 4)
        async with wall(site.base_url, room.code) as stream, Steady(site.base_url) as learners:
            await stream.event()
            for number, how in enumerate((signal.SIGINT, signal.SIGQUIT), start=1):
                await asyncio.to_thread(database.stop, how)
                await learners.refused(learners.learners)
                assert (await client.get("/readyz")).status_code == 503
                assert (await client.get("/healthz")).status_code == 200
                assert (await phones[0].vote("drive")).status_code == 503
                page = await client.get(f"/g/{room.code}", headers=phones[0].cookies)
                assert page.status_code == 503
                assert "try again" in page.text
                await asyncio.to_thread(database.start, *SETTINGS)
                await learners.more(5 * learners.learners)
                assert (await client.get("/readyz")).status_code == 200
                await phones[number].must_vote("drive")
                await stream.event(answered(number))
            assert not stream.ended
    assert set(learners.refusals) == {503}
    fault(
        "PostgreSQL restarted, and crashed",
        tried=len(learners.sent),
        refused=len(learners.refusals),
        lost=learners.lost(own_url),
        on="postgresql",
        seen="For as long as it is away: a page that says to try again in a moment, with the choice still there.",
    )


async def test_after_every_connection_was_ended_the_next_guess_is_kept(
    site: Server, database: OwnServer, own_url: str, fault: Fault
) -> None:
    async with visiting(site.base_url) as client:
        room, phones = await voting_room(client, 5)
        async with wall(site.base_url, room.code) as stream, Steady(site.base_url) as learners:
            for number, phone in enumerate(phones, start=1):
                ended = await asyncio.to_thread(_end_connections, database.url)
                assert ended > 0
                await phone.vote("drive")
                assert (await phone.vote("drive")).status_code == 200  # the first may have met the end itself
                await stream.event(answered(number))
                await learners.more(2 * learners.learners)
            assert not stream.ended
    assert set(learners.refusals) <= {503}
    fault(
        "failed over to an empty connection pool",
        tried=len(learners.sent),
        refused=len(learners.refusals),
        lost=learners.lost(own_url),
        on="postgresql",
        seen="At most once “please send it again”; the next try is kept.",
    )


def _end_connections(url: str) -> int:
    """Ends every other connection, as a database does that hands over to another machine."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert ended is not None
    return int(ended[0])
