"""The calendar of what is due, read with the library that others read it with."""

import re
from datetime import date, timedelta

import httpx
import pytest
from icalendar import Calendar

from api.persistence.engine import now
from api.practice.due_calendar import AHEAD, due_by_day
from api.practice.progress import SkillDue
from tests.cast import ANA, CLEO
from tests.practice.test_sittings import answer

TODAY = date(2026, 11, 28)
NOON = 1_795_867_200.0  # that day at noon, UTC
DAY = 86_400.0


async def address(client: httpx.AsyncClient) -> str:
    page = await client.post("/practice/calendar")
    found = re.search(r'value="http://[^/]+(/practice/due/[^"]+\.ics)"', page.text)
    assert found, page.text
    assert page.headers["cache-control"] == "no-store"
    return found[1]


@pytest.mark.both_databases
async def test_the_calendar_shows_what_is_due_without_a_cookie_and_without_an_answer(client: httpx.AsyncClient) -> None:
    await answer(client, ANA, "threat", reason="Because of my own mother")
    where = await address(client)
    client.cookies.clear()

    calendar = await client.get(where)

    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(calendar.text).walk("VEVENT")
    assert events
    assert all("due" in str(event["summary"]) for event in events)
    assert "mother" not in calendar.text


async def test_a_new_address_replaces_the_old_and_a_deleted_one_leads_nowhere(client: httpx.AsyncClient) -> None:
    await answer(client, CLEO, "soothing")
    old, new = await address(client), await address(client)
    assert [(await client.get(where)).status_code for where in (old, new)] == [404, 200]

    await client.post("/practice/calendar/delete")
    assert (await client.get(new)).status_code == 404


async def test_deleting_ones_data_takes_the_calendar_with_it(client: httpx.AsyncClient) -> None:
    await answer(client, ANA)
    where = await address(client)

    await client.post("/practice/mine/delete")

    assert (await client.get(where)).status_code == 404


def test_what_is_overdue_is_due_today_and_what_is_far_off_or_not_started_is_left_out() -> None:
    def row(name: str, due: float | None) -> SkillDue:
        return SkillDue(name, name, 1, 1, due, 0.0)

    days = due_by_day(
        [
            row("later", NOON + 3 * DAY),
            row("late", NOON - 9 * DAY),
            row("now", NOON),
            row("never", None),
            row("far", NOON + (AHEAD + 1) * DAY),
        ],
        TODAY,
    )

    assert days == {TODAY: ("late", "now"), TODAY + timedelta(days=3): ("later",)}


async def test_the_start_page_says_that_topics_are_due_only_when_some_are(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answer(client, ANA)
    assert "See what is due" not in (await client.get("/practice")).text

    monkeypatch.setattr("api.practice.view_models.now", lambda: now() + timedelta(days=60))

    assert "due.</b> A practice session brings" in (await client.get("/practice")).text
