"""Fixtures: guests of the application who may sign in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from fastapi import FastAPI

from tests.accounts.people import Guests


@pytest.fixture
async def guests(app: FastAPI) -> AsyncIterator[Guests]:
    async with AsyncExitStack() as stack:
        yield Guests(app, stack)
