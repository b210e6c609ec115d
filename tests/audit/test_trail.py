"""The trail: sign-ins and failures, nothing of what was written, read by admins alone, and forgotten in time."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from api.audit.actions import NAME
from api.audit.models import AuditLine
from api.audit.trail import PAGE, purge
from api.persistence.engine import now, table
from tests.accounts.people import NEW_PASSWORD, Guests, link_in
from tests.cast import PASSWORD

pytestmark = pytest.mark.both_databases

Rows = list[tuple[object, ...]]


@pytest.fixture
async def guests(app: FastAPI) -> AsyncIterator[Guests]:
    async with AsyncExitStack() as stack:
        yield Guests(app, stack)


def trail(guests: Guests) -> Rows:
    return guests.rows("SELECT name, deed, about, outcome FROM audit ORDER BY id")


async def test_signing_in_and_out_and_failing_to_leave_lines(guests: Guests) -> None:
    guests.add("Ida", "trainer")
    stranger = await guests.browser()
    await stranger.post("/trainers/sign-in", data={"name": "Ida", "password": "another password"})
    await stranger.post("/trainers/sign-in", data={"name": PASSWORD, "password": PASSWORD})
    await stranger.post("/api/v1/auth/token", data={"username": "Ida", "password": "another password"})
    ida = await guests.sign_in("Ida")
    form = {"present": "not this one", "password": NEW_PASSWORD}
    await ida.post("/trainers/account/password", data=form)
    await ida.post("/trainers/account/password", data=form | {"present": PASSWORD})
    await ida.post("/trainers/sign-out")

    assert trail(guests) == [
        ("Command line", "add_person", "Ida, trainer", "done"),
        ("Ida", "sign_in", "", "refused"),
        ("Unknown user", "sign_in", "", "refused"),
        ("Ida", "sign_in", "password", "done"),
        ("Ida", "change_password", "", "refused"),
        ("Ida", "change_password", "", "done"),
        ("Ida", "sign_out", "", "done"),
    ]
    assert guests.rows("SELECT count(*) FROM audit WHERE trainer_id IS NULL") == [(2,)]


async def test_looking_after_people_leaves_lines_and_no_link(guests: Guests) -> None:
    bo = guests.add("Bo", "trainer")
    _, admin = await guests.signed_in("Ida", "admin")
    invited = link_in(await admin.post("/trainers/people/links", data={"role": "editor", "name": "Chidi"}))
    reset = link_in(await admin.post(f"/trainers/people/{bo}/reset"))
    for path in ("role", "disable", "enable"):
        await admin.post(f"/trainers/people/{bo}/{path}", data={"role": "editor"})
    other = await guests.browser()
    await other.post(invited, data={"name": "Chidi", "password": NEW_PASSWORD})
    await admin.post(f"/trainers/people/{bo}/remove", data={"sure": "yes"})

    found = trail(guests)
    assert [row[:3] for row in found if row[0] in ("Ida", "Chidi") and row[1] != "sign_in"] == [
        ("Ida", "invite", "Chidi, editor"),
        ("Ida", "reset_link", "Bo"),
        ("Ida", "change_role", "Bo, from trainer to editor"),
        ("Ida", "disable", "Bo"),
        ("Ida", "enable", "Bo"),
        ("Chidi", "join", "editor"),
        ("Ida", "remove_person", "Bo"),
    ]
    for link in (invited, reset):
        assert not any(link.rpartition("/")[2] in str(row) for row in found)


async def test_what_could_not_be_done_leaves_no_line_that_it_was(guests: Guests) -> None:
    number, admin = await guests.signed_in("Ida", "admin")
    before = trail(guests)

    refused = await admin.post(f"/trainers/people/{number}/role", data={"role": "trainer"})

    assert refused.status_code == 409
    assert trail(guests) == before


async def test_saving_again_and_again_is_one_line_an_hour(guests: Guests) -> None:
    _, ida = await guests.signed_in("Ida", "trainer")
    await ida.post("/trainers/new", data={"title": "Grace sells out", "person": "Grace"})
    for words in ("one", "two", "three"):
        await ida.post(
            "/trainers/vignettes/grace-sells-out/autosave", data={"tab": "source", "source": f"secret story {words}"}
        )

    found = trail(guests)
    assert [row[1:3] for row in found][-2:] == [("begin_draft", "grace-sells-out"), ("write_draft", "grace-sells-out")]
    assert "secret story" not in str(found)


async def test_admins_read_it_filter_it_and_turn_the_page(guests: Guests) -> None:
    _, admin = await guests.signed_in("Ida", "admin")
    moment = now()
    rows = [
        {"at": moment, "trainer_id": 9, "name": "Zoe", "deed": "rate", "about": f"story-{n}", "outcome": "done"}
        for n in range(PAGE + 5)
    ]
    with guests.app.state.engine.begin() as connection:
        connection.execute(insert(table(AuditLine)), rows)

    page = (await admin.get("/trainers/audit")).text
    zoe = (await admin.get("/trainers/audit", params={"who": "Ida", "deed": "sign_in"})).text
    older = page.partition('href="/trainers/audit?before=')[2].partition('"')[0]
    second = (await admin.get(f"/trainers/audit?before={older}")).text

    assert page.count("<tr ") == PAGE + 1
    assert f"story-{PAGE + 4}<" in page
    assert "story-4<" not in page
    assert "story-4<" in second
    assert "Signed in" in zoe
    assert "story-" not in zoe
    assert f"the last {guests.app.state.settings.audit_days} days" in page


async def test_as_a_table_it_runs_nothing_in_a_spreadsheet(guests: Guests) -> None:
    guests.add("=1+1", "trainer")
    await guests.sign_in("=1+1")
    _, admin = await guests.signed_in("Ida", "admin")

    answer = await admin.get("/trainers/audit/table")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert "attachment" in answer.headers["content-disposition"]
    assert {row["person"] for row in rows} >= {"'=1+1", "Ida"}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row.values())
    assert rows[0]["action"] == NAME["take_trail"]


async def test_it_is_kept_for_its_days_and_no_longer(guests: Guests) -> None:
    guests.add("Ida", "trainer")
    guests.add("Bo", "trainer")
    guests.change("UPDATE audit SET at = :old WHERE about LIKE 'Ida%'", old=(now() - timedelta(days=31)).isoformat(" "))

    gone = purge(guests.app.state.engine, 30)

    assert gone == 1
    assert [row[2] for row in trail(guests)] == ["Bo, trainer"]


async def test_someone_who_left_is_no_one_but_stays_in_the_trail(guests: Guests) -> None:
    bo, browser = await guests.signed_in("Bo", "trainer")
    _, admin = await guests.signed_in("Ida", "admin")

    unsure = await admin.post(f"/trainers/people/{bo}/remove")
    await admin.post(f"/trainers/people/{bo}/remove", data={"sure": "yes"})

    assert unsure.status_code == 422
    assert (await browser.get("/trainers/account")).status_code == 401
    assert (await admin.get(f"/trainers/people/{bo}")).status_code == 404
    assert f"/trainers/people/{bo}" not in (await admin.get("/trainers/people")).text
    for path in ("role", "enable", "reset", "disable", "remove"):
        form = {"role": "admin", "sure": "yes"}
        assert (await admin.post(f"/trainers/people/{bo}/{path}", data=form)).status_code == 404, path
    again = await (await guests.browser()).post("/trainers/sign-in", data={"name": "Bo", "password": PASSWORD})
    assert again.status_code == 401
    assert ("Bo", "sign_in", "password", "done") in trail(guests)
    assert guests.rows(f"SELECT name, password_hash, role FROM trainer WHERE id = {bo}") == [
        (f"Former trainer ({bo})", "", "removed")
    ]


async def test_the_only_admin_stays(guests: Guests) -> None:
    number, admin = await guests.signed_in("Ida", "admin")

    refused = await admin.post(f"/trainers/people/{number}/remove", data={"sure": "yes"})

    assert refused.status_code == 409
    assert (await admin.get("/trainers/people")).status_code == 200
