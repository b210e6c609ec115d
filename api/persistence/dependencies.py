"""The database as routers reach it: the engine, a session of one request, and the writer."""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from sqlalchemy import Engine
from sqlmodel import Session

from api.persistence.group_commit import Writer


def engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def writer_of(request: Request) -> Writer[Any, Any]:
    """What commits guesses and votes in batches."""
    writer: Writer[Any, Any] = request.app.state.writer
    return writer


async def after_what_waits(request: Request) -> None:
    """A dependency for what must see every answer that was sent before it, such as deleting them."""
    await writer_of(request).drained()


def session(request: Request) -> Iterator[Session]:
    """A session for one request's reads and small writes; what is not committed is rolled back."""
    with Session(engine_of(request)) as db:
        yield db
