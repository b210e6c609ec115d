"""Two processes on one PostgreSQL."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.cast import ANA, put_cases
from tests.live import Server
from tests.rows import attempts, opened, reasons, recounted, tallies
from tests.server.load import Load

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "VIGNETTES_DIR": str(put_cases(tmp_path / "cases")),
        "RATE_LIMIT": "off",
    }


async def test_both_record_guesses_and_the_tally_is_right(
    tmp_path: Path, environment: dict[str, str], database_url: str
) -> None:
    with Server(tmp_path, environment) as one, Server(tmp_path, environment) as other:
        loads = [Load(one.base_url), Load(other.base_url)]
        running = [asyncio.create_task(load.run(200)) for load in loads]
        await asyncio.wait_for(asyncio.gather(*(load.enough.wait() for load in loads)), 20)
        one.terminate()
        other.terminate()
        await asyncio.wait_for(asyncio.gather(*running), 20)
        await asyncio.gather(*(asyncio.to_thread(server.process.wait, 5) for server in (one, other)))

    assert [status for load in loads for status in load.refused if status != 503] == []
    with opened(database_url) as engine:
        assert loads[0].acknowledged | loads[1].acknowledged <= set(reasons(engine))
        assert tallies(engine) == recounted(engine)


async def test_one_learner_who_answers_through_both_at_once_makes_attempts_without_gaps(
    tmp_path: Path, environment: dict[str, str], database_url: str
) -> None:
    with Server(tmp_path, environment) as one, Server(tmp_path, environment) as other:
        async with (
            httpx.AsyncClient(base_url=one.base_url, trust_env=False) as first,
            httpx.AsyncClient(base_url=other.base_url, trust_env=False) as second,
        ):
            token = (await first.post("/api/v1/learners")).json()["learner_token"]
            headers = {"Authorization": f"Bearer {token}"}
            statuses: list[int] = []
            for _ in range(60):
                answers = await asyncio.gather(
                    *(
                        client.post(f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers=headers)
                        for client in (first, second)
                    )
                )
                statuses += [answer.status_code for answer in answers]

    assert set(statuses) <= {201, 503}
    with opened(database_url) as engine:
        assert attempts(engine) == list(range(1, statuses.count(201) + 1))
        assert tallies(engine) == recounted(engine)


def test_two_first_starts_at_once_on_an_empty_database_both_come_up(
    tmp_path: Path, empty_database_url: str, environment: dict[str, str]
) -> None:
    async def start_both() -> list[Server]:
        servers = [Server(tmp_path, environment | {"DATABASE_URL": empty_database_url}) for _ in range(2)]
        return list(await asyncio.gather(*(asyncio.to_thread(server.__enter__) for server in servers)))

    servers = asyncio.run(start_both())
    try:
        for server in servers:
            found = httpx.get(f"{server.base_url}/api/v1/vignettes", timeout=10, trust_env=False).json()["items"]
            assert len(found) == 3
    finally:
        for server in servers:
            server.__exit__(None, None, None)
