"""What is held about a learner: given out, deleted, and carried on with elsewhere."""

import asyncio
import csv
import io
import re
from threading import Event

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from tests.cast import ANA, BEN, CLEO
from tests.client import Learner, http_client, new_learner
from tests.rows import recounted, tallies

pytestmark = pytest.mark.both_databases

TABLES = ("guess", "practice_state", "sitting", "device_code")


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES}


async def practise(client: httpx.AsyncClient) -> None:
    await client.post("/practice/sittings", data={"kind": "ten"})
    for slug in (ANA, BEN, CLEO) * 2:
        await client.post(f"/vignettes/{slug}/guesses", data={"system": "drive", "reason": "=1+1"})
    await client.get("/practice?after=")


async def test_the_export_holds_every_answer_and_sitting(client: httpx.AsyncClient) -> None:
    await practise(client)

    found = (await client.get("/practice/mine.json")).json()

    assert [guess["vignette"] for guess in found["guesses"]] == [ANA, BEN, CLEO] * 2
    assert [guess["attempt"] for guess in found["guesses"]] == [1] * 3 + [2] * 3
    assert [(row["kind"], row["done"]) for row in found["sittings"]] == [("ten", 6)]
    assert found["worked_out"]["answers"] == 6


async def test_the_table_has_a_row_for_each_answer_and_runs_nothing_in_a_spreadsheet(client: httpx.AsyncClient) -> None:
    await practise(client)

    answer = await client.get("/practice/mine.csv")

    found = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["vignette"] for row in found] == [ANA, BEN, CLEO] * 2
    assert {row["reason"] for row in found} == {"'=1+1"}
    assert "attachment" in answer.headers["content-disposition"]


async def test_deleting_leaves_no_row_and_takes_the_answers_out_of_the_class(
    client: httpx.AsyncClient, engine: Engine, app: FastAPI
) -> None:
    async with http_client(app) as somebody:
        other = await new_learner(somebody)
        await other.guess(ANA, "drive")
    await practise(client)
    await client.post("/practice/mine/code")
    assert all(rows(engine).values())

    page = await client.post("/practice/mine/delete")

    assert "Your data has been deleted" in page.text
    assert rows(engine) == {"guess": 1, "practice_state": 0, "sitting": 0, "device_code": 0}
    assert {place: counts for place, counts in tallies(engine).items() if counts} == recounted(engine)
    assert "learner" not in client.cookies


async def test_the_interface_deletes_too_and_anyone_who_comes_back_is_new(learner: Learner, engine: Engine) -> None:
    await learner.guess(ANA, "drive")

    gone = await learner.client.delete("/api/v1/learners/me", headers=learner.headers)

    assert gone.status_code == 204
    assert rows(engine)["guess"] == 0
    await learner.guess(ANA, "threat")
    assert tallies(engine) == recounted(engine)


@pytest.mark.parametrize("path", ["/practice/mine/delete", "/api/v1/learners/me"])
async def test_an_answer_that_waits_to_be_written_is_deleted_with_its_learner(
    learner: Learner, engine: Engine, app: FastAPI, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    await learner.guess(ANA, "drive")
    commit, reached, gate = app.state.writer._write, Event(), Event()

    def held_back(*arguments: object) -> object:
        reached.set()
        assert gate.wait(5)
        return commit(*arguments)

    monkeypatch.setattr(app.state.writer, "_write", held_back)
    other = await new_learner(learner.client)
    answers = [asyncio.create_task(other.guess(ANA, "drive"))]
    assert await asyncio.to_thread(reached.wait, 5)
    answers.append(asyncio.create_task(learner.guess(BEN, "threat")))
    cookies = learner.headers | {"Cookie": f"learner={learner.token}"}
    method = "DELETE" if path.startswith("/api") else "POST"
    await asyncio.sleep(0.1)
    assert app.state.writer.depth == 1
    gone = asyncio.create_task(learner.client.request(method, path, headers=cookies))
    await asyncio.sleep(0.2)
    gate.set()
    await asyncio.gather(*answers, gone)

    assert gone.result().status_code in (200, 204)
    assert rows(engine)["guess"] == 1  # the other's
    assert {place: counts for place, counts in tallies(engine).items() if counts} == recounted(engine)


async def make_code(client: httpx.AsyncClient) -> str:
    page = (await client.post("/practice/mine/code")).text
    found = re.search(r'code--device">([A-Z0-9 ]+)<', page)
    assert found
    return found.group(1)


async def test_a_code_carries_on_elsewhere_once(client: httpx.AsyncClient, app: FastAPI) -> None:
    await practise(client)
    code = await make_code(client)
    async with http_client(app) as phone, http_client(app) as thief:
        assert (
            "Continue on this device" in (await phone.get(f"/practice/carry-on?code={code}")).text
        )  # to look uses nothing up
        moved = await phone.post("/practice/carry-on", data={"code": code.lower()})
        again = await thief.post("/practice/carry-on", data={"code": code})
        mine = (await phone.get("/practice/mine.json")).json()

    assert moved.status_code == 303
    assert len(mine["guesses"]) == 6
    assert again.status_code == 404
    assert "learner" not in thief.cookies


async def test_a_second_code_makes_the_first_void_and_time_does_too(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine
) -> None:
    await practise(client)
    first, second = await make_code(client), await make_code(client)
    async with http_client(app) as phone:
        assert (await phone.post("/practice/carry-on", data={"code": first})).status_code == 404
        with engine.begin() as connection:
            connection.execute(text("UPDATE device_code SET expires_at = '2020-01-01 00:00:00+00:00'"))
        assert (await phone.post("/practice/carry-on", data={"code": second})).status_code == 404


async def test_a_code_is_kept_only_as_a_digest(client: httpx.AsyncClient, engine: Engine) -> None:
    await practise(client)
    code = (await make_code(client)).replace(" ", "")

    with engine.connect() as connection:
        assert code not in str(connection.execute(text("SELECT * FROM device_code")).all())


async def test_no_one_known_has_nothing_to_take_along(client: httpx.AsyncClient) -> None:
    assert "We have not stored anything about you yet" in (await client.get("/practice/mine")).text
    for file in ("mine.csv", "mine.json"):
        found = await client.get(f"/practice/{file}")
        assert (found.status_code, found.headers["location"]) == (303, "/practice/mine")
