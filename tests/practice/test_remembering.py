"""What is known of a learner: folded from guesses when the next case is asked for, and kept now and then."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.practice.remembering import KEEP_AFTER
from api.practice.service import Practice
from tests.cast import ANA, BEN, CLEO
from tests.client import Learner, new_learner
from tests.statements import counted

pytestmark = pytest.mark.both_databases

SIX = [(ANA, "drive"), (CLEO, "soothing"), (BEN, "drive"), (ANA, "threat"), (CLEO, "threat"), (BEN, "soothing")]


async def ask(learner: Learner) -> dict[str, Any]:
    answer = await learner.client.get("/api/v1/practice/next", headers=learner.headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def progress(learner: Learner) -> dict[str, Any]:
    answer = await learner.client.get("/api/v1/practice/progress", headers=learner.headers)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def kept(engine: Engine) -> list[tuple[int, int]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT upto, folded FROM practice_state"))]


def difficulties(engine: Engine) -> dict[int, tuple[float, int]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT vignette_id, delta, n FROM difficulty"))
        return {row[0]: (row[1], row[2]) for row in rows}


async def test_a_guess_keeps_nothing_beside_itself_and_asking_does(
    learner: Learner, engine: Engine, app: FastAPI
) -> None:
    for slug, system in SIX:
        await learner.guess(slug, system)
    assert kept(engine) == []

    await ask(learner)

    assert [folded for _, folded in kept(engine)] == [6]
    moved = difficulties(engine)
    ids = {slug: app.state.catalogue.vignettes[slug].id for slug in (ANA, BEN, CLEO)}
    assert {count for _, count in moved.values()} == {1}  # first attempts only
    assert moved[ids[ANA]][0] < -0.75  # matched: easier than a level 1 is taken to be
    assert moved[ids[CLEO]][0] > 0.0  # not matched: harder than a level 2 is taken to be


async def test_few_new_guesses_are_folded_without_writing(learner: Learner, engine: Engine) -> None:
    for slug, system in SIX[: KEEP_AFTER - 1]:
        await learner.guess(slug, system)
    await ask(learner)

    assert kept(engine) == []
    assert (await progress(learner))["answered"] == KEEP_AFTER - 1


async def test_folding_in_steps_comes_to_the_same_as_folding_at_once(client: httpx.AsyncClient) -> None:
    one, other = await new_learner(client), await new_learner(client)
    for slug, system in SIX:
        await one.guess(slug, system, confidence="leaning")
        await ask(one)
    for slug, system in SIX:
        await other.guess(slug, system, confidence="leaning")
    in_steps, at_once = await progress(one), await progress(other)

    for name in ("answered", "overall", "systems", "confusion", "calibration"):
        assert in_steps[name] == at_once[name]
    assert [(row["skill"], row["answered"], row["matched"]) for row in in_steps["skills"]] == [
        (row["skill"], row["answered"], row["matched"]) for row in at_once["skills"]
    ]


async def test_asking_twice_at_once_moves_difficulties_once(learner: Learner, engine: Engine) -> None:
    for slug, system in SIX:
        await learner.guess(slug, system)

    await asyncio.gather(*(ask(learner) for _ in range(6)))

    assert {count for _, count in difficulties(engine).values()} == {1}


async def test_a_guess_that_was_committed_late_is_not_lost(learner: Learner, engine: Engine) -> None:
    """Two processes on one database can commit a smaller id after a larger one was folded."""
    for slug, system in SIX:
        await learner.guess(slug, system)
    await ask(learner)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT * FROM guess ORDER BY id LIMIT 1")).mappings().one()
        connection.execute(
            text(
                "INSERT INTO guess (id, learner, vignette_id, series, version, attempt, system, created_at) "
                "VALUES (-1, :learner, :vignette_id, :series, :version, 9, 'drive', :created_at)"
            ),
            {name: row[name] for name in ("learner", "vignette_id", "series", "version", "created_at")},
        )

    await ask(learner)

    assert [folded for _, folded in kept(engine)] == [7]
    assert {count for _, count in difficulties(engine).values()} == {1}


async def test_a_choice_asks_the_database_as_often_for_many_answers_as_for_few(
    app: FastAPI, learner: Learner, engine: Engine
) -> None:
    async def cost() -> int:
        await ask(learner)
        with counted(engine) as statements:
            await ask(learner)
        return len(statements)

    await learner.guess(ANA, "drive")
    few = await cost()
    for slug, system in SIX * 4:
        await learner.guess(slug, system)

    assert 0 < await cost() <= few <= 3
    assert isinstance(app.state.practice, Practice)


async def test_the_next_case_says_why_and_keeps_its_key_to_itself(learner: Learner) -> None:
    found = await ask(learner)

    assert found["vignette"]["slug"] == ANA
    assert found["why"].endswith(".")
    assert 1 / 3 <= found["expected"] <= 1
    assert "dominant" not in str(found)
    assert "soothing-or" not in str(found)


async def test_asking_needs_a_learner(client: httpx.AsyncClient) -> None:
    for path in ("next", "progress", "export"):
        assert (await client.get(f"/api/v1/practice/{path}")).status_code == 401


async def test_progress_counts_first_answers_and_what_was_taken_for_what(learner: Learner) -> None:
    await learner.guess(CLEO, "soothing", confidence="sure")
    await learner.guess(CLEO, "threat", confidence="sure")
    await learner.guess(ANA, "drive", confidence="leaning")
    await learner.guess(BEN, "threat")  # also fits

    found = await progress(learner)

    assert found["answered"] == 4
    assert (found["overall"]["answered"], found["overall"]["matched"]) == (3, 2)
    assert found["confusion"]["threat"] == {"threat": 0, "drive": 0, "soothing": 1}
    assert found["confusion"]["drive"]["drive"] == 1
    assert found["also_fit"] == 1
    assert [(row["confidence"], row["answered"], row["matched"]) for row in found["calibration"]["bins"]] == [
        ("guessing", 0, 0),
        ("leaning", 1, 1),
        ("sure", 1, 0),
    ]
    assert found["advice"]["skill"] == "safety-or-safeness"
    due = {row["skill"]: row["due"] for row in found["skills"]}
    assert due["drive.effort"] is not None
