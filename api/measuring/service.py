"""What people do with a measured course: switch it on, agree, answer, take it back, and end it."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import SystemRandom
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlmodel import Session

from api.accounts.models import Trainer
from api.audit.trail import record
from api.classes.models import ClassMember
from api.classes.service import ClassInfo
from api.guesses.models import Tally
from api.guesses.rules import Confidence
from api.kit.errors import Conflict, NotFound, Unprocessable
from api.kit.plain_text import is_visible, tidy
from api.kit.systems import ANSWERS, Answer
from api.measuring import timing
from api.measuring.models import Course, CourseAnswer, CourseMember
from api.measuring.sealing import release, running, seal, spoken_for
from api.measuring.sets import LEVELS, OF_EACH, SETS, Candidate, choose, order_of, shuffled
from api.persistence.engine import insert_into, now, table, write_engine
from api.vignettes.catalogue import Catalogue, Vignette

LONGEST_CONSENT: Final = 1000
USUAL_CONSENT: Final = (
    "We would like to see whether this course helps people to tell the three systems apart. You answer twelve short "
    "stories now, twelve at the end and twelve four weeks later. Your trainer sees what the class as a whole did, and "
    "never your own answers. Taking part is up to you, and you can take everything back at any time."
)
NOT_HERE: Final = "There is no measurement that you could take part in."

_course, _member, _answer = table(Course), table(CourseMember), table(CourseAnswer)
_in_class, _tally = table(ClassMember), table(Tally)


@dataclass(frozen=True, slots=True)
class CourseInfo:
    """A measured course."""

    class_id: int
    begins: date
    ends: date
    consent: str
    salt: str
    sets: tuple[tuple[int, ...], ...]
    expected: tuple[float, ...]
    stopped_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether its stories are no longer sealed."""
        return self.stopped_at is not None or timing.last_day(self.ends) < now().date()

    @property
    def open(self) -> int | None:
        """The occasion that is open now."""
        return None if self.over else timing.open_now(self.begins, self.ends, now().date())

    def closed(self, occasion: int) -> bool:
        """Whether nothing more can come to an occasion."""
        return self.over or timing.closes(self.begins, self.ends, occasion) < now().date()


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of a course."""

    learner: str
    occasion: int
    vignette_id: int
    system: Answer
    confidence: Confidence | None
    matched: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Participation:
    """Where a learner stands: the stories of the occasion that is open, in their order, and every answer so far."""

    course: CourseInfo
    agreed: bool
    research: bool
    occasion: int | None
    stories: tuple[int, ...]
    answers: tuple[Given, ...]

    @property
    def left(self) -> tuple[int, ...]:
        done = {one.vignette_id for one in self.answers}
        return tuple(story for story in self.stories if story not in done)


@dataclass(frozen=True, slots=True)
class NewCourse:
    begins: date
    ends: date
    consent: str = USUAL_CONSENT


def switch_on(
    engine: Engine,
    trainer: Trainer,
    found: ClassInfo,
    wanted: NewCourse,
    catalogue: Catalogue,
    folders: Collection[Path],
) -> CourseInfo:
    """Begins to measure a class. The sets of a course that is running are used again, else three new ones sealed.

    Raises Conflict when it is measured already, Unprocessable for days or texts that cannot be, or where the library
    has too few stories.
    """
    consent = _checked(wanted, found)
    library = list(catalogue.vignettes.values())
    used = spoken_for(engine, folders, library)
    with Session(write_engine(engine)) as db:
        connection = db.connection()
        if _read(connection, found.id) is not None:
            raise Conflict("This class is being measured already.")
        if present := running(connection):
            sets, expected = present[0].sets, present[0].expected
        else:
            chosen = choose(_candidates(connection, library, used), SystemRandom())
            if chosen is None:
                raise Unprocessable(
                    f"The library has too few stories for this: each level from {LEVELS[0]} to {LEVELS[-1]} needs "
                    f"{SETS * OF_EACH} of each system with one good answer, which no session plan or group uses."
                )
            sets, expected = chosen
        if not seal(db, [story for own in sets for story in own]):
            raise Conflict("A story has just been archived. Please try again.")
        row = {
            "class_id": found.id,
            "begins": wanted.begins,
            "ends": wanted.ends,
            "consent": consent,
            "salt": secrets.token_urlsafe(12),
            "sets": sets,
            "expected": expected,
            "created_at": now(),
        }
        connection.execute(insert(_course), row)
        record(db, trainer, "measure_class", f"class {found.id}")
        db.commit()
    catalogue.refresh()
    made = course_of(engine, found.id)
    assert made is not None
    return made


def _checked(wanted: NewCourse, found: ClassInfo) -> str:
    today = now().date()
    between = (wanted.ends - wanted.begins).days
    if not today - timedelta(days=1) <= wanted.begins <= today + timedelta(days=timing.MOST_DAYS):
        raise Unprocessable(
            "Let the course begin today or later, within a year.", [{"pointer": "/begins", "detail": "today or later"}]
        )
    if not timing.LEAST_DAYS <= between <= timing.MOST_DAYS:
        raise Unprocessable(
            f"Let the course end {timing.LEAST_DAYS} days to a year after it begins.",
            [{"pointer": "/ends", "detail": f"{timing.LEAST_DAYS} to {timing.MOST_DAYS} days later"}],
        )
    consent = tidy(wanted.consent).replace("\0", "").strip()
    if not is_visible(consent) or len(consent) > LONGEST_CONSENT:
        raise Unprocessable(
            f"Write what learners agree to, in 1 to {LONGEST_CONSENT} characters.",
            [{"pointer": "/consent", "detail": "empty or too long"}],
        )
    if found.closed:
        raise Conflict("This class has closed. Create a new class to measure a course.")
    return consent


def _candidates(connection: Connection, library: Collection[Vignette], used: Collection[int]) -> list[Candidate]:
    tallies = {
        (row.vignette_id, row.series): {answer: getattr(row, answer) for answer in ANSWERS}
        for row in connection.execute(select(*_tally.c))
    }
    found = []
    for vignette in library:
        case = vignette.case
        if vignette.id not in used and case.head.level in LEVELS and len(case.acceptable) == 1:
            counts = tallies.get((vignette.id, vignette.series), {})
            key = case.head.key.dominant
            found.append(
                Candidate(vignette.id, key, case.head.level, sum(counts.values()), counts.get(case.acceptable[0], 0))
            )
    return found


def course_of(engine: Engine, class_id: int) -> CourseInfo | None:
    """The measurement of a class."""
    with engine.connect() as connection:
        return _read(connection, class_id)


def _read(connection: Connection, class_id: int) -> CourseInfo | None:
    row = connection.execute(select(*_course.c).where(_course.c.class_id == class_id)).one_or_none()
    return _known(row) if row else None


def _known(row: Any) -> CourseInfo:
    return CourseInfo(
        row.class_id,
        row.begins,
        row.ends,
        row.consent,
        row.salt,
        tuple(tuple(own) for own in row.sets),
        tuple(row.expected),
        row.stopped_at,
    )


def participation(engine: Engine, learner: str) -> Participation | None:
    """Where the learner stands in the course of their class; None where there is none."""
    with engine.connect() as connection:
        return _participation(connection, learner)


def _participation(connection: Connection, learner: str) -> Participation | None:
    query = (
        select(*_course.c)
        .outerjoin(_in_class, (_in_class.c.class_id == _course.c.class_id) & (_in_class.c.learner == learner))
        .outerjoin(_member, (_member.c.class_id == _course.c.class_id) & (_member.c.learner == learner))
        .where(_in_class.c.learner.is_not(None) | _member.c.learner.is_not(None))
        # Of several the one that they agreed to; else that of the class they are in.
        .order_by(_member.c.learner.is_(None), _course.c.class_id.desc())
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    course = _known(row)
    agreed = connection.execute(
        select(_member.c.research).where(_member.c.class_id == course.class_id, _member.c.learner == learner)
    ).first()
    answers = answers_of(connection, course.class_id, learner)
    occasion = course.open if agreed else None
    stories = (
        ()
        if occasion is None
        else tuple(shuffled(course.salt, learner, occasion, course.sets[order_of(course.salt, learner)[occasion]]))
    )
    return Participation(course, agreed is not None, bool(agreed and agreed.research), occasion, stories, answers)


def answers_of(connection: Connection, class_id: int, learner: str | None = None) -> tuple[Given, ...]:
    """The answers of a course, of one learner or of all, oldest first."""
    query = select(*_answer.c).where(_answer.c.class_id == class_id).order_by(_answer.c.id)
    if learner is not None:
        query = query.where(_answer.c.learner == learner)
    return tuple(
        Given(row.learner, row.occasion, row.vignette_id, row.system, row.confidence, row.matched, row.created_at)
        for row in connection.execute(query)
    )


def agree(engine: Engine, learner: str, research: bool) -> None:
    """Takes part in the course of the learner's class; again, to change whether files for research may hold them.

    Raises NotFound, Conflict when it is over.
    """
    with write_engine(engine).begin() as connection:
        found = _participation(connection, learner)
        if found is None:
            raise NotFound(NOT_HERE)
        if found.course.over and not found.agreed:
            raise Conflict("This measurement is over, so no one can join it any more.")
        row = {"learner": learner, "class_id": found.course.class_id, "research": research, "agreed_at": now()}
        connection.execute(
            insert_into(_member, connection)
            .values(row)
            .on_conflict_do_update(index_elements=["learner", "class_id"], set_={"research": research})
        )


def answer(
    engine: Engine, learner: str, vignette: Vignette | None, system: Answer, confidence: Confidence | None
) -> Participation:
    """Keeps an answer; the first one counts. Where one then stands. Raises NotFound, Conflict."""
    with write_engine(engine).begin() as connection:
        found = _participation(connection, learner)
        if found is None or not found.agreed:
            raise NotFound(NOT_HERE)
        if found.occasion is None:
            raise Conflict("No set of stories is open today, so your answer was not kept.")
        if vignette is None or vignette.id not in found.stories:
            raise NotFound("This story is not part of your set.")
        row = {
            "class_id": found.course.class_id,
            "learner": learner,
            "occasion": found.occasion,
            "vignette_id": vignette.id,
            "system": system,
            "confidence": confidence,
            "matched": system in vignette.case.acceptable,
            "created_at": now(),
        }
        connection.execute(insert_into(_answer, connection).values(row).on_conflict_do_nothing())
        after = _participation(connection, learner)
        assert after is not None
        return after


def take_back(engine: Engine, learner: str) -> None:
    """Deletes what the learner did in measured courses."""
    with write_engine(engine).begin() as connection:
        delete_learner(connection, learner)


def delete_learner(connection: Connection, learner: str) -> None:
    for rows in (_answer, _member):
        connection.execute(delete(rows).where(rows.c.learner == learner))


def held(connection: Connection, learner: str, slugs: Mapping[int, str]) -> list[dict[str, Any]]:
    """Every answer of the learner in measured courses; a sealed story is not named."""
    rows = connection.execute(select(*_answer.c).where(_answer.c.learner == learner).order_by(_answer.c.id)).all()
    return [
        {
            "occasion": timing.OCCASIONS[row.occasion],
            "vignette": slugs.get(row.vignette_id),
            "system": row.system,
            "confidence": row.confidence,
            "created_at": row.created_at,
        }
        for row in rows
    ]


def stop(engine: Engine, trainer: Trainer, found: ClassInfo, catalogue: Catalogue) -> None:
    """Ends a measurement now: nothing more is asked, and its stories are published again."""
    with write_engine(engine).begin() as connection:
        ended = update(_course).where(_course.c.class_id == found.id, _course.c.stopped_at.is_(None))
        if connection.execute(ended.values(stopped_at=now())).rowcount:
            record(connection, trainer, "stop_measuring", f"class {found.id}")
    release(engine)
    catalogue.refresh()
