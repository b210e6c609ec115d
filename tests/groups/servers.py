"""Groups on real server processes, over real connections."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.groups.room import Room, new_room
from tests.groups.streams import Line

LIMITS = httpx.Limits(max_connections=32)


@asynccontextmanager
async def visiting(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=20, limits=LIMITS, trust_env=False) as client:
        yield client


def wall(base_url: str, code: str) -> Line:
    return Line(base_url, f"/api/v1/groups/{code}/events?screen=true")


async def voting_room(client: httpx.AsyncClient, people: int, kind: str = "training") -> tuple[Room, list[Any]]:
    """A group in its first vote, with so many members."""
    room = await new_room(client, kind)
    phones = list(await asyncio.gather(*(room.join() for _ in range(people))))
    await room.start_round()
    await room.go("voting")
    return room, phones


async def eventually(so: Callable[[], bool], patience: float = 10.0) -> None:
    """Waits until it is so."""
    for _ in range(int(patience / 0.02)):
        if so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"after {patience:.0f} seconds it is still not so")


def answered(number: int) -> Callable[[Any], bool]:
    """Whether a message of a stream says that so many have answered."""
    return lambda data: bool(data["answered"] == number)
