"""Ten more rows add no query."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.guesses.recording import NewGuess, write_guesses
from api.persistence.engine import write_engine
from api.vignettes.catalogue import Catalogue
from tests.cast import ANA
from tests.client import Learner, new_learner
from tests.statements import counted

pytestmark = pytest.mark.both_databases


def guess(app: FastAPI, number: int) -> NewGuess:
    catalogue: Catalogue = app.state.catalogue
    vignettes = list(catalogue.vignettes.values())
    vignette = vignettes[number % len(vignettes)]
    return NewGuess(
        learner=f"learner {number // 2}",
        vignette_id=vignette.id,
        series=vignette.series,
        version=vignette.version,
        system="drive",
        confidence=None,
        cues=None,
        reason=None,
        circles=None,
        created_at=datetime.now(UTC),
    )


async def fewest(engine: Engine, ask: Callable[[], Awaitable[httpx.Response]]) -> int:
    """The statements of a request; the fewest of several, because the product also works in the background."""
    costs: list[int] = []
    for _ in range(3):
        with counted(engine) as statements:
            assert (await ask()).status_code == 200
        costs.append(len(statements))
    return min(costs)


def statements_of_a_batch(app: FastAPI, engine: Engine, size: int) -> int:
    batch = [guess(app, number) for number in range(size)]
    with write_engine(engine).begin() as connection, counted(connection) as statements:
        write_guesses(connection, batch)
    return len(statements)


@pytest.mark.parametrize("size", [10, 500])
async def test_a_batch_costs_as_many_statements_as_one_guess(app: FastAPI, engine: Engine, size: int) -> None:
    assert 0 < statements_of_a_batch(app, engine, 1) == statements_of_a_batch(app, engine, size)


async def test_reading_statistics_costs_the_same_however_many_have_answered(
    client: httpx.AsyncClient, engine: Engine, learner: Learner
) -> None:
    async def cost() -> int:
        return await fewest(engine, lambda: learner.statistics(ANA))

    await learner.guess(ANA, "drive")
    few = await cost()
    for _ in range(20):
        await (await new_learner(client)).guess(ANA, "threat")

    assert await cost() == few > 0


async def test_the_trainers_list_costs_the_same_for_three_vignettes_as_for_one(
    app: FastAPI, client: httpx.AsyncClient, engine: Engine, trainer_headers: dict[str, str]
) -> None:
    async def cost() -> int:
        return await fewest(engine, lambda: client.get("/trainers", headers=trainer_headers))

    three = await cost()
    catalogue: Catalogue = app.state.catalogue
    catalogue.vignettes = {ANA: catalogue.vignettes[ANA]}

    assert await cost() == three > 0


async def test_reading_a_vignette_asks_nothing_of_the_database(client: httpx.AsyncClient, engine: Engine) -> None:
    assert await fewest(engine, lambda: client.get(f"/api/v1/vignettes/{ANA}")) == 0
