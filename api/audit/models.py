"""The activity log: who did what to what, and when."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from api.persistence.engine import RowId, UTCDateTime


class AuditLine(SQLModel, table=True):
    """An action by a trainer or admin. `name` is what they were called then, so that it outlives the account.

    `about` names the thing, never what it says; `outcome` is done or refused. `count`: how often within a minute, where
    that is one line.
    """

    __tablename__ = "audit"
    # SQLite would give the number of a purged line to the next one.
    __table_args__ = {"sqlite_autoincrement": True}  # SQLAlchemy reads a plain dict

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    trainer_id: int | None = Field(default=None, index=True)
    name: str = Field(max_length=60)
    deed: str = Field(max_length=20)
    about: str = Field(max_length=160)
    outcome: str = Field(max_length=8)
    count: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
