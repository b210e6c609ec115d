"""Deletes groups whose time is over, by itself: at the start and every hour."""

import asyncio

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.groups.service import purge

EVERY_SECONDS = 3600.0

log = structlog.get_logger()


async def purge_for_ever(engine: Engine) -> None:
    """Purges every hour."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await asyncio.to_thread(purge_quietly, engine)


def purge_quietly(engine: Engine) -> None:
    """Purges; a database that is away is asked again next time."""
    try:
        if count := purge(engine):
            log.info("groups_purged", groups=count)
    except SQLAlchemyError as error:
        log.warning("purge_failed", error=type(error).__name__)
