"""Fixtures: groups in the running application."""

from collections.abc import Callable, Mapping

import httpx
import pytest
from fastapi import FastAPI

from tests.groups.room import Room, new_room
from tests.groups.streams import Reader

Follow = Callable[..., Reader]


@pytest.fixture
async def room(client: httpx.AsyncClient) -> Room:
    """A psychoeducation group in which no one is yet."""
    return await new_room(client)


@pytest.fixture
async def class_room(client: httpx.AsyncClient) -> Room:
    """A training group in which no one is yet."""
    return await new_room(client, "training")


@pytest.fixture
def follow(app: FastAPI) -> Follow:
    """Opens a stream of the application."""

    def follow(path: str, headers: Mapping[str, str] | None = None) -> Reader:
        return Reader(app, path, headers)

    return follow
