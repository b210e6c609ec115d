"""What is kept of guesses: each one, and the running count of first attempts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from api.persistence.engine import RowId, UTCDateTime


class Guess(SQLModel, table=True):
    """A learner's answer to a vignette. `series` separates statistics before and after a change of meaning."""

    __table_args__ = (
        UniqueConstraint("learner", "vignette_id", "series", "attempt"),
        # Few answers have circles: an index of those alone costs the others nothing.
        Index(
            "ix_guess_circles",
            "vignette_id",
            "series",
            sqlite_where=text("circles IS NOT NULL"),
            postgresql_where=text("circles IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    learner: str = Field(max_length=32)
    vignette_id: int = Field(foreign_key="vignette.id")
    series: int
    version: int
    attempt: int
    system: str = Field(max_length=8)
    confidence: str | None = Field(default=None, max_length=8)
    cues: list[Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    reason: str | None = Field(default=None, max_length=280)
    circles: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    created_at: datetime = Field(sa_type=UTCDateTime)


class Tally(SQLModel, table=True):
    """How many learners first answered what. Kept in the transaction of the guess, so reading never counts rows."""

    __table_args__ = (
        CheckConstraint("threat >= 0 AND drive >= 0 AND soothing >= 0 AND unsure >= 0", name="tally_not_negative"),
    )

    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    series: int = Field(primary_key=True)
    threat: int = 0
    drive: int = 0
    soothing: int = 0
    unsure: int = 0
