"""The people's pages: for admins only, and never without an admin."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import Engine, event

from api.accounts.permissions import Role
from tests.accounts.people import Guests, is_signed_in, link_in
from tests.cast import PASSWORD, TRAINER


@pytest.mark.parametrize("role", ["trainer", "editor"])
async def test_only_admins_reach_people_and_settings(guests: Guests, role: Role) -> None:
    number, ida = await guests.signed_in("Ida", role)
    posts = ["links", "links/1/withdraw", f"{number}/role", f"{number}/disable", f"{number}/enable", f"{number}/reset"]

    for path in ("/trainers/people", f"/trainers/people/{number}", "/trainers/settings"):
        page = await ida.get(path)
        assert page.status_code == 403
        assert "Only admins" in page.text
    for path in (*(f"/trainers/people/{post}" for post in posts), "/trainers/settings"):
        refused = await ida.post(path, data={"role": "admin", "raters_needed": "0"})
        assert refused.status_code == 403, path
    assert guests.rows("SELECT role FROM trainer") == [(role,)]
    assert guests.rows("SELECT * FROM invitation") == guests.rows("SELECT * FROM library_setting") == []


@pytest.mark.parametrize(("role", "named"), [("trainer", 7), ("editor", 7), ("admin", 10)])
async def test_the_navigation_names_only_what_is_open(guests: Guests, role: Role, named: int) -> None:
    _, ida = await guests.signed_in("Ida", role)

    page = (await ida.get("/trainers")).text

    navigation = page.partition('aria-label="Trainers"')[2].partition("</nav>")[0]
    assert navigation.count("<a ") == named
    assert ("/trainers/people" in navigation) == (role == "admin")


async def test_an_admin_sees_everyone_with_role_and_day(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    guests.add("Ida", "editor")

    page = (await admin.get("/trainers/people")).text

    assert ">Ida</a>" in page
    assert page.count('data-label="Role">Editor<') == page.count('data-label="Role">Admin<') == 1
    assert page.count("never signed in") == 1


async def test_a_role_that_is_changed_holds_at_once(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    number, ida = await guests.signed_in("Ida", "trainer")

    done = await admin.post(f"/trainers/people/{number}/role", data={"role": "admin"})

    assert done.headers["location"] == f"/trainers/people/{number}"
    assert (await ida.get("/trainers/people")).status_code == 200


async def test_a_role_that_does_not_exist_is_refused(guests: Guests) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")

    refused = await admin.post(f"/trainers/people/{number}/role", data={"role": "owner"})

    assert refused.status_code == 422
    assert guests.rows("SELECT role FROM trainer") == [("admin",)]


@pytest.mark.parametrize(("step", "form"), [("role", {"role": "editor"}), ("disable", {})])
async def test_the_only_admin_stays_one(guests: Guests, step: str, form: dict[str, str]) -> None:
    number, admin = await guests.signed_in(TRAINER, "admin")
    guests.add("Disabled", "admin")
    guests.add("Ida", "editor")
    guests.change("UPDATE trainer SET disabled_at = created_at WHERE name = 'Disabled'")

    page = await admin.post(f"/trainers/people/{number}/{step}", data=form)

    assert page.status_code == 409
    assert "is the only admin" in page.text
    assert (await admin.get("/trainers/people")).status_code == 200


@pytest.mark.both_databases
async def test_two_admins_who_disable_each_other_at_once_leave_one(guests: Guests, engine: Engine) -> None:
    one, first = await guests.signed_in(TRAINER, "admin")
    two, second = await guests.signed_in("Eve", "admin")
    both = threading.Barrier(2)

    def wait_for_the_other(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        # Where the second one may not come this far, the first one goes on alone.
        if statement.startswith("UPDATE trainer SET"):
            try:
                both.wait(1)
            except threading.BrokenBarrierError:
                return

    event.listen(engine, "before_cursor_execute", wait_for_the_other)
    answers = await asyncio.gather(
        first.post(f"/trainers/people/{two}/disable"), second.post(f"/trainers/people/{one}/disable")
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert guests.rows("SELECT count(*) FROM trainer WHERE disabled_at IS NULL") == [(1,)]


async def test_someone_who_is_disabled_is_out_and_can_be_let_in_again(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    number, ida = await guests.signed_in("Ida", "admin")
    form = {"username": "Ida", "password": PASSWORD}
    access = (await ida.post("/api/v1/auth/token", data=form)).json()["access_token"]
    invitation = link_in(await ida.post("/trainers/people/links", data={"role": "admin"}))
    reset = link_in(await admin.post(f"/trainers/people/{number}/reset"))

    await admin.post(f"/trainers/people/{number}/disable")

    stranger = await guests.browser()
    assert not await is_signed_in(ida)
    bearer = {"Authorization": f"Bearer {access}"}
    assert (await stranger.get("/api/v1/auth/me", headers=bearer)).status_code == 401
    assert (await stranger.post("/api/v1/auth/token", data=form)).status_code == 401
    assert (await stranger.post("/trainers/sign-in", data={"name": "Ida", "password": PASSWORD})).status_code == 401
    assert [(await stranger.get(link)).status_code for link in (invitation, reset)] == [404, 404]
    assert (await admin.post(f"/trainers/people/{number}/reset")).status_code == 409
    assert ">blocked<" in (await admin.get("/trainers/people")).text

    await admin.post(f"/trainers/people/{number}/enable")

    assert not await is_signed_in(ida), "what was ended stays ended"
    await guests.sign_in("Ida")


@pytest.mark.both_databases
async def test_links_of_someone_who_is_no_admin_any_more_are_worth_nothing(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")
    number, ida = await guests.signed_in("Ida", "admin")
    link = link_in(await ida.post("/trainers/people/links", data={"role": "admin"}))

    left = await ida.post(f"/trainers/people/{number}/role", data={"role": "trainer"})

    assert left.headers["location"] == "/trainers/account"
    assert (await admin.get(link)).status_code == 404


async def test_a_person_who_is_not_there_is_not_found(guests: Guests) -> None:
    _, admin = await guests.signed_in(TRAINER, "admin")

    assert (await admin.get("/trainers/people/4711")).status_code == 404
    for far in (0, 2**31, 10**30):
        assert (await admin.get(f"/trainers/people/{far}")).status_code == 422
        assert (await admin.post(f"/trainers/account/sign-ins/{far}/end")).status_code == 422
    for step in ("role", "disable", "enable", "reset"):
        answer = await admin.post(f"/trainers/people/4711/{step}", data={"role": "editor"})
        assert answer.status_code == 404
