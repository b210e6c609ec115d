"""The slowest texts that a trainer can send hold up no one else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import httpx
import pytest
from sqlalchemy import Engine

from api.persistence.engine import make_engine
from api.vignettes.reading import LARGEST_FILE
from tests.cast import ANA
from tests.client import Learner, new_learner
from tests.editorial.people import DAN, DAN_FILE, MARKDOWN, make_person
from tests.faults import Fault
from tests.live import StartServer

pytestmark = [pytest.mark.faults, pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)]

WORST = ("[a]{.", "[a]{.b", "a]{ ", "[", "\n", "- ", "“", "## \n")
LOOKS = 40  # at `/healthz`, and as many answers
MORE_SECONDS = 0.1  # that anyone may wait beside it


async def _waits(client: httpx.AsyncClient, learner: Learner) -> float:
    """The longest that a look at the server's health, or an answer of someone else, took."""
    longest = 0.0
    for _ in range(LOOKS):
        began = perf_counter()
        health = await client.get("/healthz")
        between = perf_counter()
        guess = await learner.guess(ANA, "drive")
        assert (health.status_code, guess.status_code) == (200, 201)
        longest = max(longest, between - began, perf_counter() - between)
        await asyncio.sleep(0.02)
    return longest


@asynccontextmanager
async def _sent_again_and_again(
    send: list[str], put: "httpx.AsyncClient", headers: dict[str, str]
) -> AsyncIterator[list[int]]:
    told: list[int] = []
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            for text in send:
                answer = await put.put(f"/api/v1/vignettes/{DAN}", content=text, headers=headers)
                told.append(answer.status_code)

    running = asyncio.create_task(go_on())
    await asyncio.sleep(0.2)
    yield told
    over.set()
    await running


def _engine(url: str) -> Engine:
    return make_engine(url.replace("postgresql://", "postgresql+psycopg://"))


async def test_the_worst_text_holds_up_no_one_else(start_server: StartServer, database_url: str, fault: Fault) -> None:
    server = await asyncio.to_thread(start_server)
    engine = _engine(database_url)
    head = DAN_FILE.split("\n\n", 1)[0]
    room = LARGEST_FILE - len(head) - 100
    texts = [f"{head}\n\n{(unit * room)[:room]}\n" for unit in WORST]
    async with (
        httpx.AsyncClient(base_url=server.base_url, timeout=60) as client,
        httpx.AsyncClient(base_url=server.base_url, timeout=60) as writer,
    ):
        amina = make_person(engine, writer, "Amina", "trainer")
        assert (await amina.add()).status_code == 201
        learner = await new_learner(client)
        before = await _waits(client, learner)
        async with _sent_again_and_again(texts, writer, amina.headers | MARKDOWN) as told:
            beside = await _waits(client, learner)
    engine.dispose()

    assert set(told) <= {200, 413, 422}
    assert beside <= before + MORE_SECONDS
    fault(
        "worst text",
        tried=len(told) + 4 * LOOKS,
        refused=sum(status != 200 for status in told),
        lost=0,
        seen=f"Nothing: everyone else waited at most {max(0.0, beside - before) * 1000:.0f} ms more than without it.",
    )
