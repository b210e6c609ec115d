"""What a group leaves behind: its export, its totals, and nothing else."""

import asyncio
import csv
import io
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from tests.cast import ANA, BEN
from tests.client import MakeSettings, http_client, running
from tests.groups.room import API, Room, new_room, vote_all
from tests.groups.rows import everything, let_expire, sizes
from tests.groups.servers import eventually
from tests.operations.commands import command
from tests.rows import opened

pytestmark = pytest.mark.both_databases

COLUMNS = ["round", "vignette", "ballot", "threat", "drive", "soothing", "unsure", "pass", "answered"]


async def a_group_with_a_past(client: httpx.AsyncClient, people: int = 10) -> Room:
    """A training group with a round that was shown, and another that is being voted in."""
    room = await new_room(client, "training", name="Tuesday room")
    phones = await room.people(people)
    await room.start_round(ANA)
    await room.go("voting")
    await vote_all(phones, *["drive"] * (people - 1), "pass")
    await phones[0].must_vote("drive", reason="her grin", cues=[[0, 3]])
    await room.go("revealed")
    await room.start_round(BEN)
    await room.go("voting")
    await phones[0].must_vote("threat", reason="quiet in there")
    return room


def totals(engine: Engine) -> list[tuple[int, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT rounds, threat, drive, soothing, unsure FROM group_total"))
        return [tuple(row) for row in found]


async def test_ending_a_group_deletes_every_row_of_it_and_keeps_totals(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    other = await new_room(client, name="Another room")
    before = sizes(engine)
    room = await a_group_with_a_past(client)
    assert sizes(engine)["vote"] == 11

    assert (await room.end()).status_code == 204

    assert sizes(engine) == before | {"group_total": 1}
    assert totals(engine) == [(1, 0, 9, 0, 0)]
    left = everything(engine)
    for trace in (room.code, "Tuesday room", "her grin", "quiet in there"):
        assert trace not in left
    assert (await room.client.get(f"{API}/{room.code}", headers=room.headers)).status_code == 404
    assert (await other.state())["members"] == 0


async def test_totals_of_groups_add_up_by_vignette(client: httpx.AsyncClient, engine: Engine) -> None:
    for _ in range(2):
        await (await a_group_with_a_past(client)).end()

    assert totals(engine) == [(2, 0, 18, 0, 0)]


async def test_a_round_that_was_not_shown_leaves_no_total(client: httpx.AsyncClient, engine: Engine) -> None:
    room = await new_room(client)
    phone = await room.join()
    await room.start_round()
    await room.go("voting")
    await phone.must_vote("drive")
    await room.end()

    assert totals(engine) == []


async def test_ending_a_group_from_its_page_does_the_same(client: httpx.AsyncClient, engine: Engine) -> None:
    room = await a_group_with_a_past(client)

    answer = await client.post(f"/g/{room.code}/end", headers=room.cookies)

    assert answer.status_code == 303
    assert (sizes(engine)["room"], sizes(engine)["vote"], sizes(engine)["ballot_tally"]) == (0, 0, 0)


async def test_a_group_whose_time_is_over_is_purged_when_a_server_starts(
    make_settings: MakeSettings, database_url: str
) -> None:
    async with running(make_settings()) as app, http_client(app) as client:
        old = await a_group_with_a_past(client)
        young = await new_room(client)
        let_expire(app.state.engine, old.code)
        assert sizes(app.state.engine)["room"] == 2

    with opened(database_url) as engine:
        async with running(make_settings()) as app, http_client(app) as client:
            await eventually(lambda: sizes(engine)["room"] == 1)
            assert (await Room(client, young.code, young.key).state())["members"] == 0
        assert sizes(engine)["vote"] == 0
        assert totals(engine) == [(1, 0, 9, 0, 0)]


def purge(database_url: str, folder: Path) -> str:
    """What the command prints."""
    finished = command("groups", "purge", DATA_DIR=str(folder), DATABASE_URL=database_url)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


async def test_groups_purge_deletes_what_is_over_and_says_how_many(
    app: FastAPI, client: httpx.AsyncClient, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    over = [await a_group_with_a_past(client, 2) for _ in range(2)]
    young = await new_room(client)
    for room in over:
        let_expire(engine, room.code)

    finished = [await asyncio.to_thread(purge, database_url, tmp_path) for _ in range(2)]

    assert finished == ["2 groups deleted.", "0 groups deleted."]
    assert sizes(engine)["room"] == 1
    assert (await young.state())["phase"] is None


@pytest.mark.parametrize("days", [1, 30])
async def test_a_group_lives_as_many_days_as_the_setting_says(make_settings: MakeSettings, days: int) -> None:
    from datetime import UTC, datetime, timedelta

    async with running(make_settings(group_days=days)) as app, http_client(app) as client:
        told = (await client.post(API, json={})).json()

    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=days) - timedelta(minutes=5) < left <= timedelta(days=days)


# Export


async def test_the_export_holds_shown_rounds_with_small_numbers_hidden(client: httpx.AsyncClient) -> None:
    room = await a_group_with_a_past(client, 14)

    plain = await client.get(f"{API}/{room.code}/export", headers=room.headers)
    table = await client.get(f"{API}/{room.code}/export", params={"format": "csv"}, headers=room.headers)

    told = plain.json()
    assert (told["group"], told["kind"]) == ("Tuesday room", "training")
    row = {"round": 1, "vignette": ANA, "ballot": 1, "threat": 0, "drive": 15, "soothing": 0, "unsure": 0, "pass": "*"}
    assert [{name: cell for name, cell in row.items() if name != "answered"} for row in told["rounds"]] == [row]
    assert table.headers["content-type"].startswith("text/csv")
    assert table.headers["content-disposition"] == f'attachment; filename="three-circles-{room.code}.csv"'
    read = csv.reader(io.StringIO(table.text))
    assert next(read) == COLUMNS
    assert [dict(zip(COLUMNS, cells, strict=True)) for cells in read] == [
        {name: str(cell) for name, cell in row.items()} for row in told["rounds"]
    ]
    for words in ("her grin", "quiet in there", BEN):
        assert words not in plain.text + table.text


async def test_an_export_in_another_format_is_refused(client: httpx.AsyncClient, room: Room) -> None:
    answer = await client.get(f"{API}/{room.code}/export", params={"format": "xlsx"}, headers=room.headers)

    assert answer.status_code == 422


async def test_ended_groups_leave_how_people_moved_between_the_ballots_and_nothing_of_who(
    client: httpx.AsyncClient, engine: Engine
) -> None:
    for _ in range(2):
        room = await new_room(client, "training", name="Tuesday room")
        phones = await room.people(3)
        await room.start_round(ANA)
        await room.go("voting")
        await vote_all(phones, "threat", "threat", "drive")
        await room.go("discussing", "revoting")
        await vote_all(phones, "drive", "threat", "drive")
        await room.go("revealed")
        await room.end()

    with engine.connect() as connection:
        moved = connection.execute(text("SELECT first, second, people FROM group_movement ORDER BY first, second"))
        assert [tuple(row) for row in moved] == [("drive", "drive", 2), ("threat", "drive", 2), ("threat", "threat", 2)]
        assert connection.execute(text("SELECT rounds, revotes FROM group_total")).one() == (2, 2)
