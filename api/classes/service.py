"""What people do with a class: make it, join it, leave it, delete it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select
from sqlmodel import Session, col

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record
from api.classes.models import ClassAnswer, ClassMember, ClassTally, LearnerClass
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.join_codes import LENGTH as GROUP_LENGTH
from api.kit.join_codes import normalise
from api.kit.plain_text import is_plain, is_visible, one_line
from api.persistence.engine import insert_into, now, table, write_engine
from api.persistence.free_code import with_free_code

CODE_LENGTH = 8  # a group's code has six characters, so that neither is taken for the other
LONGEST_NAME = 60
LARGEST_CLASS = 500
USUAL_DAYS, LONGEST_DAYS = 183, 731
LAST_ZONE = timedelta(hours=12)  # a day that is over in UTC goes on so long where it ends last

_class, _member = table(LearnerClass), table(ClassMember)
_COLUMNS = (_class.c.id, _class.c.code, _class.c.name, _class.c.trainer_id, _class.c.closes_at)

_UNKNOWN = "There is no class with this code. Please check the code."


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class as it is named to people."""

    id: int
    code: str
    name: str
    trainer_id: int
    closes_at: datetime

    @property
    def closed(self) -> bool:
        return self.closes_at <= now()

    @property
    def last_day(self) -> date:
        """The last day on which it is open, in UTC."""
        return (self.closes_at - timedelta(days=1)).date()


def usual_last_day() -> date:
    return now().date() + timedelta(days=USUAL_DAYS)


def make_class(engine: Engine, trainer: Trainer, name: str, last_day: date | None = None) -> ClassInfo:
    """Makes a class of the trainer's own; it closes when `last_day` is over everywhere, else after half a year.

    Raises Unprocessable for a name or day that cannot be.
    """
    require(trainer, "lead_class", own=True)
    name = one_line(name)
    if not is_plain(name):
        raise Unprocessable(
            "Use plain text for the name, without control characters or characters that reverse the text.",
            [{"pointer": "/name", "detail": "plain text"}],
        )
    if not is_visible(name) or len(name) > LONGEST_NAME:
        detail = f"Give the class a name of 1 to {LONGEST_NAME} characters."
        raise Unprocessable(detail, [{"pointer": "/name", "detail": "too long, or empty"}])
    made = now()
    closes_at = closing_time(last_day or usual_last_day(), made, "class")
    row = {"name": name, "trainer_id": trainer.id, "created_at": made, "closes_at": closes_at}

    def make(connection: Connection, code: str) -> ClassInfo:
        connection.execute(insert(_class), row | {"code": code})
        found = _one(connection, select(*_COLUMNS).where(_class.c.code == code))
        record(connection, trainer, "make_class", f"class {found.id}")
        return found

    return with_free_code(engine, CODE_LENGTH, make)


def closing_time(day: date, made: datetime, what: str) -> datetime:
    """When `day` is over everywhere. Raises Unprocessable for a day before `made` or beyond two years."""
    # Where people live west of Greenwich, today is yesterday's date here for some hours.
    if not (made - LAST_ZONE).date() <= day <= made.date() + timedelta(days=LONGEST_DAYS):
        detail = f"Let the {what} close on a day from today on, within two years."
        raise Unprocessable(detail, [{"pointer": "/closes_on", "detail": "not within two years"}])
    return datetime.combine(day + timedelta(days=1), time(), UTC) + LAST_ZONE


def parse_day(typed: str) -> date | None:
    """The day of a form; None where it was left blank. Raises Unprocessable."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Unprocessable("Write the last day as year-month-day, such as 2027-06-30.") from None


def classes_of(engine: Engine, trainer: Trainer) -> list[ClassInfo]:
    """The trainer's own classes, newest first."""
    query = select(*_COLUMNS).where(_class.c.trainer_id == trainer.id).order_by(_class.c.id.desc())
    with engine.connect() as connection:
        return [_known(row) for row in connection.execute(query)]


def led_class(engine: Engine, trainer: Trainer, code: str) -> ClassInfo:
    """The class of this code. Raises NotFound, and Forbidden when it is someone else's."""
    with engine.connect() as connection:
        found = _one(connection, select(*_COLUMNS).where(_class.c.code == normalise(code)))
    require(trainer, "lead_class", own=found.trainer_id == trainer.id)
    return found


def delete_class(engine: Engine, trainer: Trainer, code: str) -> None:
    """Deletes a class with its totals; the learners and their answers stay."""
    found = led_class(engine, trainer, code)
    with write_engine(engine).begin() as connection:
        # Locked first, as by anyone who moves its totals.
        connection.execute(select(_class.c.id).where(_class.c.id == found.id).with_for_update())
        for model in (ClassAnswer, ClassTally, ClassMember):
            connection.execute(delete(table(model)).where(table(model).c.class_id == found.id))
        connection.execute(delete(_class).where(_class.c.id == found.id))
        record(connection, trainer, "delete_class", f"class {found.id}")


def members(engine: Engine, class_id: int) -> int:
    with engine.connect() as connection:
        return _size(connection, class_id)


def class_of(engine: Engine, learner: str) -> ClassInfo | None:
    """The class that the learner is in."""
    query = select(*_COLUMNS).join(_member, _member.c.class_id == _class.c.id).where(_member.c.learner == learner)
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return _known(row) if row else None


def join(engine: Engine, learner: str, typed: str) -> ClassInfo:
    """Puts the learner into the class of the code, and out of any other.

    Raises NotFound for a code that no class has, Conflict when the class is closed or full.
    """
    code = normalise(typed)
    with write_engine(engine).begin() as connection:
        try:
            found = _one(connection, select(*_COLUMNS).where(_class.c.code == code).with_for_update())
        except NotFound:
            if len(code) == GROUP_LENGTH:
                raise NotFound(
                    "This looks like the join code of a group. Join groups on the home page. A class code has "
                    f"{CODE_LENGTH} characters."
                ) from None
            raise
        if found.closed:
            raise Conflict("This class has closed. Ask your trainer for the code of an open class.")
        mine = connection.execute(select(_member.c.class_id).where(_member.c.learner == learner)).scalar()
        if mine == found.id:
            return found
        if _size(connection, found.id) >= LARGEST_CLASS:
            raise Conflict(f"This class is full: it has {LARGEST_CLASS} members. Ask your trainer for another class.")
        row = {"class_id": found.id, "joined_at": now()}
        connection.execute(
            insert_into(_member, connection)
            .values(learner=learner, **row)
            .on_conflict_do_update(index_elements=["learner"], set_=row)
        )
    return found


def leave(engine: Engine, learner: str, code: str | None = None) -> None:
    """Takes the learner out of their class, or of this one only. What its totals hold already stays in them."""
    mine = delete(_member).where(_member.c.learner == learner)
    if code is not None:
        mine = mine.where(_member.c.class_id.in_(select(_class.c.id).where(_class.c.code == normalise(code))))
    with write_engine(engine).begin() as connection:
        connection.execute(mine)


def _size(connection: Connection, class_id: int) -> int:
    query = select(func.count()).select_from(_member).where(_member.c.class_id == class_id)
    return int(connection.execute(query).scalar_one())


def _one(connection: Connection, query: Select[Any]) -> ClassInfo:
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(_UNKNOWN)
    return _known(row)


def _known(row: Any) -> ClassInfo:
    return ClassInfo(row.id, row.code, row.name, row.trainer_id, row.closes_at)


def delete_classes_of(db: Session, trainer_id: int) -> None:
    """Deletes the trainer's classes with their totals, as part of removing the account."""
    own = select(col(LearnerClass.id)).where(col(LearnerClass.trainer_id) == trainer_id)
    # Locked first, as everyone does who moves their totals.
    mine = [*db.execute(own.order_by(col(LearnerClass.id)).with_for_update()).scalars()]
    for model in (ClassAnswer, ClassTally, ClassMember):
        db.exec(delete(model).where(col(model.class_id).in_(mine)))
    db.exec(delete(LearnerClass).where(col(LearnerClass.trainer_id) == trainer_id))
