"""A plan on its way through a group. All of it goes with the group."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer
from sqlmodel import Field, SQLModel

from api.persistence.engine import RowId, UTCDateTime


def _of_group(*, primary_key: bool = True) -> Column[int]:
    return Column(
        Integer, ForeignKey("room.id", ondelete="CASCADE"), primary_key=primary_key, autoincrement=False, nullable=False
    )


class GuidedPlan(SQLModel, table=True):
    """A plan's text, once for all groups that began with the same. It goes with the last of them."""

    __tablename__ = "guided_plan"

    digest: str = Field(max_length=64, primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class GuidedSession(SQLModel, table=True):
    """A plan as it was when the group began with it: later edits of the plan change nothing here.

    `digest` names the plan's text in `guided_plan`; sessions from before it was kept there hold it in `document`.
    `added` are rounds that were put in on the way; `shown` the numbers of the check-ins whose totals were shown,
    and `people` how many were in the room then, by that number, where the facilitator had said so.
    """

    __tablename__ = "guided_session"

    group_id: int = Field(sa_column=_of_group())
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str | None = Field(default=None, max_length=64)
    length: int
    added: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    shown: list[int] = Field(sa_column=Column(JSON, nullable=False))
    people: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class Visit(SQLModel, table=True):
    """A step that was entered. `round` is the number of the round that belongs to it; `skipped`: it was passed over."""

    __tablename__ = "guided_visit"

    group_id: int = Field(sa_column=_of_group())
    number: int = Field(primary_key=True)
    step: int
    entered_at: datetime = Field(sa_type=UTCDateTime)
    round: int | None = None
    skipped: bool = False


class BoardLine(SQLModel, table=True):
    """What the facilitator wrote for the group: under a heading of a board, or as a rule that was agreed."""

    __tablename__ = "board_line"
    __table_args__ = (Index("ix_board_line_group_id", "group_id"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    group_id: int = Field(sa_column=_of_group(primary_key=False))
    step: int
    heading: int
    position: int
    text: str = Field(max_length=200)


class CheckInAnswer(SQLModel, table=True):
    """A member's answer to one question of a check-in; sent again, it replaces the earlier one."""

    __tablename__ = "check_in_answer"

    group_id: int = Field(sa_column=_of_group())
    step: int = Field(primary_key=True)
    question: int = Field(primary_key=True)
    member: str = Field(max_length=32, primary_key=True)
    answer: str = Field(max_length=8)


class CheckInTally(SQLModel, table=True):
    """How many gave which answer; moved in the transaction of the answer."""

    __tablename__ = "check_in_tally"

    group_id: int = Field(sa_column=_of_group())
    step: int = Field(primary_key=True)
    question: int = Field(primary_key=True)
    tried: int = 0
    not_yet: int = 0
    passed: int = 0
