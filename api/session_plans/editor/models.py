"""Plans of one's own, and every text that they had lately."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, Text
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class OwnPlan(SQLModel, table=True):
    """A plan that someone here wrote. `revision` names its newest text and goes up with every save.

    `title` and `faults` say what the newest text held when it was saved, for lists. `offered` is the text that
    facilitators get: later edits do not reach it until it is offered again.
    """

    __tablename__ = "own_plan"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, unique=True)
    title: str = Field(max_length=80)
    author_id: int = Field(foreign_key="trainer.id")
    revision: int = 1
    faults: int = 0
    offered: str | None = Field(default=None, sa_column=Column(Text))
    created_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class OwnPlanText(SQLModel, table=True):
    """The plan file as it was saved once, readable or not; the newest few are kept, so that a save can be undone."""

    __tablename__ = "own_plan_text"

    plan_id: int = Field(
        sa_column=Column(Integer, ForeignKey("own_plan.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    revision: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    source: str = Field(sa_column=Column(Text, nullable=False))
    saved_by: int = Field(foreign_key="trainer.id")
    saved_at: datetime = Field(sa_type=UTCDateTime)
