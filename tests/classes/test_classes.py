"""A class is joined by code, counts in steps, and tells its trainer totals only."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.accounts.trainer import add_trainer
from api.classes.models import ClassAnswer, ClassMember, ClassTally
from api.classes.totals import A_WHILE
from api.persistence.engine import now, table
from api.web.rate_limit import WRONG_CODES_PER_ADDRESS
from tests.cast import ANA, BEN, CLEO, PASSWORD
from tests.client import Learner, MakeSettings, http_client, new_learner, running
from tests.statements import counted

pytestmark = pytest.mark.both_databases

API = "/api/v1/classes"
OWN = "/api/v1/vignettes/{}/statistics?scope=class"


@pytest.fixture
async def code(client: httpx.AsyncClient, trainer_headers: dict[str, str]) -> str:
    """The code of Tomasz's class."""
    return await make(client, trainer_headers)


async def make(client: httpx.AsyncClient, headers: dict[str, str], **more: object) -> str:
    made = await client.post(API, json={"name": "Tuesday evening", **more}, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["code"])


async def joined(client: httpx.AsyncClient, code: str, count: int = 1) -> list[Learner]:
    found = [await new_learner(client) for _ in range(count)]
    for learner in found:
        assert (await join(learner, code)).status_code == 201
    return found


async def join(learner: Learner, code: str) -> httpx.Response:
    return await learner.client.post(f"{API}/{code}/members", headers=learner.headers)


async def leave(learner: Learner, code: str) -> None:
    gone = await learner.client.delete(f"{API}/{code}/members/me", headers=learner.headers)
    assert gone.status_code == 204


async def own(learner: Learner, slug: str = ANA) -> dict[str, Any]:
    found = await learner.client.get(OWN.format(slug), headers=learner.headers)
    assert found.status_code == 200, found.text
    return dict(found.json())


async def totals(client: httpx.AsyncClient, headers: dict[str, str], code: str) -> dict[str, Any]:
    found = await client.get(f"{API}/{code}", headers=headers)
    assert found.status_code == 200, found.text
    return dict(found.json())


async def answer(learners: list[Learner], systems: list[str], slug: str = ANA) -> None:
    for learner, system in zip(learners, systems, strict=True):
        assert (await learner.guess(slug, system)).status_code == 201


def counts(statistics: dict[str, Any]) -> dict[str, int | None]:
    return {share["system"]: share["count"] for share in statistics["systems"]}


async def test_from_a_small_group_on_the_class_has_its_own_statistics(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 5)
    await answer(learners[:4], ["drive"] * 4)
    assert (await own(learners[0]))["suppressed"]

    await answer(learners[4:], ["drive"])

    found = await own(learners[0])
    assert (found["scope"], found["answered"], counts(found)["drive"]) == ("class", 5, 5)
    assert found["systems"][1]["interval"] == pytest.approx([0.5655, 1.0], abs=0.001)  # Wilson, 5 of 5


async def test_answers_of_others_do_not_count_in_the_class_and_earlier_ones_of_its_members_do(
    client: httpx.AsyncClient, code: str
) -> None:
    others = [await new_learner(client) for _ in range(6)]
    await answer(others, ["threat"] * 6)
    early = [await new_learner(client) for _ in range(5)]
    await answer(early, ["drive"] * 5)
    for learner in early:
        await join(learner, code)

    assert counts(await own(early[0])) == {"threat": 0, "drive": 5, "soothing": 0, "unsure": 0}


async def test_only_first_answers_count(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 5)
    for system in ("drive", "threat"):
        await answer(learners, [system] * 5)

    assert (await own(learners[0]))["answered"] == 5


async def test_a_count_of_one_or_two_is_not_told(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 5)
    await answer(learners, ["drive", "drive", "drive", "drive", "threat"])

    assert counts(await own(learners[0])) == {"threat": None, "drive": 4, "soothing": None, "unsure": None}


async def test_the_picture_moves_on_only_by_a_small_group_of_new_answers(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 10)
    await answer(learners[:5], ["drive"] * 5)
    first = await own(learners[0])
    for learner in learners[5:9]:
        await answer([learner], ["threat"])
        assert await own(learners[0]) == first

    await answer(learners[9:], ["threat"])

    assert counts(await own(learners[0])) == {"threat": 5, "drive": 5, "soothing": 0, "unsure": 0}


async def test_made_up_learners_fill_no_step_of_someone_who_was_there_before(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], engine: Engine, code: str
) -> None:
    was_there = await joined(client, code, 3)
    await answer(was_there, ["soothing"] * 3)
    with engine.begin() as connection:
        before = {"at": stored(now() - A_WHILE, engine)}
        connection.execute(text("UPDATE class_member SET joined_at = :at"), before)

    made_up = await joined(client, code, 4)
    await answer(made_up, ["drive"] * 4)
    assert (await own(was_there[0]))["suppressed"]
    assert (await totals(client, trainer_headers, code))["vignettes"] == []

    await answer(await joined(client, code, 1), ["drive"])
    assert counts(await own(was_there[0])) == {"threat": 0, "drive": 5, "soothing": 0, "unsure": 0}

    with engine.begin() as connection:  # in a while two more have been there long enough
        connection.execute(text("UPDATE class_member SET joined_at = :at"), before)
    two_more = await joined(client, code, 2)
    await answer(two_more, ["threat"] * 2)
    assert (await own(was_there[0]))["answered"] == 5
    with engine.begin() as connection:
        connection.execute(text("UPDATE class_member SET joined_at = :at"), before)
    assert (await own(was_there[0]))["answered"] == 10


async def test_many_who_look_at_once_take_an_answer_in_once(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 12)
    await answer(learners, ["drive"] * 7 + ["threat"] * 5)

    found = await asyncio.gather(*(own(learner) for learner in learners))

    assert {str(one) for one in found} == {str(found[0])}
    assert counts(found[0]) == {"threat": 5, "drive": 7, "soothing": 0, "unsure": 0}


async def test_anyone_who_leaves_or_is_deleted_or_comes_back_changes_no_picture(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], code: str
) -> None:
    learners = await joined(client, code, 9)
    await answer(learners, ["drive"] * 5 + ["threat"] * 4)
    before = (await totals(client, trainer_headers, code))["vignettes"]

    await leave(learners[0], code)
    await client.delete("/api/v1/learners/me", headers=learners[1].headers)
    await leave(learners[2], code)
    await join(learners[2], code)

    assert len(before) == 1
    assert (await totals(client, trainer_headers, code))["vignettes"] == before


async def test_what_waited_when_someone_left_is_never_counted(client: httpx.AsyncClient, code: str) -> None:
    learners = await joined(client, code, 5)
    await answer(learners[:4], ["drive"] * 4)
    await leave(learners[0], code)
    await answer(learners[4:], ["drive"])

    assert (await own(learners[4]))["suppressed"]


async def test_someone_who_left_has_no_class_to_ask_for(client: httpx.AsyncClient, code: str) -> None:
    (learner,) = await joined(client, code)
    await answer([learner], ["drive"])
    await leave(learner, code)

    gone = await client.get(OWN.format(ANA), headers=learner.headers)

    assert gone.status_code == 409


async def test_the_own_answer_comes_before_that_of_the_class(client: httpx.AsyncClient, code: str) -> None:
    (learner,) = await joined(client, code)

    assert (await client.get(OWN.format(ANA), headers=learner.headers)).status_code == 403


async def test_a_trainer_sees_totals_by_story_system_and_level_and_no_learner(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], code: str
) -> None:
    learners = await joined(client, code, 8)
    await answer(learners, ["drive"] * 5 + ["threat"] * 3)
    await answer(learners[:4], ["threat"] * 4, CLEO)

    found = await totals(client, trainer_headers, code)

    assert (found["members"], found["smallest"]) == (8, 5)
    assert [(row["vignette"], row["statistics"]["answered"]) for row in found["vignettes"]] == [(ANA, 8)]
    drive = next(row for row in found["systems"] if row["name"] == "drive")
    assert (drive["matched"], drive["answered"], drive["stories"], drive["left_out"]) == (5, 8, 1, 0)
    assert drive["interval"] == pytest.approx([0.3057, 0.8632], abs=0.001)  # Wilson, 5 of 8
    assert [row["answered"] for row in found["levels"]] == [8, 0, 0]
    assert "learner" not in str(found)


async def test_below_a_small_group_not_even_the_number_of_learners_is_told(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], code: str
) -> None:
    await joined(client, code, 4)

    assert (await totals(client, trainer_headers, code))["members"] is None


async def test_a_class_is_its_trainers_own(client: httpx.AsyncClient, engine: Engine, code: str) -> None:
    add_trainer(engine, "Eve", PASSWORD, role="admin")
    token = (await client.post("/api/v1/auth/token", data={"username": "Eve", "password": PASSWORD})).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}

    assert (await client.get(f"{API}/{code}", headers=headers)).status_code == 403
    assert (await client.delete(f"{API}/{code}", headers=headers)).status_code == 403
    assert (await client.get(API, headers=headers)).json() == []
    assert (await client.get(f"{API}/{code}")).status_code == 401
    assert (await client.get(f"/trainers/classes/{code}", headers=headers)).status_code == 403


async def test_a_learner_is_in_one_class_at_a_time(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], engine: Engine, code: str
) -> None:
    (learner,) = await joined(client, code)
    other = await make(client, trainer_headers)

    await join(learner, other.lower())

    export = (await client.get("/api/v1/practice/export", headers=learner.headers)).json()
    assert export["own_class"]["code"] == other
    with engine.connect() as connection:
        assert len(connection.execute(table(ClassMember).select()).all()) == 1


async def test_a_closed_class_takes_no_one_in_and_counts_nothing_more(
    client: httpx.AsyncClient, engine: Engine, code: str
) -> None:
    learners = await joined(client, code, 10)
    await answer(learners[:5], ["drive"] * 5)
    with engine.begin() as connection:
        connection.execute(text("UPDATE learner_class SET closes_at = :at"), {"at": stored(now(), engine)})
    await answer(learners[5:], ["threat"] * 5)

    late = await new_learner(client)

    assert (await join(late, code)).status_code == 409
    assert counts(await own(learners[9])) == {"threat": 0, "drive": 5, "soothing": 0, "unsure": 0}


def stored(at: datetime, engine: Engine) -> object:
    return at if engine.dialect.name == "postgresql" else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "  "},
        {"name": "x" * 61},
        {"name": "a\x00b"},
        {"name": "A", "closes_on": "2020-01-01"},
        {"name": "A", "closes_on": (now() + timedelta(days=800)).date().isoformat()},
    ],
)
async def test_a_name_or_day_that_cannot_be_is_refused(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], body: dict[str, str]
) -> None:
    assert (await client.post(API, json=body, headers=trainer_headers)).status_code == 422


async def test_deleting_a_learner_leaves_no_row_of_theirs_in_a_class(
    client: httpx.AsyncClient, engine: Engine, code: str
) -> None:
    learners = await joined(client, code, 5)
    await answer(learners, ["drive"] * 5)
    await own(learners[0])

    for learner in learners:
        await client.delete("/api/v1/learners/me", headers=learner.headers)

    with engine.connect() as connection:
        assert connection.execute(table(ClassMember).select()).all() == []
        assert connection.execute(table(ClassAnswer).select()).all() == []


async def test_deleting_a_class_leaves_its_learners_and_their_answers(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], engine: Engine, code: str
) -> None:
    learners = await joined(client, code, 5)
    await answer(learners, ["drive"] * 5)
    await own(learners[0])

    assert (await client.delete(f"{API}/{code}", headers=trainer_headers)).status_code == 204

    assert (await client.get(f"{API}/{code}", headers=trainer_headers)).status_code == 404
    assert (await learners[0].statistics(ANA)).json()["answered"] == 5
    with engine.connect() as connection:
        for model in (ClassMember, ClassAnswer, ClassTally):
            assert connection.execute(table(model).select()).all() == []


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_codes_cannot_be_guessed_for_long_and_a_class_joins_at_once(make_settings: MakeSettings) -> None:
    async with running(make_settings(rate_limit=True)) as app, http_client(app) as client:
        add_trainer(app.state.engine, "Tomasz", PASSWORD, role="trainer")
        form = {"username": "Tomasz", "password": PASSWORD}
        token = (await client.post("/api/v1/auth/token", data=form)).json()["access_token"]
        code = await make(client, {"Authorization": f"Bearer {token}"})
        many = await joined(client, code, WRONG_CODES_PER_ADDRESS.amount + 20)
        pages = [await client.post("/practice/class", data={"code": "DFGHJKMN"}) for _ in range(30)]
        wrong = [(await join(many[0], "DFGHJKMN")).status_code for _ in range(31)]
        right = await join(many[0], code)

    assert {page.status_code for page in pages} == {404}
    assert wrong == [404] * 30 + [429]
    assert right.status_code == 429


async def test_a_guess_costs_the_same_statements_in_a_class_and_out_of_it(
    client: httpx.AsyncClient, app: FastAPI, engine: Engine, code: str
) -> None:
    async def cost(learner: httpx.AsyncClient) -> int:
        costs = []
        for slug in (ANA, BEN, CLEO):
            with counted(engine) as statements:
                await learner.post(
                    f"/vignettes/{slug}/guesses", data={"system": "drive"}, headers={"HX-Request": "true"}
                )
            costs.append(len(statements))
        return min(costs)

    async with http_client(app) as inside, http_client(app) as outside:
        await inside.post("/practice/class", data={"code": code})
        assert "in-class" in inside.cookies
        assert await cost(inside) == await cost(outside) > 0
