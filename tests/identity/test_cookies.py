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

    assert cookies(guess)["__Host-learner"]["secure"] is True
    assert cookies(sign_in)["__Host-trainer"]["secure"] is True
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
async def test_looking_around_sets_no_cookie(standing: httpx.AsyncClient, path: str) -> None:
    assert "set-cookie" not in (await standing.get(path)).headers


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


async def test_under_https_a_trainer_cookie_that_a_neighbouring_domain_could_plant_is_not_read(
    make_settings: MakeSettings,
) -> None:
    async with running(make_settings(public_url="https://circles.example.org")) as app:
        add_trainer(app.state.engine, TRAINER, PASSWORD, role="trainer")
        async with http_client(app) as client:
            sign_in = await client.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
            token = cookies(sign_in)["__Host-trainer"].value
        async with http_client(app) as other:
            planted = await other.get("/trainers/account", headers={"Cookie": f"trainer={token}"})
            own = await other.get("/trainers/account", headers={"Cookie": f"__Host-trainer={token}"})

    assert (planted.status_code, own.status_code) == (401, 200)


async def test_under_https_a_learner_of_before_the_prefix_is_still_known(make_settings: MakeSettings) -> None:
    async with (
        running(make_settings(public_url="https://circles.example.org")) as app,
        http_client(app) as client,
    ):
        token = (await client.post("/api/v1/learners")).json()["learner_token"]
        first = await client.post(
            f"/vignettes/{ANA}/guesses", data={"system": "drive"}, headers={"Cookie": f"learner={token}"}
        )

    assert "set-cookie" not in first.headers


async def test_every_cookie_goes_away_in_the_way_it_came(make_settings: MakeSettings) -> None:
    """A browser takes a `__Host-` cookie away only when it is told so securely."""
    async with (
        running(make_settings(public_url="https://circles.example.org")) as app,
        http_client(app) as client,
    ):
        gone = cookies(await client.post("/practice/mine/delete", data={"sure": "yes"}))

    assert gone["__Host-learner"]["secure"] is True
    assert gone["__Host-learner"]["max-age"] == "0"
