"""A database that cannot take the write now: 503, nothing kept, and later it works again."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.persistence import group_commit as writing
from tests.cast import ANA
from tests.client import Learner
from tests.locking import locked
from tests.rows import opened, reasons, tallies

pytestmark = pytest.mark.both_databases

PATIENCE = 6.0  # the product gives up by itself well before


async def test_a_locked_database_is_told_and_afterwards_the_guess_is_taken(
    learner: Learner, engine: Engine, database_url: str
) -> None:
    with opened(database_url) as other, locked(other):
        refused = await asyncio.wait_for(learner.guess(ANA, "drive", reason="too early"), PATIENCE)

    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert reasons(engine) == []

    assert (await learner.guess(ANA, "drive", reason="later")).status_code == 201
    assert reasons(engine) == ["later"]
    assert list(tallies(engine).values()) == [{"drive": 1}]


async def test_the_page_of_a_refused_answer_keeps_the_choice(client: httpx.AsyncClient, database_url: str) -> None:
    with opened(database_url) as other, locked(other):
        form = {"system": "soothing", "confidence": "leaning"}
        page = await asyncio.wait_for(client.post(f"/vignettes/{ANA}/guesses", data=form), PATIENCE)

    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0
    assert 'value="soothing" checked' in page.text
    assert 'value="leaning" checked' in page.text
    assert "We cannot keep" in page.text or "send it again" in page.text


async def test_reading_goes_on_while_no_one_can_write(client: httpx.AsyncClient, database_url: str) -> None:
    with opened(database_url) as other, locked(other):
        assert (await client.get("/practice", follow_redirects=True)).status_code == 200
        assert (await client.get(f"/api/v1/vignettes/{ANA}")).status_code == 200


async def test_a_full_queue_is_told_as_503_with_the_time_to_wait(
    learner: Learner, app: FastAPI, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    monkeypatch.setattr(writing, "QUEUE_LIMIT", 0)

    answer = await learner.guess(ANA, "drive")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert reasons(engine) == []
