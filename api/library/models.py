"""The library in the database: each vignette and every version of its case file."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.db import UTCDateTime


class Vignette(SQLModel, table=True):
    """A vignette as it now stands. `series` goes up when its meaning changes: statistics then start afresh."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    status: str = Field(max_length=12)
    origin: str = Field(max_length=12)
    version: int
    series: int


class VignetteVersion(SQLModel, table=True):
    """One version: the case file's whole text."""

    __tablename__ = "vignette_version"
    __table_args__ = (UniqueConstraint("vignette_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    vignette_id: int = Field(foreign_key="vignette.id")
    number: int
    series: int
    source: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_type=UTCDateTime)


class LibrarySetting(SQLModel, table=True):
    """What admins may change about the library; a name that is missing has its default."""

    __tablename__ = "library_setting"

    name: str = Field(max_length=40, primary_key=True)
    value: str = Field(max_length=200)
