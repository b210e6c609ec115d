"""Classes of learners: who is in one, and the totals of their first answers, which only grow in steps."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Integer
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


def _of_class() -> Column[int]:
    return Column(
        Integer, ForeignKey("learner_class.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class LearnerClass(SQLModel, table=True):
    """A trainer's class. From `closes_at` on no one joins it, and later answers do not count in it."""

    __tablename__ = "learner_class"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=8, unique=True)
    name: str = Field(max_length=60)
    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)


class ClassMember(SQLModel, table=True):
    """The one class that a learner is in."""

    __tablename__ = "class_member"

    learner: str = Field(max_length=32, primary_key=True)
    class_id: int = Field(foreign_key="learner_class.id", ondelete="CASCADE", index=True)
    joined_at: datetime = Field(sa_type=UTCDateTime)


class ClassAnswer(SQLModel, table=True):
    """An answer that a class's totals hold, so that it counts once, even if a learner leaves and comes back."""

    __tablename__ = "class_answer"

    guess_id: int = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer, "sqlite"),
            ForeignKey("guess.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        )
    )
    class_id: int = Field(sa_column=_of_class())


class ClassTally(SQLModel, table=True):
    """What a class first answered, as it may be shown: moved by at least SMALL_GROUP answers at a time."""

    __tablename__ = "class_tally"

    class_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("learner_class.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        )
    )
    vignette_id: int = Field(foreign_key="vignette.id", primary_key=True)
    series: int = Field(primary_key=True)
    threat: int = 0
    drive: int = 0
    soothing: int = 0
    unsure: int = 0
