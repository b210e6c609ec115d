"""Deletes by itself what has had its time, at the start and every hour, and then wipes it from the disk."""

import asyncio

import structlog
from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from api.accounts import invitations, sessions
from api.audit import trail
from api.editorial.models import ImportJob
from api.exchange.import_jobs import KEPT
from api.groups import service as groups
from api.groups.sessions import starting
from api.measuring import sealing
from api.persistence.engine import now, truncate_wal, write_engine
from api.practice.models import DeviceCode

EVERY_SECONDS = 3600.0

log = structlog.get_logger()


async def run_purge(engine: Engine, audit_days: int) -> None:
    """Purges every hour."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await asyncio.to_thread(purge_quietly, engine, audit_days)


def purge_quietly(engine: Engine, audit_days: int) -> None:
    """Purges; a database that is away is asked again next time."""
    try:
        count = groups.purge(engine)
        trail.purge(engine, audit_days)
        _purge_what_ran_out(engine)
        starting.purge_plans(engine)
        sealing.release(engine)
        wiped = truncate_wal(engine)
        if count or not wiped:
            log.info("purged", groups=count, wiped=wiped)
    except SQLAlchemyError as error:
        log.warning("purge_failed", error=type(error).__name__)


def _purge_what_ran_out(engine: Engine) -> None:
    """Links, sign-ins, codes for another device, and files that were sent to be imported."""
    with Session(write_engine(engine)) as db:
        sessions.delete_over(db)
        invitations.delete_over(db)
        db.exec(delete(DeviceCode).where(col(DeviceCode.expires_at) < now()))
        db.exec(delete(ImportJob).where(col(ImportJob.created_at) < now() - KEPT))
        db.commit()
