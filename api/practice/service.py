"""Sittings, the next case, and looking back: the verbs of practice over the database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from sqlalchemy import Connection, Engine, bindparam, desc, func, insert, select, update

from api.guesses.models import Guess
from api.persistence.engine import now, table, write_engine
from api.practice.answered import AnsweredStory, answered_stories
from api.practice.choosing import Choice, ChoiceConstraints, choose
from api.practice.difficulties import Difficulties
from api.practice.models import Sitting
from api.practice.place import Place
from api.practice.progress import Progress, look_back, mixed_up
from api.practice.remembering import LearnerState, PracticeIndexCache, load_state, save_state
from api.practice.shelf import PracticeIndex
from api.practice.sittings import PLANS, Kind, is_over
from api.practice.state import Given
from api.vignettes.catalogue import Catalogue

_sitting = table(Sitting)
_guess = table(Guess)
_OPEN = (
    select(*(_sitting.c[name] for name in ("id", "kind", "skill", "planned", "after_guess", "started_at")))
    .where(_sitting.c.learner == bindparam("learner"), _sitting.c.ended_at.is_(None))
    .order_by(desc(_sitting.c.id))
    .limit(1)
)
_random = Random()  # noqa: S311  # which story comes next is no secret


@dataclass(frozen=True, slots=True)
class Open:
    """A sitting that is under way."""

    id: int
    kind: Kind
    skill: str | None
    planned: int | None
    after_guess: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Next:
    """The next case; or `over`: the sitting has come to its end; or neither: everyone has been met."""

    choice: Choice | None
    over: bool
    contrast_to: str | None = None  # the slug of the story to look at beside it
    passed: tuple[str, ...] = ()  # who was passed over and is not answered


@dataclass(frozen=True, slots=True)
class ClosedSitting:
    """What a sitting that has ended showed, beside everything so far, and its stories in their order."""

    here: Progress
    whole: Progress
    stories: list[AnsweredStory]


class Practice:
    """Practice on one library and database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bookcase = PracticeIndexCache()

    def next_case(
        self, catalogue: Catalogue, learner: str | None, *, past: Collection[str] = (), again: bool = True
    ) -> Next:
        """What the learner meets next. `past` are slugs that are passed over this time; without `again` and outside of
        a sitting no one comes twice."""
        shelf, difficulties = self._bookcase.of(catalogue)
        passed = {identity for slug in past if (identity := _id(catalogue, slug)) is not None}
        with self._engine.connect() as connection:
            sitting = open_sitting(connection, learner) if learner else None
            after = {"after": sitting.after_guess} if sitting else {}
            remembered = load_state(connection, learner or "", shelf, difficulties, **after)
            over = sitting is not None and _is_over(sitting, remembered.sitting)
            choice = None if over else self._choose(connection, shelf, difficulties, remembered, sitting, passed, again)
        if learner:
            save_state(self._engine, learner, remembered, difficulties)
        if sitting is not None and choice is None:
            close_sitting(self._engine, sitting, len(remembered.sitting))
            return Next(None, over=True)
        unanswered = tuple(slug for slug in past if _id(catalogue, slug) not in remembered.state.seen)
        return Next(choice, over=False, contrast_to=_beside(shelf, remembered, choice), passed=unanswered)

    def _choose(
        self,
        connection: Connection,
        shelf: PracticeIndex,
        difficulties: Difficulties,
        remembered: LearnerState,
        sitting: Open | None,
        passed: set[int],
        again: bool,
    ) -> Choice | None:
        state = remembered.state
        here = {given.vignette_id for given in remembered.sitting}
        if not again and sitting is None:
            here = set(state.seen)
        wish = ChoiceConstraints()
        if sitting is not None and sitting.kind == "placement":
            wish = ChoiceConstraints(place=len(remembered.sitting))
        elif sitting is not None and sitting.kind == "mixups":
            wish = ChoiceConstraints(only=mixed_up(state, shelf))
        elif sitting is not None and sitting.skill is not None and sitting.skill in shelf.by_skill:
            wish = ChoiceConstraints(only=(sitting.skill,))
        at = now().timestamp()
        for without in (here | passed, here):  # who was passed over comes when no one else is left
            choice = choose(
                shelf,
                state,
                at,
                lambda items: difficulties.read(connection, items),
                _random,
                without=without,
                wish=wish,
            )
            if choice is not None:
                return choice
        return None

    def begin(self, learner: str, kind: Kind, skill: str | None = None) -> None:
        """Opens a sitting; one that is still open is closed as it stands."""
        self.leave(learner)
        with write_engine(self._engine).begin() as connection:
            newest = connection.execute(select(func.max(_guess.c.id)).where(_guess.c.learner == learner)).scalar()
            connection.execute(
                insert(_sitting).values(
                    learner=learner,
                    kind=kind,
                    skill=skill,
                    planned=PLANS[kind].cases,
                    after_guess=newest or 0,
                    done=0,
                    started_at=now(),
                )
            )

    def leave(self, learner: str) -> None:
        """Closes the open sitting, if there is one."""
        with self._engine.connect() as connection:
            sitting = open_sitting(connection, learner)
            done = _count(connection, learner, sitting.after_guess) if sitting else 0
        if sitting:
            close_sitting(self._engine, sitting, done)

    def place(self, learner: str) -> Place | None:
        """How far the open sitting has come."""
        with self._engine.connect() as connection:
            sitting = open_sitting(connection, learner)
            if sitting is None:
                return None
            done = _count(connection, learner, sitting.after_guess)
        return Place(sitting.kind, done)

    def progress(self, catalogue: Catalogue, learner: str) -> Progress:
        """Everything about what the learner has answered so far."""
        return self._look_back(catalogue, learner, None)[0]

    def last_sitting(self, catalogue: Catalogue, learner: str) -> ClosedSitting | None:
        """What the sitting that was closed last shows, everything so far, and the stories of the sitting."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(_sitting.c.after_guess, _sitting.c.done)
                .where(_sitting.c.learner == learner, _sitting.c.ended_at.is_not(None))
                .order_by(desc(_sitting.c.id))
                .limit(1)
            ).one_or_none()
        if row is None:
            return None
        whole, here = self._look_back(catalogue, learner, row.after_guess, row.done)
        assert here is not None
        stories = answered_stories(self._engine, catalogue, learner, row.after_guess, row.done)
        return ClosedSitting(here, whole, stories)

    def _look_back(
        self, catalogue: Catalogue, learner: str, after: int | None, number: int = 0
    ) -> tuple[Progress, Progress | None]:
        """Everything; and, asked for the `number` answers after a guess, those alone, as if each were a first one."""
        shelf, difficulties = self._bookcase.of(catalogue)
        with self._engine.connect() as connection:
            state = load_state(connection, learner, shelf, difficulties).state
            given = _given_after(connection, learner, 0, difficulties.series)
            here = _given_after(connection, learner, after, difficulties.series)[:number] if after is not None else []
        at = now().timestamp()
        whole = look_back(shelf, state, given, at)
        if after is None:
            return whole, None
        return whole, look_back(shelf, state, [replace(answer, attempt=1) for answer in here], at)

    def shelf(self, catalogue: Catalogue) -> PracticeIndex:
        return self._bookcase.of(catalogue)[0]


def open_sitting(connection: Connection, learner: str) -> Open | None:
    """The learner's sitting that has no end yet."""
    row = connection.execute(_OPEN, {"learner": learner}).one_or_none()
    return None if row is None else Open(*row)


def close_sitting(engine: Engine, sitting: Open, done: int) -> None:
    """Ends a sitting; ended twice it stays as it was first."""
    with write_engine(engine).begin() as connection:
        connection.execute(
            update(_sitting)
            .where(_sitting.c.id == sitting.id, _sitting.c.ended_at.is_(None))
            .values(done=done, ended_at=now())
        )


def _id(catalogue: Catalogue, slug: str) -> int | None:
    vignette = catalogue.vignettes.get(slug)
    return None if vignette is None else vignette.id


def _count(connection: Connection, learner: str, after: int) -> int:
    statement = select(func.count()).where(_guess.c.learner == learner, _guess.c.id > after)
    return connection.execute(statement).scalar_one()


def _is_over(sitting: Open, given: list[Given]) -> bool:
    return is_over(sitting.planned, sitting.started_at.timestamp(), [answer.at for answer in given])


def _beside(shelf: PracticeIndex, remembered: LearnerState, choice: Choice | None) -> str | None:
    if choice is None or choice.reason != "pair":
        return None
    return shelf.items[remembered.state.recent[-1]].slug


def _given_after(connection: Connection, learner: str, after: int, series: Mapping[int, int]) -> list[Given]:
    """The learner's answers after a guess, but not those to a story whose meaning has changed since."""
    names = ("vignette_id", "series", "system", "confidence", "attempt", "created_at")
    rows = connection.execute(
        select(*(_guess.c[name] for name in names))
        .where(_guess.c.learner == learner, _guess.c.id > after)
        .order_by(_guess.c.id)
    )
    return [
        Given(row.vignette_id, row.system, row.confidence, row.attempt, row.created_at.timestamp())
        for row in rows
        if series.get(row.vignette_id, row.series) == row.series
    ]
