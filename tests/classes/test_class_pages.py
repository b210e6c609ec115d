"""The pages of a class, as plain links and forms."""

import re

import httpx
import pytest
from fastapi import FastAPI

from tests.cast import ANA, PASSWORD, TRAINER
from tests.classes.test_classes import make
from tests.client import http_client


@pytest.fixture
async def trainer(client: httpx.AsyncClient, trainer_headers: dict[str, str]) -> httpx.AsyncClient:
    assert trainer_headers
    await client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
    return client


async def test_a_trainer_makes_a_class_and_learners_join_it_and_see_it_beside_everyone(
    trainer: httpx.AsyncClient, app: FastAPI
) -> None:
    made = await trainer.post("/trainers/classes", data={"name": "Spring", "closes_on": ""})
    page = (await trainer.get(made.headers["location"])).text
    url = re.search(r'value="http://circles.test(/practice/class\?code=([A-Z0-9]{8})&amp;k=[\w-]{22})"', page)
    assert url
    link, code = url[1].replace("&amp;", "&"), url[2]
    for number in range(5):
        async with http_client(app) as learner:
            assert f'value="{code}"' in (await learner.get(link)).text
            joined = await learner.post("/practice/class", data={"code": f"{code[:4].lower()} {code[4:]}"})
            assert "Spring" in (await learner.get(joined.headers["location"])).text
            await learner.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
            outcome = (await learner.get(f"/vignettes/{ANA}/outcome")).text
            assert ("Fewer than 5 people in Spring" in outcome) is (number < 4)

    assert 'id="own-class"' in outcome
    assert "How others answered" in outcome
    totals = (await trainer.get(f"/trainers/classes/{code}")).text
    assert "5 learners" in totals
    assert "Ana and the race" in totals


async def test_the_class_comes_later_to_an_outcome_that_htmx_put_in(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], app: FastAPI
) -> None:
    code = await make(client, trainer_headers)
    htmx = {"HX-Request": "true"}
    async with http_client(app) as learner:
        alone = await learner.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers=htmx)
        await learner.post("/practice/class", data={"code": code})
        inside = await learner.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers=htmx)
        block = await learner.get(f"/vignettes/{ANA}/class", headers=htmx)
        plain = await learner.get(f"/vignettes/{ANA}/class")

    assert "hx-get" not in alone.text
    assert f'hx-get="/vignettes/{ANA}/class"' in inside.text
    assert 'id="own-class"' in block.text
    assert plain.headers["location"] == f"/vignettes/{ANA}/outcome"


async def test_no_one_gets_the_class_before_answering(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], app: FastAPI
) -> None:
    code = await make(client, trainer_headers)
    async with http_client(app) as learner:
        await learner.post("/practice/class", data={"code": code})

        assert (await learner.get(f"/vignettes/{ANA}/class", headers={"HX-Request": "true"})).text == ""


async def test_anyone_who_leaves_sees_no_class_any_more(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], app: FastAPI
) -> None:
    code = await make(client, trainer_headers)
    async with http_client(app) as learner:
        await learner.post("/practice/class", data={"code": code})
        await learner.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
        await learner.post("/practice/class/leave")

        assert "Leave this class" not in (await learner.get("/practice/class")).text
        assert 'id="own-class"' not in (await learner.get(f"/vignettes/{ANA}/outcome")).text
        assert "in-class" not in learner.cookies


async def test_a_device_that_carries_on_knows_the_class(
    client: httpx.AsyncClient, trainer_headers: dict[str, str], app: FastAPI
) -> None:
    code = await make(client, trainer_headers)
    async with http_client(app) as learner, http_client(app) as phone:
        await learner.post("/practice/class", data={"code": code})
        found = re.search(r'code--device">([A-Z0-9 ]+)<', (await learner.post("/practice/mine/code")).text)
        assert found
        await phone.post("/practice/carry-on", data={"code": found[1]})

        assert "in-class" in phone.cookies


@pytest.mark.parametrize(
    ("typed", "said"),
    [("DFGHJKMN", "no class with this code"), ("dfg hjk", "the join code of a group"), ("", "no class")],
)
async def test_a_code_that_opens_nothing_comes_back_with_a_sentence(
    client: httpx.AsyncClient, typed: str, said: str
) -> None:
    page = await client.post("/practice/class", data={"code": typed})

    assert page.status_code == 404
    assert said in page.text
    assert f'value="{typed}"' in page.text


async def test_a_day_that_is_none_comes_back_with_a_sentence(trainer: httpx.AsyncClient) -> None:
    page = await trainer.post("/trainers/classes", data={"name": "Spring", "closes_on": "soon"})

    assert page.status_code == 422
    assert 'value="Spring"' in page.text


async def test_a_class_deleted_by_its_page_is_gone(trainer: httpx.AsyncClient) -> None:
    made = await trainer.post("/trainers/classes", data={"name": "Spring"})
    await trainer.post(made.headers["location"] + "/delete")

    assert (await trainer.get(made.headers["location"])).status_code == 404
    assert "Spring" not in (await trainer.get("/trainers/classes")).text
