"""Cookies: two kinds, out of reach of scripts and other sites, and only where they are needed."""

from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from sqlalchemy import Engine

from api.identity.sessions import LONGEST
from api.identity.trainer import add_trainer
from tests.cast import ANA, PASSWORD, TRAINER
from tests.client import MakeSettings, http_client, running


def cookies(answer: httpx.Response) -> dict[str, "Morsel[str]"]:
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return dict(jar.items())


async def test_the_first_answer_gives_a_learner_cookie_that_scripts_and_other_sites_cannot_use(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})

    cookie = cookies(answer)["learner"]
    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) > 0
    assert not cookie["secure"]
    assert not cookie["domain"]


async def test_the_trainer_cookie_is_as_closed_and_lasts_no_longer_than_the_sign_in(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    add_trainer(engine, TRAINER, PASSWORD, role="trainer")

    answer = await client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})

    cookie = cookies(answer)["trainer"]
    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert int(cookie["max-age"]) == LONGEST.total_seconds()


@pytest.mark.parametrize("public_url", ["https://circles.example.org", "https://circles.example.org/"])
async def test_under_https_cookies_are_secure_and_browsers_are_told_to_stay(
    make_settings: MakeSettings, public_url: str
) -> None:
    async with running(make_settings(public_url=public_url)) as app, http_client(app) as client:
        add_trainer(app.state.engine, TRAINER, PASSWORD, role="trainer")
        guess = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})
        sign_in = await client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})

    assert cookies(guess)["learner"]["secure"] is True
    assert cookies(sign_in)["trainer"]["secure"] is True
    assert "max-age" in guess.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/practice",
        f"/vignettes/{ANA}",
        "/systems",
        "/about",
        "/trainers",
        "/nowhere",
        "/healthz",
        "/static/app.css",
        "/api/v1/vignettes",
        "/api/v1/systems",
        "/api/v1/openapi.json",
    ],
)
async def test_looking_around_sets_no_cookie(client: httpx.AsyncClient, path: str) -> None:
    assert "set-cookie" not in (await client.get(path)).headers


async def test_somebody_who_is_known_gets_no_second_cookie(client: httpx.AsyncClient) -> None:
    await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})

    again = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "threat"})

    assert "set-cookie" not in again.headers
    assert "You have met Ana before" in (await client.get(f"/vignettes/{ANA}/outcome")).text


async def test_an_answer_that_is_refused_sets_no_cookie(client: httpx.AsyncClient) -> None:
    refused = await client.post(f"/vignettes/{ANA}/guesses", data={})

    assert refused.status_code == 422
    assert "set-cookie" not in refused.headers


async def test_a_forged_cookie_makes_a_new_learner_and_not_an_error(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers={"Cookie": "learner=ana.forged"}
    )

    assert answer.status_code == 303
    assert "learner" in cookies(answer)


async def test_signing_out_takes_the_cookie_away(client: httpx.AsyncClient, engine: Engine) -> None:
    add_trainer(engine, TRAINER, PASSWORD, role="trainer")
    await client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
    assert "Sign out" in (await client.get("/trainers")).text

    await client.post("/trainers/sign-out")

    assert "Sign out" not in (await client.get("/trainers")).text
