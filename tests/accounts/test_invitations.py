"""Links that let someone in: once, for a time, until they are taken back, and never readable where they are kept."""

import asyncio
import io
import logging
import re
import sys
import threading
from typing import Any

import httpx
import pytest
import structlog
from sqlalchemy import Engine, event, inspect, text

from api.accounts.permissions import Role
from api.observability.logs import set_up_logs
from tests.accounts.people import NEW_PASSWORD, Guests, is_signed_in, link_in
from tests.cast import PASSWORD, TRAINER

EVE = {"name": "Eve", "password": PASSWORD}


async def invited(admin: httpx.AsyncClient, role: Role = "trainer", name: str = "") -> str:
    return link_in(await admin.post("/trainers/people/links", data={"role": role, "name": name}))


@pytest.mark.parametrize("role", ["trainer", "editor", "admin"])
async def test_an_invitation_makes_an_account_with_its_role(guests: Guests, role: Role) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    link = await invited(admin, role, "Ida")
    browser = await guests.browser()
    assert 'value="Ida"' in (await browser.get(link)).text

    done = await browser.post(link, data=EVE)

    assert done.status_code == 303
    assert (await browser.get("/api/v1/auth/me", headers={})).json() == {"name": "Eve", "role": role}


@pytest.mark.both_databases
async def test_an_invitation_works_once(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    link = await invited(admin)
    browser = await guests.browser()
    await browser.post(link, data=EVE)

    again = await browser.post(link, data={"name": "Mallory", "password": PASSWORD})

    assert again.status_code == (await browser.get(link)).status_code == 404
    assert "has been used" in again.text
    assert guests.rows("SELECT count(*) FROM trainer") == [(2,)]


@pytest.mark.both_databases
async def test_two_who_use_an_invitation_at_once_make_one_account(guests: Guests, engine: Engine) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    link = await invited(admin)
    both = threading.Barrier(2)

    def wait_for_the_other(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        # Where the second one may not come this far, the first one goes on alone.
        if statement.startswith(("UPDATE invitation", "INSERT INTO trainer ")):
            try:
                both.wait(1)
            except threading.BrokenBarrierError:
                return

    event.listen(engine, "before_cursor_execute", wait_for_the_other)
    browsers = [await guests.browser() for _ in range(2)]
    answers = await asyncio.gather(
        *(
            browser.post(link, data={"name": name, "password": PASSWORD})
            for browser, name in zip(browsers, ("Eve", "Mallory"), strict=True)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert guests.rows("SELECT count(*) FROM trainer") == [(2,)]


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "password": PASSWORD},
        {"name": "Eve", "password": "short"},
        {"name": TRAINER, "password": PASSWORD},
        {},
    ],
)
async def test_a_refused_form_leaves_the_invitation_as_it_was(guests: Guests, form: dict[str, str]) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    link = await invited(admin)
    browser = await guests.browser()

    refused = await browser.post(link, data=form)

    assert refused.status_code in (409, 422)
    assert 'role="alert"' in refused.text
    assert "set-cookie" not in refused.headers
    assert (await browser.post(link, data=EVE)).status_code == 303


@pytest.mark.both_databases
async def test_a_link_runs_out(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    links = [await invited(admin), link_in(await admin.post(f"/trainers/people/{number}/reset"))]
    stranger = await guests.browser()
    assert [(await stranger.get(link)).status_code for link in links] == [200, 200]

    guests.change("UPDATE invitation SET expires_at = created_at")

    for link in links:
        assert (await stranger.get(link)).status_code == 404
        assert (await stranger.post(link, data=EVE)).status_code == 404
    assert "No unused links" in (await admin.get("/trainers/people")).text
    await invited(admin)
    assert guests.rows("SELECT count(*) FROM invitation") == [(1,)], "what has run out is deleted with the next link"


async def test_links_last_as_long_as_their_page_says(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    invitation = await admin.post("/trainers/people/links", data={"role": "trainer"})
    reset = await admin.post(f"/trainers/people/{number}/reset")
    hours = {
        "sqlite": "round((julianday(expires_at) - julianday(created_at)) * 24)",
        "postgresql": "(extract(epoch FROM expires_at - created_at) / 3600)::float",
    }[guests.app.state.engine.dialect.name]

    assert "expires after 7 days" in invitation.text
    assert "expires after 24 hours" in reset.text
    assert guests.rows(f"SELECT kind, {hours} FROM invitation ORDER BY kind") == [("invite", 168.0), ("reset", 24.0)]


async def test_a_link_that_is_withdrawn_is_worth_nothing(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    link = await invited(admin, name="Ida")
    assert "Invitation for Ida" in (await admin.get("/trainers/people")).text
    [(number,)] = guests.rows("SELECT id FROM invitation")

    await admin.post(f"/trainers/people/links/{number}/withdraw")

    assert "Invitation for Ida" not in (await admin.get("/trainers/people")).text
    stranger = await guests.browser()
    assert (await stranger.get(link)).status_code == (await stranger.post(link, data=EVE)).status_code == 404


async def test_a_reset_gives_a_new_password_and_ends_every_sign_in(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    number, eve = await guests.signed_in("Eve", "editor")
    link = link_in(await admin.post(f"/trainers/people/{number}/reset"))
    there = await guests.browser()
    assert "Eve" in (await there.get(link)).text
    assert await is_signed_in(eve), "a link that no one has used changes nothing"

    done = await there.post(link, data={"password": NEW_PASSWORD})

    assert done.status_code == 303
    assert [await is_signed_in(who) for who in (eve, there, admin)] == [False, True, True]
    assert (await eve.post("/trainers/sign-in", data=EVE)).status_code == 401
    await guests.sign_in("Eve", NEW_PASSWORD)
    assert guests.rows("SELECT role FROM trainer WHERE name = 'Eve'") == [("editor",)]
    assert (await there.post(link, data={"password": PASSWORD})).status_code == 404


async def test_a_reset_with_a_short_password_can_be_tried_again(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    link = link_in(await admin.post(f"/trainers/people/{number}/reset"))

    refused = await admin.post(link, data={"password": "short"})

    assert refused.status_code == 422
    assert "12 to 200 characters" in refused.text
    assert await is_signed_in(admin)
    assert (await admin.post(link, data={"password": NEW_PASSWORD})).status_code == 303


async def test_only_the_newest_reset_of_a_person_works(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    first = link_in(await admin.post(f"/trainers/people/{number}/reset"))
    second = link_in(await admin.post(f"/trainers/people/{number}/reset"))

    assert (await admin.get(first)).status_code == 404
    assert (await admin.get(second)).status_code == 200


async def test_a_link_of_one_kind_is_none_of_the_other(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    join = await invited(admin, "admin")
    reset = link_in(await admin.post(f"/trainers/people/{number}/reset"))
    stranger = await guests.browser()

    for wrong in (join.replace("/join/", "/reset/"), reset.replace("/reset/", "/join/"), "/trainers/join/made-up"):
        assert (await stranger.get(wrong)).status_code == 404
        assert (await stranger.post(wrong, data=EVE)).status_code == 404


async def test_a_bad_suggested_name_makes_no_link(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")

    page = await admin.post("/trainers/people/links", data={"role": "editor", "name": "x" * 61})

    assert page.status_code == 422
    assert re.search(r'value="editor"\s+checked', page.text)
    assert guests.rows("SELECT * FROM invitation") == []


async def test_no_token_or_password_stands_in_the_database_or_the_log(
    guests: Guests, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged = io.StringIO()
    before = structlog.get_config()
    handler = logging.StreamHandler(logged)
    root, level = logging.getLogger(), logging.getLogger().level
    monkeypatch.setattr(sys, "stderr", logged)
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    set_up_logs()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        number, admin = await guests.signed_in(TRAINER, "admin")
        join = await invited(admin)
        reset = link_in(await admin.post(f"/trainers/people/{number}/reset"))
        eve = await guests.browser()
        await eve.post(join, data=EVE)
        await eve.post(join, data=EVE)
        form = {"username": TRAINER, "password": PASSWORD}
        access = (await eve.post("/api/v1/auth/token", data=form)).json()["access_token"]
        structlog.get_logger().warning("the log is listened to")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        structlog.configure(**before)
    tokens = [link.rpartition("/")[2] for link in (join, reset)] + [access]
    tokens += [admin.cookies["trainer"], eve.cookies["trainer"]]
    with engine.connect() as connection:
        kept = [
            str(tuple(row))
            for name in inspect(engine).get_table_names()
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        ]
    said = "".join(line for line in logged.getvalue().splitlines(keepends=True) if "HTTP Request: " not in line)

    assert len({*tokens}) == 5
    assert "the log is listened to" in said
    assert any(TRAINER in row for row in kept)
    for secret in (*tokens, PASSWORD):
        assert secret not in "".join(kept)
        assert secret not in said
