"""What practice keeps: what is known of a learner, how hard stories are, sittings, and codes for another device."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

from api.persistence.engine import RowId, UTCDateTime


class PracticeState(SQLModel, table=True):
    """What a learner's guesses up to `upto` say. It can always be made again from them, so losing it loses nothing.

    `folded` is the number of guesses in it: a guess that was committed late shows as a number that does not fit.
    """

    __tablename__ = "practice_state"

    learner: str = Field(max_length=32, primary_key=True)
    upto: int = Field(sa_type=BigInteger)
    folded: int
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Difficulty(SQLModel, table=True):
    """How hard a vignette has proved, on the Elo scale of `elo.py`, after `n` first attempts."""

    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    series: int = Field(primary_key=True)
    delta: float
    n: int


class Sitting(SQLModel, table=True):
    """One stretch of practice. It holds the guesses after `after_guess`; `done` is their number when it was closed."""

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    learner: str = Field(max_length=32, index=True)
    kind: str = Field(max_length=12)
    skill: str | None = Field(default=None, max_length=40)
    planned: int | None = None
    after_guess: int = Field(sa_type=BigInteger)
    done: int = 0
    started_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class DeviceCode(SQLModel, table=True):
    """A code with which a learner carries on elsewhere: kept as a hash, for minutes, and used once."""

    __tablename__ = "device_code"

    digest: str = Field(max_length=64, primary_key=True)
    learner: str = Field(max_length=32, index=True)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class CalendarAddress(SQLModel, table=True):
    """Where a learner's calendar of what is due stands, as a hash: one for each learner, until it is taken back."""

    __tablename__ = "calendar_address"

    digest: str = Field(max_length=64, primary_key=True)
    learner: str = Field(max_length=32, index=True, unique=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
