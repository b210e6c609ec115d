"""Groups, their rounds and votes. All of it is deleted when the group ends; only totals stay."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from api.persistence.engine import RowId, UTCDateTime


def _of_group() -> Column[int]:
    return Column(Integer, ForeignKey("room.id", ondelete="CASCADE"), nullable=False)


class Group(SQLModel, table=True):
    """A room of people. `uid` is part of its tokens, so that a code used again later opens nothing old.

    `version` goes up with every change that anyone can see, `leading` whenever the facilitator's link is withdrawn: it
    is part of that link, and of the cookies that it was exchanged for.
    `place` says where its guided session is, if it has one. `people`: how many are in the room, where the facilitator
    has said so. `curtain`: what stands in front of the shared screen, `blank` or `pause`; `shows_why`: whether it
    shows why instead of how many; `closing_at`: when the facilitator said that the group is about to end.
    """

    __tablename__ = "room"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=8, unique=True)
    uid: str = Field(max_length=24)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=60)
    plan: list[str] = Field(sa_column=Column(JSON, nullable=False))
    show_first_ballot: bool = False
    place: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    version: int = 1
    members: int = 0
    leading: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    people: int | None = None
    curtain: str | None = Field(default=None, max_length=8)
    shows_why: bool = False
    closing_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Departure(SQLModel, table=True):
    """A member who has left, so that leaving twice counts once."""

    __tablename__ = "departure"

    group_id: int = Field(
        sa_column=Column(Integer, ForeignKey("room.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    member: str = Field(max_length=32, primary_key=True)


class GroupRound(SQLModel, table=True):
    """One vignette in a group. `path` is the list of phases so far; `frozen` the results as they were shown.

    `ask` is what people may add to their choice; None leaves it to the kind of the group. `advice` was worked out when
    the first vote was closed, and never changes; `none` where there was none to give.
    """

    __tablename__ = "round"
    # SQLite would give the number of a deleted round to the next one, which readers would take for the same.
    __table_args__ = (UniqueConstraint("group_id", "number"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(sa_column=_of_group())
    number: int
    vignette_id: int = Field(foreign_key="vignette.id")
    vignette_version: int
    series: int
    path: list[str] = Field(sa_column=Column(JSON, nullable=False))
    ask: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    advice: str | None = Field(default=None, max_length=8)
    second_vote: bool = True
    frozen: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))


class Vote(SQLModel, table=True):
    """A member's answer in a ballot; sent again, it replaces the earlier one. `version` is the group's at that time."""

    __tablename__ = "vote"
    # No index of versions: each vote would write to one more place of the disk, to spare four times a second a walk
    # over the votes of one round.
    __table_args__ = (UniqueConstraint("round_id", "ballot", "member"),)

    id: int | None = Field(default=None, sa_column=Column(RowId, primary_key=True))
    round_id: int = Field(sa_column=Column(Integer, ForeignKey("round.id", ondelete="CASCADE"), nullable=False))
    ballot: int
    member: str = Field(max_length=32)
    system: str = Field(max_length=8)
    confidence: str | None = Field(default=None, max_length=8)
    cues: list[Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    reason: str | None = Field(default=None, max_length=280)
    circles: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    reason_shown: bool = False
    version: int


class BallotTally(SQLModel, table=True):
    """How many in a ballot gave which answer; moved in the transaction of the vote."""

    __tablename__ = "ballot_tally"

    round_id: int = Field(
        sa_column=Column(Integer, ForeignKey("round.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    ballot: int = Field(primary_key=True)
    threat: int = 0
    drive: int = 0
    soothing: int = 0
    unsure: int = 0
    passed: int = 0


class GroupTotal(SQLModel, table=True):
    """What groups first answered to a vignette, without link to group or member: what stays after deletion.

    `revotes` counts those of the rounds that had a second ballot.
    """

    __tablename__ = "group_total"

    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    series: int = Field(primary_key=True)
    rounds: int = 0
    threat: int = 0
    drive: int = 0
    soothing: int = 0
    unsure: int = 0
    revotes: int = 0


class GroupMovement(SQLModel, table=True):
    """How many people in all groups went from which first answer to which second one; it stays as GroupTotal does."""

    __tablename__ = "group_movement"

    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    series: int = Field(primary_key=True)
    first: str = Field(max_length=8, primary_key=True)
    second: str = Field(max_length=8, primary_key=True)
    people: int = 0
