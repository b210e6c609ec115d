"""Texts that are being worked on, and what other trainers answered to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class Draft(SQLModel, table=True):
    """The one text of a vignette that is being worked on, readable or not; `revision` goes up with every save."""

    vignette_id: int = Field(
        sa_column=Column(Integer, ForeignKey("vignette.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    source: str = Field(sa_column=Column(Text, nullable=False))
    revision: int = 1
    base_version: int = 0
    saved_by: int | None = Field(default=None, foreign_key="trainer.id")
    saved_at: datetime = Field(sa_type=UTCDateTime)


class KeptText(SQLModel, table=True):
    """A text that an import brought in (`kind` import) or took the place of (`kind` draft). Both can come back."""

    __tablename__ = "kept_text"

    id: int | None = Field(default=None, primary_key=True)
    vignette_id: int = Field(
        sa_column=Column(Integer, ForeignKey("vignette.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    source: str = Field(sa_column=Column(Text, nullable=False))
    kind: str = Field(max_length=6)
    saved_by: int | None = Field(default=None, foreign_key="trainer.id")
    kept_at: datetime = Field(sa_type=UTCDateTime)


class Rating(SQLModel, table=True):
    """What a trainer answered before seeing the key. `story` marks the words that were read, whatever else changed."""

    __table_args__ = (UniqueConstraint("vignette_id", "story", "trainer_id"),)

    id: int | None = Field(default=None, primary_key=True)
    vignette_id: int = Field(
        sa_column=Column(Integer, ForeignKey("vignette.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    story: str = Field(max_length=16)
    trainer_id: int = Field(foreign_key="trainer.id")
    system: str = Field(max_length=8)
    confidence: str | None = Field(default=None, max_length=8)
    cues: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    circles: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    comment: str | None = Field(default=None, max_length=1000)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ImportJob(SQLModel, table=True):
    """A file that was sent to be imported, with how far it is; it is thrown away when it is done with, or after a day.

    `token` names it in addresses. `report` is what trainers are shown: see `jobs.Report`.
    """

    __tablename__ = "import_job"

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=32, unique=True)
    trainer_id: int = Field(sa_column=Column(Integer, ForeignKey("trainer.id", ondelete="CASCADE"), nullable=False))
    name: str = Field(max_length=200)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(max_length=10)
    done: int = 0
    total: int = 0
    report: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    created_at: datetime = Field(sa_type=UTCDateTime)
