"""Members who press at the same moment again and again are counted once, and their votes with them."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from tests.client import http_client
from tests.groups.room import Room
from tests.groups.rows import ballot_tallies, ballots_recounted

pytestmark = pytest.mark.both_databases

AT_ONCE = 12


def members(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT members FROM room")).scalar_one())


async def test_leaving_joining_and_voting_at_once_keep_every_count_right(
    room: Room, engine: Engine, app: FastAPI
) -> None:
    phones = await room.people(3)
    await room.start_round()
    await room.go("voting")
    async with http_client(app) as device:
        await device.post(f"/g/{room.code}/join")
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in device.cookies.items())}

    async def send(path: str, **form: str) -> httpx.Response:
        async with http_client(app) as other:
            return await other.post(f"/g/{room.code}/{path}", data=form, headers=cookies)

    for phone in phones:
        await phone.must_vote("drive")
    for _ in range(2):
        writes = [send(path, **form) for path, form in MOVES for _ in range(AT_ONCE // 3)]
        told = {answer.status_code for answer in await asyncio.gather(*writes)}
        assert told <= {200, 303, 401, 403, 404, 409, 422, 503}, told
        assert ballot_tallies(engine) == ballots_recounted(engine)
        assert members(engine) in (3, 4)

    left = {answer.status_code for answer in await asyncio.gather(*(send("leave") for _ in range(AT_ONCE)))}
    assert left == {303}
    assert members(engine) == 3
    assert ballot_tallies(engine) == ballots_recounted(engine)


MOVES: tuple[tuple[str, dict[str, str]], ...] = (
    ("leave", {}),
    ("guess", {"system": "threat"}),
    ("join", {}),
)
