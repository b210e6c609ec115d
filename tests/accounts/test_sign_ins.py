"""Sign-ins: listed, ended one by one or all at once, and over by themselves after a time."""

from datetime import timedelta

import httpx
import pytest
from pwdlib import PasswordHash
from sqlalchemy import Engine

from api.accounts import sessions
from api.accounts.trainer import sign_in
from api.kit.errors import Unauthorized
from api.persistence.engine import now
from tests.accounts.people import NEW_PASSWORD, Guests, is_signed_in
from tests.cast import PASSWORD, TRAINER
from tests.statements import counted

CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/143.0.0.0 Safari/537.36"


async def test_a_trainer_sees_where_they_are_signed_in_and_which_is_this_device(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    await guests.sign_in(TRAINER, user_agent=CHROME)
    await guests.signed_in("Eve", "trainer")

    page = (await here.get("/trainers/account")).text

    assert page.count('Firefox on Windows</b> <span class="chip">this device') == 1
    assert page.count("Chrome on Linux</b><small>") == 1
    assert page.count("Firefox on Windows</b>") == 1


async def test_a_sign_in_that_is_ended_elsewhere_is_over_at_once(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    there = await guests.sign_in(TRAINER, user_agent=CHROME)
    [(number,)] = guests.rows("SELECT id FROM trainer_session WHERE device = 'Chrome on Linux'")

    done = await here.post(f"/trainers/account/sign-ins/{number}/end")

    assert done.status_code == 303
    assert await is_signed_in(here)
    assert not await is_signed_in(there)


async def test_no_one_ends_the_sign_in_of_someone_else(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "admin")
    _, eve = await guests.signed_in("Eve", "admin")
    [(number,)] = guests.rows("SELECT min(id) FROM trainer_session")

    await eve.post(f"/trainers/account/sign-ins/{number}/end")

    assert await is_signed_in(here)


async def test_signing_out_ends_the_sign_in_in_the_database_too(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    cookie = here.cookies["trainer"]

    await here.post("/trainers/sign-out")

    thief = await guests.browser()
    thief.cookies.set("trainer", cookie)
    assert not await is_signed_in(thief)
    assert guests.rows("SELECT * FROM trainer_session") == []


async def test_signing_in_again_on_the_same_device_takes_the_place_of_the_first(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    guests.add("Eve", "trainer")

    await here.post("/trainers/sign-in", data={"name": "Eve", "password": PASSWORD})

    assert (await here.get("/api/v1/auth/me")).json()["name"] == "Eve"
    assert guests.rows("SELECT count(*) FROM trainer_session") == [(1,)]


@pytest.mark.both_databases
async def test_a_sign_in_ends_after_its_time_and_after_days_without_use(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    unused = (now() - sessions.UNUSED).date()

    guests.change("UPDATE trainer_session SET last_seen_on = :day", day=unused)
    assert await is_signed_in(here)
    assert guests.rows(f"SELECT count(*) FROM trainer_session WHERE last_seen_on = '{now().date()}'") == [(1,)]

    guests.change("UPDATE trainer_session SET last_seen_on = :day", day=unused - timedelta(days=1))
    assert not await is_signed_in(here)

    again = await guests.sign_in(TRAINER)
    guests.change("UPDATE trainer_session SET ends_at = :moment", moment="2026-01-01 00:00:00+00:00")
    assert not await is_signed_in(again)

    await guests.sign_in(TRAINER)
    assert guests.rows("SELECT count(*) FROM trainer_session") == [(1,)], "what is over is deleted at the next sign-in"


async def test_an_access_token_ends_after_twelve_hours_and_says_so(client: httpx.AsyncClient, guests: Guests) -> None:
    guests.add(TRAINER, "editor")
    answer = (await client.post("/api/v1/auth/token", data={"username": TRAINER, "password": PASSWORD})).json()
    headers = {"Authorization": f"Bearer {answer['access_token']}"}

    me = await client.get("/api/v1/auth/me", headers=headers)

    assert answer["expires_in"] == 12 * 3600
    assert me.json() == {"name": TRAINER, "role": "editor"}
    lasts = guests.app.state.engine.dialect.name
    seconds = {
        "sqlite": "SELECT round((julianday(ends_at) - julianday(created_at)) * 86400) FROM trainer_session",
        "postgresql": "SELECT extract(epoch FROM ends_at - created_at)::float FROM trainer_session",
    }[lasts]
    assert guests.rows(seconds) == [(12 * 3600.0,)]
    guests.change("UPDATE trainer_session SET ends_at = created_at")
    assert (await client.get("/api/v1/auth/me", headers=headers)).status_code == 401


@pytest.mark.both_databases
async def test_who_is_asking_costs_one_query_and_a_stranger_none(guests: Guests, engine: Engine) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    stranger = await guests.browser()
    learner = (await stranger.post("/api/v1/learners")).json()["learner_token"]

    with counted(engine) as asked:
        await here.get("/api/v1/auth/me")
    with counted(engine) as unasked:
        await stranger.get("/api/v1/auth/me")
        await stranger.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {learner}"})

    assert len([statement for statement in asked if "SELECT" in statement]) == 1
    assert [statement for statement in unasked if "SELECT" in statement] == []


async def test_changing_the_password_ends_every_other_sign_in(guests: Guests) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")
    there = await guests.sign_in(TRAINER, user_agent=CHROME)
    _, eve = await guests.signed_in("Eve", "trainer")

    done = await here.post("/trainers/account/password", data={"present": PASSWORD, "password": NEW_PASSWORD})

    assert "Password changed" in (await here.get(done.headers["location"])).text
    assert [await is_signed_in(who) for who in (here, there, eve)] == [True, False, True]
    await guests.sign_in(TRAINER, NEW_PASSWORD)
    old = await there.post("/trainers/sign-in", data={"name": TRAINER, "password": PASSWORD})
    assert old.status_code == 401


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"present": "not the password", "password": NEW_PASSWORD}, "current password is incorrect"),
        ({"present": PASSWORD, "password": "short"}, "12 to 200 characters"),
        ({"password": NEW_PASSWORD}, "current password is incorrect"),
        ({}, "current password is incorrect"),
    ],
)
async def test_a_password_is_changed_only_by_who_knows_it(guests: Guests, form: dict[str, str], told: str) -> None:
    _, here = await guests.signed_in(TRAINER, "trainer")

    page = await here.post("/trainers/account/password", data=form)

    assert page.status_code == 422
    assert told in page.text
    assert NEW_PASSWORD not in page.text
    await guests.sign_in(TRAINER)


@pytest.mark.both_databases
async def test_a_password_that_changes_while_someone_signs_in_with_the_old_one_lets_no_one_in(
    guests: Guests, engine: Engine
) -> None:
    guests.add(TRAINER, "trainer")
    found = sign_in(engine, TRAINER, PASSWORD)
    assert found is not None
    guests.change("UPDATE trainer SET password_hash = 'another'")

    with pytest.raises(Unauthorized):
        sessions.begin(engine, found, "Firefox on Windows", sessions.by_password())

    assert guests.rows("SELECT * FROM trainer_session") == []


@pytest.mark.parametrize("name", ["Nobody", "Disabled", TRAINER])
async def test_every_name_costs_one_look_at_a_password(
    guests: Guests, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    guests.add(TRAINER, "trainer")
    guests.add("Disabled", "trainer")
    guests.change("UPDATE trainer SET disabled_at = created_at WHERE name = 'Disabled'")
    hashes: list[str] = []
    verify = PasswordHash.verify

    def counting(self: PasswordHash, password: str, stored: str) -> bool:
        hashes.append(stored)
        return verify(self, password, stored)

    monkeypatch.setattr(PasswordHash, "verify", counting)
    browser = await guests.browser()

    page = await browser.post("/trainers/sign-in", data={"name": name, "password": "not the password"})

    assert page.status_code == 401
    assert len(hashes) == 1
    assert hashes[0].startswith("$argon2id$")


async def test_pages_without_a_sign_in_show_the_form(guests: Guests) -> None:
    stranger = await guests.browser()

    for path in ("/trainers/account", "/trainers/people", "/trainers/people/1", "/trainers/settings"):
        page = await stranger.get(path)
        assert page.status_code == 401
        assert 'action="/trainers/sign-in"' in page.text
    refused = await stranger.post("/trainers/account/password", data={"present": PASSWORD, "password": NEW_PASSWORD})
    assert refused.status_code == 401


async def test_signing_out_may_have_the_browser_forget_what_it_keeps(client: httpx.AsyncClient) -> None:
    kept = await client.post("/trainers/sign-out")
    forgotten = await client.post("/trainers/sign-out", data={"forget": "yes"})

    assert "clear-site-data" not in kept.headers
    assert forgotten.headers["clear-site-data"] == '"storage"'
