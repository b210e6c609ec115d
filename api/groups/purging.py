"""Deletes groups whose time is over, by itself."""

import asyncio

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.groups.service import purge

EVERY_SECONDS = 3600.0

log = structlog.get_logger()


async def purge_for_ever(engine: Engine) -> None:
    """Purges at the start and every hour after; a database that is away is asked again next time."""
    while True:
        try:
            if count := await asyncio.to_thread(purge, engine):
                log.info("groups_purged", groups=count)
        except SQLAlchemyError as error:
            log.warning("purge_failed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
