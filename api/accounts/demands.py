"""Who needs a second factor: by role, from a day on, so that people are told before it binds."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final, cast

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.accounts.models import SecondFactorDemand, Trainer
from api.accounts.permissions import ROLES, Role
from api.audit.trail import record
from api.persistence.engine import now, write_engine

USUAL_DAYS: Final = 14
MOST_DAYS: Final = 90


def demands(db: Session) -> Mapping[Role, date]:
    """The roles that need one, each with the day from which on."""
    return {cast(Role, row.role): row.binds_on for row in db.exec(select(SecondFactorDemand))}


def change_demands(engine: Engine, by: Trainer, roles: Collection[Role], days: int) -> None:
    """Demands a second factor of these roles and of no other. One that is demanded already keeps its day."""
    with Session(write_engine(engine)) as db:
        there = {row.role: row for row in db.exec(select(SecondFactorDemand).with_for_update())}
        for role in ROLES:
            if role in roles and role not in there:
                db.add(SecondFactorDemand(role=role, binds_on=now().date() + timedelta(days=days)))
            elif role not in roles and role in there:
                db.delete(there[role])
        told = f"{', '.join(role for role in ROLES if role in roles) or 'no one'}, new ones after {days} days"
        record(db, by, "demand_factor", told)
        db.commit()
