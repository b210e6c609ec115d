"""The library in the database: each vignette, every published version of its case file, and where to find it."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class Vignette(SQLModel, table=True):
    """A vignette as it now stands. `series` goes up when its meaning changes: statistics then start afresh.

    `version` is 0 until it is first published. From `title` on stands what lists show and filter by, taken from the
    newest text that can be read. `shipped` is the product's own newest text where trainers have made another one of
    the vignette: it is offered, never put in its place; `turned_down` the one that they did not want.
    `acceptable` holds the answers that fit, parted by a space.
    """

    __table_args__ = (Index("ix_vignette_level_title", "level", "title", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    status: str = Field(max_length=12, index=True)
    origin: str = Field(max_length=12)
    version: int
    series: int
    adapted: bool = False
    owner_id: int | None = Field(default=None, foreign_key="trainer.id")
    adapted_from: str | None = Field(default=None, max_length=80)
    shipped: str | None = Field(default=None, sa_column=Column(Text))
    turned_down: str | None = Field(default=None, sa_column=Column(Text))
    title: str = Field(default="", max_length=80)
    person: str = Field(default="", max_length=40)
    level: int = 0
    dominant: str = Field(default="", max_length=8)
    acceptable: str = Field(default="", max_length=40)
    content_note: str | None = Field(default=None, max_length=120)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class VignetteVersion(SQLModel, table=True):
    """One published version: the case file's whole text, and the case read from it as JSON.

    `change` is what its author said of it: first, wording, meaning, or upgrade for a text that came with the product.
    """

    __tablename__ = "vignette_version"
    __table_args__ = (UniqueConstraint("vignette_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    vignette_id: int = Field(foreign_key="vignette.id")
    number: int
    series: int
    source: str = Field(sa_column=Column(Text, nullable=False))
    parsed: str | None = Field(default=None, sa_column=Column(Text))
    change: str = Field(default="first", max_length=8)
    note: str | None = Field(default=None, max_length=200)
    author_id: int | None = Field(default=None, foreign_key="trainer.id")
    created_at: datetime = Field(sa_type=UTCDateTime)


class VignetteSkill(SQLModel, table=True):
    """A skill that a vignette practises: lists filter by it."""

    __tablename__ = "vignette_skill"

    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    skill: str = Field(max_length=40, primary_key=True, index=True)


class LibraryChange(SQLModel, table=True):
    """One row, whose number goes up with every change of what learners may see: other processes look at it."""

    __tablename__ = "library_change"

    id: int | None = Field(default=None, primary_key=True)
    number: int


class LibrarySetting(SQLModel, table=True):
    """What admins may change about the library; a name that is missing has its default."""

    __tablename__ = "library_setting"

    name: str = Field(max_length=40, primary_key=True)
    value: str = Field(max_length=200)
