"""Cookies: two kinds, out of reach of scripts and other sites, and only where they are needed."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.accounts.sessions import LONGEST
from api.accounts.trainer import add_trainer
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


async def test_someone_who_is_known_gets_no_second_cookie(client: httpx.AsyncClient) -> None:
    await client.post(f"/vignettes/{ANA}/guesses", data={"system": "drive"})

    again = await client.post(f"/vignettes/{ANA}/guesses", data={"system": "threat"})

    assert "set-cookie" not in again.headers
    assert "You have answered this story before" in (await client.get(f"/vignettes/{ANA}/outcome")).text


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


@dataclass(frozen=True)
class Planted:
    """A server behind https, a victim's browser, and what an attacker made there for themselves."""

    app: FastAPI
    victim: httpx.AsyncClient
    learner: str
    code: str
    member: str
    facilitator: str


@pytest.fixture
async def planted(make_settings: MakeSettings) -> AsyncIterator[Planted]:
    async with (
        running(make_settings(public_url="https://circles.test")) as app,
        http_client(app) as attacker,
        http_client(app) as victim,
    ):
        learner = (await attacker.post("/api/v1/learners")).json()["learner_token"]
        await attacker.post(
            f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers={"Authorization": f"Bearer {learner}"}
        )
        group = (await attacker.post("/api/v1/groups", json={"plan": [ANA]})).json()
        member = (await attacker.post(f"/api/v1/groups/{group['code']}/members")).json()["member_token"]
        yield Planted(app, victim, learner, group["code"], member, group["facilitator_key"])


def answers_of(app: FastAPI) -> Counter[str]:
    with app.state.engine.connect() as connection:
        return Counter(connection.execute(text("SELECT learner FROM guess")).scalars())


# Names as a neighbouring domain can set them. A browser does not see the prefix behind a byte that only the framework
# takes for a blank.
NAMES = ("{}", "\xa0__Host-{}", "\x85__Host-{}", "__host-{}", "__Secure-{}")


@pytest.mark.parametrize("form", NAMES)
async def test_a_planted_cookie_names_no_learner_member_or_facilitator(planted: Planted, form: str) -> None:
    def cookie(name: str, value: str) -> dict[bytes, bytes]:
        return {b"Cookie": f"{form.format(name)}={value}".encode("latin-1")}

    victim, code = planted.victim, planted.code
    before = answers_of(planted.app)
    learner = cookie("learner", planted.learner)
    given = await victim.post(f"/vignettes/{ANA}/guesses", data={"system": "threat"}, headers=learner)
    device = await victim.post("/practice/mine/code", headers=learner)
    member = cookie(f"member-{code}", planted.member)
    facilitator = cookie(f"facilitator-{code}", planted.facilitator)

    assert "__Host-learner" in cookies(given)  # one of their own
    assert {count for who, count in answers_of(planted.app).items() if who in before} == {1}
    assert device.status_code == 303  # no code that leads to the attacker's answers
    assert "Join" in (await victim.get(f"/g/{code}", headers=member)).text
    assert (await victim.get(f"/api/v1/groups/{code}", headers=member)).status_code == 401
    assert (await victim.get(f"/g/{code}/console", headers=facilitator)).status_code == 401
    assert (await victim.get(f"/api/v1/groups/{code}", headers=facilitator)).status_code == 401


async def test_an_earlier_cookie_counts_once_its_owner_has_seen_what_it_leads_to(planted: Planted) -> None:
    earlier = {"Cookie": f"learner={planted.learner}"}
    shown = await planted.victim.get("/practice/mine", headers=earlier)
    start = await planted.victim.get("/practice", headers=earlier)
    taken = await planted.victim.post("/practice/mine/earlier", headers=earlier)

    assert "1 earlier answer," in shown.text
    assert "/practice/mine" in start.text
    assert not cookies(shown)
    assert not cookies(start)
    assert cookies(taken)["__Host-learner"].value == planted.learner
    assert cookies(taken)["learner"]["max-age"] == "0"


@pytest.mark.parametrize(
    ("chosen", "told"), [(False, "max-age=31536000"), (True, "max-age=31536000; includeSubDomains")]
)
async def test_browsers_are_told_of_hosts_below_where_that_is_chosen(
    make_settings: MakeSettings, chosen: bool, told: str
) -> None:
    settings = make_settings(public_url="https://circles.test", hsts_subdomains=chosen)
    async with running(settings) as app, http_client(app) as client:
        assert (await client.get("/about")).headers["strict-transport-security"] == told


async def test_from_its_day_on_an_earlier_cookie_is_nothing(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.accounts.cookies.now", lambda: datetime(2027, 3, 1, tzinfo=UTC))
    earlier = {"Cookie": f"learner={planted.learner}"}
    shown = await planted.victim.get("/practice/mine", headers=earlier)
    taken = await planted.victim.post("/practice/mine/earlier", headers=earlier)

    assert "earlier answer" not in shown.text
    assert not cookies(taken)


async def test_every_cookie_goes_away_in_the_way_it_came(make_settings: MakeSettings) -> None:
    """A browser takes a `__Host-` cookie away only when it is told so securely."""
    async with (
        running(make_settings(public_url="https://circles.example.org")) as app,
        http_client(app) as client,
    ):
        gone = cookies(await client.post("/practice/mine/delete", data={"sure": "yes"}))

    assert gone["__Host-learner"]["secure"] is True
    assert gone["__Host-learner"]["max-age"] == "0"
