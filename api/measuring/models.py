"""Courses that are measured, who takes part, and their answers to sealed stories."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class Course(SQLModel, table=True):
    """The measurement of a class. `sets` are three lists of vignettes' numbers, `expected` how easy each set is.

    `ends` is the first day of the second occasion; `stopped_at` says when its trainer ended it early.
    """

    class_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("learner_class.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    begins: date
    ends: date
    consent: str = Field(max_length=1000)
    salt: str = Field(max_length=32)
    sets: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    expected: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UTCDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class CourseMember(SQLModel, table=True):
    """A learner who agreed to take part in a course's measurement; `research`: and to be in files for research."""

    __tablename__ = "course_member"

    learner: str = Field(max_length=32, primary_key=True)
    class_id: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("course.class_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            index=True,
        )
    )
    research: bool
    agreed_at: datetime = Field(sa_type=UTCDateTime)


class CourseAnswer(SQLModel, table=True):
    """A learner's answer to a sealed story. `occasion`: 0 before, 1 after, 2 later."""

    __tablename__ = "course_answer"
    __table_args__ = (UniqueConstraint("class_id", "learner", "vignette_id"),)

    id: int | None = Field(default=None, primary_key=True)
    class_id: int = Field(foreign_key="course.class_id", ondelete="CASCADE")
    learner: str = Field(max_length=32, index=True)
    occasion: int
    vignette_id: int = Field(foreign_key="vignette.id")
    system: str = Field(max_length=8)
    confidence: str | None = Field(default=None, max_length=8)
    matched: bool
    created_at: datetime = Field(sa_type=UTCDateTime)
