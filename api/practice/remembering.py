"""A learner's state from the database: what was kept of it, and the guesses since. A guess itself does nothing here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, case, func, select, update
from sqlalchemy.exc import DBAPIError

from api.guesses.models import Guess
from api.persistence.engine import insert_into, is_unavailable, table, write_engine
from api.practice.difficulties import Difficulties
from api.practice.models import PracticeState
from api.practice.shelf import Item, PracticeIndex, to_item
from api.practice.state import Given, State, fold
from api.vignettes.catalogue import Catalogue, Vignette

# So many new guesses are folded anew at each choice before the state is written.
KEEP_AFTER = 5
_NEVER = 2**62

_guess = table(Guess)
_kept = table(PracticeState)
_COLUMNS = tuple(
    _guess.c[name] for name in ("id", "vignette_id", "series", "system", "confidence", "attempt", "created_at")
)

_me = select(bindparam("learner").label("learner")).subquery()
_upto = func.coalesce(_kept.c.upto, 0)
_total = select(func.count()).where(_guess.c.learner == bindparam("learner")).scalar_subquery()
# One query: the state that was kept, and each guess that is newer or belongs to the sitting.
_READ = (
    select(
        _kept.c.upto,
        _kept.c.folded,
        # With the first row alone: to read it costs more than all the rest.
        case((func.row_number().over(order_by=_guess.c.id) == 1, _kept.c.state)).label("state"),
        _total.label("total"),
        *_COLUMNS,
    )
    .select_from(
        _me.outerjoin(_kept, _kept.c.learner == _me.c.learner).outerjoin(
            _guess,
            and_(
                _guess.c.learner == _me.c.learner,
                _guess.c.id > case((_upto < bindparam("after"), _upto), else_=bindparam("after")),
            ),
        )
    )
    .order_by(_guess.c.id)
)
_ALL = select(*_COLUMNS).where(_guess.c.learner == bindparam("learner")).order_by(_guess.c.id)


class PracticeIndexCache:
    """The shelf of the library that is now published, made anew when the library was replaced."""

    def __init__(self) -> None:
        self._of: Mapping[str, Vignette] | None = None
        self._made: tuple[PracticeIndex, Difficulties] | None = None

    def of(self, catalogue: Catalogue) -> tuple[PracticeIndex, Difficulties]:
        if self._made is None or self._of is not catalogue.vignettes:
            series = {vignette.id: vignette.series for vignette in catalogue.vignettes.values()}
            shelf = PracticeIndex(to_item(vignette) for vignette in catalogue.vignettes.values())
            self._made = (shelf, Difficulties(series))
            self._of = catalogue.vignettes
        return self._made


@dataclass(slots=True)
class LearnerState:
    """The state as of the newest guess. `sitting` holds the guesses after the one that was asked for."""

    state: State
    newest: int
    sitting: list[Given]
    kept: tuple[int, int] | None  # upto and folded of the row on disk
    folded: int
    moves: list[tuple[Item, float]] = field(default_factory=list)
    unkept: int = 0


def load_state(
    connection: Connection, learner: str, shelf: PracticeIndex, difficulties: Difficulties, after: int = _NEVER
) -> LearnerState:
    """Folds what the learner has answered since the state was kept. One query, and one more for difficulties."""
    rows = list(connection.execute(_READ, {"learner": learner, "after": after}))
    head = rows[0]
    guesses = [row for row in rows if row.id is not None]
    sitting = [_given(row) for row in guesses if row.id > after]
    kept = None if head.upto is None else (head.upto, head.folded)
    fresh = [row for row in guesses if row.id > (head.upto or 0)]
    state = State.from_json(head.state) if head.state else State()
    folded = (head.folded or 0) + len(fresh)
    again = head.total != folded
    if again:  # a guess was committed late, or taken back: everything from the beginning
        fresh = list(connection.execute(_ALL, {"learner": learner}))
        state, folded = State(), len(fresh)
    newest = max([head.upto or 0, *(row.id for row in guesses)])
    remembered = LearnerState(state, newest, sitting, kept, folded, unkept=KEEP_AFTER if again else len(fresh))
    series = difficulties.series
    ours = [row for row in fresh if series.get(row.vignette_id) == row.series]
    hard = difficulties.read(connection, {shelf.items[row.vignette_id] for row in ours}) if ours else {}
    for row in fresh:
        if series.get(row.vignette_id, row.series) != row.series:  # its meaning has changed: a new story
            continue
        item = shelf.items.get(row.vignette_id)
        moved = fold(state, _given(row), item, lambda item: hard[item.id])
        if moved is not None and item is not None and not again:
            remembered.moves.append((item, moved))
    return remembered


def save_state(engine: Engine, learner: str, remembered: LearnerState, difficulties: Difficulties) -> None:
    """Writes the state and moves the difficulties, when enough is new; anyone who comes second leaves it alone.

    A database that takes no writes now is asked again at the next choice: nothing is lost.
    """
    if remembered.unkept < KEEP_AFTER:
        return
    values: dict[str, Any] = {
        "upto": remembered.newest,
        "folded": remembered.folded,
        "state": remembered.state.to_json(),
    }
    try:
        with write_engine(engine).begin() as connection:
            if remembered.kept is None:
                statement: Any = insert_into(_kept, connection).values(learner=learner, **values)
                statement = statement.on_conflict_do_nothing()
            else:
                upto, folded = remembered.kept
                unchanged = (_kept.c.learner == learner, _kept.c.upto == upto, _kept.c.folded == folded)
                statement = update(_kept).where(*unchanged).values(**values)
            if connection.execute(statement.returning(_kept.c.learner)).first() is not None:
                difficulties.move(connection, remembered.moves)
    except DBAPIError as error:
        if not is_unavailable(error):
            raise


def _given(row: Any) -> Given:
    return Given(row.vignette_id, row.system, row.confidence, row.attempt, row.created_at.timestamp())
