"""Keeps a process's catalogue up to date with what other processes publish."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.vignettes.catalogue import Catalogue

SECONDS = 2.0

log = structlog.get_logger()


async def run_catalogue_refresh(catalogue: Catalogue) -> None:
    """Looks every SECONDS whether the library has changed: one small query, made outside the event loop."""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            await asyncio.to_thread(catalogue.refresh)
        except SQLAlchemyError as error:
            log.warning("library_not_refreshed", error=type(error).__name__)
