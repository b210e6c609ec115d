"""Panels, the people who rate in them, and what was decided about keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class RatingPanel(SQLModel, table=True):
    """A link by which people rate stories without an account. `stories` are vignettes' numbers."""

    __tablename__ = "rating_panel"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=10, unique=True)
    name: str = Field(max_length=60)
    trainer_id: int = Field(foreign_key="trainer.id", index=True)
    stories: list[int] = Field(sa_column=Column(JSON, nullable=False))
    each: int
    created_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)


class PanelRater(SQLModel, table=True):
    """Someone who rates by a link, or on paper: then `label` is what the file calls them.

    `given` are the vignettes' numbers that they were handed, in their order. `named` says how their reasons may be
    shown: not at all, under their profession, or under `name`.
    """

    __tablename__ = "panel_rater"
    __table_args__ = (UniqueConstraint("panel_id", "label"),)

    id: str = Field(max_length=32, primary_key=True)
    panel_id: int = Field(foreign_key="rating_panel.id", ondelete="CASCADE", index=True)
    label: str | None = Field(default=None, max_length=40)
    profession: str = Field(max_length=16)
    years: str = Field(max_length=8)
    named: str = Field(max_length=10)
    name: str | None = Field(default=None, max_length=60)
    given: list[int] = Field(sa_column=Column(JSON, nullable=False))
    joined_at: datetime = Field(sa_type=UTCDateTime)


class PanelRating(SQLModel, table=True):
    """What someone in a panel answered to the words that `story` stands for.

    `also` holds what else would fit, parted by a space; `shown` whether a trainer lets the reason be read.
    """

    __tablename__ = "panel_rating"
    __table_args__ = (UniqueConstraint("rater_id", "vignette_id"),)

    id: int | None = Field(default=None, primary_key=True)
    rater_id: str = Field(max_length=32, foreign_key="panel_rater.id", ondelete="CASCADE")
    vignette_id: int = Field(foreign_key="vignette.id", index=True)
    version: int
    story: str = Field(max_length=16, index=True)
    system: str = Field(max_length=8)
    confidence: str | None = Field(default=None, max_length=8)
    also: str = Field(default="", max_length=40)
    cues: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    reason: str | None = Field(default=None, max_length=280)
    shown: bool = False
    created_at: datetime = Field(sa_type=UTCDateTime)


class KeyDecision(SQLModel, table=True):
    """What an editor decided about the key of one version, and why; `raters` and `fitting` are what they saw then."""

    __tablename__ = "key_decision"

    id: int | None = Field(default=None, primary_key=True)
    vignette_id: int = Field(foreign_key="vignette.id", ondelete="CASCADE", index=True)
    version: int
    decision: str = Field(max_length=8)
    reason: str = Field(max_length=500)
    raters: int
    fitting: int
    trainer_id: int = Field(foreign_key="trainer.id")
    created_at: datetime = Field(sa_type=UTCDateTime)
