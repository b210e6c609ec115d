"""Live streams in one process: the present first, then the newest, and nothing held meanwhile."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool

from api.groups.live import hub as hub_module
from api.groups.live.hub import Hub
from tests.cast import ANA, CLEO
from tests.groups.conftest import Follow
from tests.groups.room import API, Phone, Room, new_room
from tests.groups.servers import eventually
from tests.groups.streams import Reader
from tests.statements import counted

STREAMS = 100


def at(version: int) -> Callable[[Any], bool]:
    return lambda data: bool(data["version"] == version)


async def version_of(room: Room) -> int:
    version: int = (await room.state())["version"]
    return version


async def test_a_stream_begins_with_the_present_state(class_room: Room, follow: Follow) -> None:
    phone = await class_room.join()
    await class_room.start_round()
    await class_room.go("voting")
    await phone.must_vote("drive", confidence="leaning")
    state = await phone.state()

    async with follow(f"{API}/{class_room.code}/events", phone.headers) as stream:
        first = await stream.event()

    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert stream.headers["cache-control"] == "no-store"
    assert first.data == state
    assert first.id == state["version"]
    assert state["guess"] == {"system": "drive", "confidence": "leaning"}


async def test_a_stream_gets_the_newest_state_after_changes_and_its_id_grows(room: Room, follow: Follow) -> None:
    phone = await room.join()
    async with follow(f"{API}/{room.code}/events", phone.headers) as mine, follow(
        f"{API}/{room.code}/events", room.headers
    ) as leading:  # fmt: skip
        await room.start_round()
        await room.go("voting")
        for system in ("threat", "drive", "soothing"):
            await phone.must_vote(system)
        version = await version_of(room)
        last = await mine.event(at(version))
        led = await leading.event(at(version))

    assert last.data == await phone.state()
    assert last.data["guess"]["system"] == "soothing"
    assert led.data == await room.state()
    assert led.data["guess"] is None
    ids = [message.id or 0 for message in mine.events]
    assert ids == sorted(set(ids))


async def test_each_phone_is_told_its_own_vote_and_no_one_elses(room: Room, follow: Follow) -> None:
    phones = await room.people(3)
    systems = ("threat", "drive", "pass")
    await room.start_round()
    await room.go("voting")
    async with AsyncExitStack() as open_streams:
        streams = [
            await open_streams.enter_async_context(follow(f"{API}/{room.code}/events", phone.headers))
            for phone in phones
        ]
        for phone, system in zip(phones, systems, strict=True):
            await phone.must_vote(system)
        version = await version_of(room)
        told = [(await stream.event(at(version))).data["guess"]["system"] for stream in streams]

    assert told == list(systems)


async def test_many_changes_come_as_few_messages(room: Room, follow: Follow) -> None:
    async with follow(f"{API}/{room.code}/events?screen=true") as stream:
        await stream.event()
        await asyncio.gather(*(room.join() for _ in range(40)))
        version = await version_of(room)
        await stream.event(at(version))

    assert len(stream.events) < 30
    assert stream.events[-1].data["members"] == 40


async def test_pages_are_told_where_the_group_is(room: Room, follow: Follow) -> None:
    phone = await room.join()
    async with (
        follow(f"/g/{room.code}/live/member", phone.cookies) as mine,
        follow(f"/g/{room.code}/live/screen") as wall,
        follow(f"/g/{room.code}/live/console", room.cookies) as console,
    ):
        assert (await mine.event()).data == {"step": "waiting", "members": 1, "answered": 0}
        await room.start_round()
        await room.go("voting")
        await phone.must_vote("drive")
        version = await version_of(room)
        page = (await room.client.get(f"/g/{room.code}/now/member", headers=phone.cookies)).text
        step = page.split('data-step="')[1].split('"')[0]
        assert step != "waiting"
        voting = {"step": step, "members": 1, "answered": 1}
        assert (await mine.event(lambda data: data["answered"] == 1)).data == voting | {"sent": "drive"}
        assert (await wall.event(at(version))).data == voting | {"version": version}
        assert (await console.event(at(version))).data == voting | {"version": version}


async def test_a_quiet_stream_is_kept_open_with_a_comment(
    room: Room, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.3)
    async with follow(f"{API}/{room.code}/events?screen=true") as stream:
        await stream.until(lambda feed: feed.comments >= 3)
        assert len(stream.events) == 1


async def test_readers_are_told_to_wait_for_different_times_before_they_come_back(room: Room, follow: Follow) -> None:
    async with AsyncExitStack() as open_streams:
        streams = [
            await open_streams.enter_async_context(follow(f"{API}/{room.code}/events?screen=true")) for _ in range(20)
        ]
        for stream in streams:
            await stream.until(lambda feed: feed.retry is not None)
        times = [stream.retry or 0 for stream in streams]

    assert len(set(times)) > 10
    assert all(1000 <= time <= 5000 for time in times)


async def test_the_end_of_a_group_ends_its_streams(room: Room, follow: Follow) -> None:
    other = await new_room(room.client)
    async with follow(f"{API}/{room.code}/events?screen=true") as stream, follow(
        f"{API}/{other.code}/events?screen=true"
    ) as unrelated:  # fmt: skip
        await stream.event()
        await unrelated.event()
        await room.end()
        await stream.until(lambda feed: feed.ended)
        assert (stream.events[-1].name, stream.events[-1].data) == ("ended", {})
        assert not unrelated.ended


async def test_a_group_that_ends_does_not_stop_the_streams_of_others(room: Room, follow: Follow) -> None:
    other = await new_room(room.client)
    async with follow(f"{API}/{other.code}/events?screen=true") as stream:
        await stream.event()
        await room.end()
        await other.join()
        await stream.event(lambda data: data["members"] == 1)


@pytest.mark.both_databases
async def test_open_streams_hold_no_connection_to_the_database(
    room: Room, follow: Follow, engine: Engine, client: httpx.AsyncClient
) -> None:
    assert isinstance(engine.pool, QueuePool)
    assert engine.pool.size() < STREAMS
    async with AsyncExitStack() as open_streams:
        streams: list[Reader] = await asyncio.gather(
            *(open_streams.enter_async_context(follow(f"{API}/{room.code}/events?screen=true")) for _ in range(STREAMS))
        )
        await asyncio.gather(*(stream.event() for stream in streams))
        pool = engine.pool
        await eventually(lambda: pool.checkedout() == 0)
        assert (await client.get(f"/g/{room.code}/now/screen")).status_code == 200
        await room.join()
        await asyncio.gather(*(stream.event(lambda data: data["members"] == 1) for stream in streams))


@pytest.mark.both_databases
async def test_a_change_is_read_once_for_however_many_streams(room: Room, follow: Follow, engine: Engine) -> None:
    async def cost(streams: int) -> int:
        async with AsyncExitStack() as open_streams:
            readers = [
                await open_streams.enter_async_context(follow(f"{API}/{room.code}/events?screen=true"))
                for _ in range(streams)
            ]
            await asyncio.gather(*(reader.event() for reader in readers))
            members = readers[0].events[-1].data["members"]
            await asyncio.sleep(hub_module.PUSH_SECONDS * 3)
            with counted(engine) as statements:
                await room.join()
                await asyncio.gather(*(r.event(lambda data: data["members"] == members + 1) for r in readers))
        return len([statement for statement in statements if statement.startswith("SELECT")])

    assert await cost(1) == await cost(30) > 0


async def test_streams_that_leave_are_forgotten(room: Room, follow: Follow, app: FastAPI) -> None:
    hub: Hub = app.state.hub
    async with follow(f"{API}/{room.code}/events?screen=true") as stream:
        await stream.event()
        assert hub.open_streams == 1
    assert hub.open_streams == 0
    assert room.code not in hub._groups


async def test_a_round_that_was_replaced_takes_its_votes_out_of_the_stream(room: Room, follow: Follow) -> None:
    """The reader voted for Ana; the steps were taken back, and Cleo's story is read and voted on instead."""
    phone = await room.join()
    await room.start_round(ANA)
    await room.go("voting")
    await phone.must_vote("drive")
    async with follow(f"{API}/{room.code}/events", phone.headers) as stream:
        assert (await stream.event()).data["guess"]["system"] == "drive"
        await room.back()
        await room.start_round(CLEO)
        await room.go("voting")
        told = await stream.event(at(await version_of(room)))

    assert (await phone.state())["guess"] is None
    assert told.data["vignette"]["slug"] == CLEO
    assert told.data["guess"] is None


async def test_a_phone_that_comes_back_while_its_group_is_read_is_told_its_own_vote(
    room: Room, follow: Follow, engine: Engine, app: FastAPI
) -> None:
    """The only stream of a group leaves and comes back just while the hub looks at the database."""
    phone = await room.join()
    await room.start_round()
    await room.go("voting")
    await phone.must_vote("drive")
    told = await coming_back_during_a_look(room, phone, follow, engine, app)
    assert await phone.state() == told | {"guess": {"system": "drive", "confidence": None}}

    assert told["guess"] == {"system": "drive", "confidence": None}


async def coming_back_during_a_look(
    room: Room, phone: Phone, follow: Follow, engine: Engine, app: FastAPI
) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    path, headers = f"{API}/{room.code}/events", phone.headers
    first, second = follow(path, headers), follow(path, headers)
    swapped = False

    def swap(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        nonlocal swapped
        if not swapped and re.match(r"SELECT vote\.round_id, vote\.ballot, vote\.member", statement):
            swapped = True
            asyncio.run_coroutine_threadsafe(go_and_come(), loop).result(10)

    async def go_and_come() -> None:
        await first.__aexit__(None, None, None)
        await second.__aenter__()
        await eventually(lambda: app.state.hub.open_streams == 1)

    await first.__aenter__()
    await first.event()
    event.listen(engine, "before_cursor_execute", swap)
    try:
        await room.join()
        await eventually(lambda: swapped)
        told: dict[str, Any] = (await second.event(at(await version_of(room)))).data
        return told
    finally:
        event.remove(engine, "before_cursor_execute", swap)
        await second.__aexit__(None, None, None)
