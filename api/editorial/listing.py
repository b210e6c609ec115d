"""The trainers' list: which vignettes someone sees, searched and filtered, a page at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement, Engine, and_, case, exists, false, func, literal, or_, select, text, true

from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.models import Draft, Rating
from api.guesses.models import Tally
from api.kit.systems import ANSWERS, SYSTEMS, System
from api.persistence.engine import table
from api.vignettes.models import Vignette, VignetteSkill, VignetteVersion
from api.vignettes.searching import matching

PAGE = 50
# By what the list can be put in order; with a minus before its name from the end.
SORTS: dict[str, str] = {
    "title": "Title, A to Z",
    "-title": "Title, Z to A",
    "level": "Lowest level",
    "-level": "Highest level",
    "key": "Key, threat first",
    "-key": "Key, soothing first",
    "-answers": "Most answers",
    "answers": "Fewest answers",
    "-fit": "Highest match",
    "fit": "Lowest match",
}
STATUSES = ("draft", "in_review", "published", "retired")

_vignette, _skill, _version = table(Vignette), table(VignetteSkill), table(VignetteVersion)
_draft, _rating, _tally = table(Draft), table(Rating), table(Tally)

_OF_SERIES = and_(_tally.c.vignette_id == _vignette.c.id, _tally.c.series == _vignette.c.series)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; an empty value narrows nothing. `page` counts from 1."""

    q: str = ""
    level: int | None = None
    skill: str = ""
    system: System | Literal[""] = ""
    note: Literal["", "with", "without"] = ""
    status: str = ""
    attention: bool = False
    sort: str = ""
    page: int = 1

    def query(self) -> dict[str, str]:
        """What stands in the address for these filters, without the page."""
        named: dict[str, object] = {
            "q": self.q,
            "level": self.level,
            "system": self.system,
            "skill": self.skill,
            "note": self.note,
        }
        named |= {"status": self.status, "sort": self.sort}
        return {name: str(value) for name, value in named.items() if value} | (
            {"attention": "1"} if self.attention else {}
        )


@dataclass(frozen=True, slots=True)
class VignetteListItem:
    """A vignette in the list. While `sealed` its title and key are kept back: this trainer has yet to rate it."""

    id: int
    slug: str
    status: str
    person: str
    level: int
    content_note: str | None
    sealed: bool
    title: str
    dominant: str
    acceptable: tuple[str, ...]
    changing: bool
    offered: bool
    adapted: bool
    answered: int
    fitting: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of the list; `by_status` counts what the other filters leave, whatever its status."""

    lines: tuple[VignetteListItem, ...]
    total: int
    by_status: Mapping[str, int]
    offers: int = 0
    skills: tuple[str, ...] = field(default=())

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def seen(trainer: Trainer) -> ColumnElement[bool]:
    """Whose key this trainer may see: as `texts.require_sight`, for many vignettes at once."""
    mine = or_(
        _vignette.c.owner_id == trainer.id,
        exists().where(_draft.c.vignette_id == _vignette.c.id, _draft.c.saved_by == trainer.id),
    )
    rated = exists().where(_rating.c.vignette_id == _vignette.c.id, _rating.c.trainer_id == trainer.id)
    others = true() if may(trainer, "write_draft") else false()
    in_review = _vignette.c.status == "in_review"
    return or_(_vignette.c.version > 0, mine, and_(in_review, rated), and_(~in_review, others))


def find(
    engine: Engine, trainer: Trainer, filters: Filters, ids: Collection[int] | None = None, smallest: int = 1
) -> SearchResult:
    """A page of what this trainer sees; four queries, however long the library.

    `ids` are the vignettes that need attention, for the filter of that name. Shares of fewer than `smallest` answers
    are not shown, so no order tells them either.
    """
    sight = seen(trainer)
    wanted = _conditions(engine.dialect.name, filters, sight, ids)
    listed = or_(sight, _vignette.c.status == "in_review")
    status = [_vignette.c.status == filters.status] if filters.status else []
    order = _order(filters.sort, sight, smallest)
    with engine.connect() as connection:
        by_status = select(_vignette.c.status, func.count()).where(listed, *wanted).group_by(_vignette.c.status)
        counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(by_status)}
        total = counts.get(filters.status, 0) if filters.status else sum(counts.values())
        skip = PAGE * (min(filters.page, max(1, -(-total // PAGE))) - 1)
        page = (
            select(_vignette.c.id)
            .join_from(_vignette, _tally, _OF_SERIES, isouter=True)
            .where(listed, *wanted, *status)
            .order_by(*order)
            .limit(PAGE)
            .offset(skip)
        )
        rows = connection.execute(
            select(
                _vignette,
                sight.label("seen"),
                exists().where(_draft.c.vignette_id == _vignette.c.id).label("changing"),
                *(func.coalesce(_tally.c[answer], 0).label(f"n_{answer}") for answer in ANSWERS),
            )
            .join_from(_vignette, _tally, _OF_SERIES, isouter=True)
            .where(_vignette.c.id.in_(page))
            .order_by(*order)
        ).all()
        offers = connection.execute(select(func.count()).where(_vignette.c.shipped.is_not(None))).scalar_one()
        skills = connection.execute(select(_skill.c.skill).distinct().order_by(_skill.c.skill)).scalars().all()
    return SearchResult(tuple(_line(row) for row in rows), total, counts, offers, tuple(skills))


def matching_slugs(engine: Engine, trainer: Trainer, filters: Filters, ids: Collection[int] | None = None) -> list[str]:
    """The slugs of all published vignettes that the filters leave, in the order of the list."""
    wanted = _conditions(engine.dialect.name, filters, seen(trainer), ids)
    query = select(_vignette.c.slug).where(_vignette.c.status == "published", *wanted)
    with engine.connect() as connection:
        return list(connection.execute(query.order_by(_vignette.c.level, _vignette.c.title)).scalars())


def _order(sort: str, sight: ColumnElement[bool], smallest: int) -> tuple[Any, ...]:
    """By `sort`, then by levels and titles. What is kept back or not shown comes last, in no order of its own."""
    usual = (_vignette.c.level, _vignette.c.title, _vignette.c.id)
    counts = {answer: func.coalesce(_tally.c[answer], 0) for answer in ANSWERS}
    answered = sum(counts.values(), literal(0))
    padded = literal(" ").concat(_vignette.c.acceptable).concat(" ")
    fitting = sum(
        (case((padded.like(f"% {answer} %"), count), else_=0) for answer, count in counts.items()), literal(0)
    )
    columns: dict[str, ColumnElement[Any]] = {
        "title": case((sight, func.lower(_vignette.c.title))),
        "level": _vignette.c.level,
        "key": case(
            *((and_(sight, _vignette.c.dominant == system), place) for place, system in enumerate(SYSTEMS)), else_=None
        ),
        "answers": answered,
        "fit": case((answered >= smallest, 1.0 * fitting / func.nullif(answered, 0))),
    }
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        return usual
    return (column.is_(None), column.desc() if sort.startswith("-") else column, *usual)


def _conditions(
    dialect: str, filters: Filters, sight: ColumnElement[bool], ids: Collection[int] | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.q and (match := matching(dialect, filters.q)):
        condition, typed = match
        words: Any = text(condition).bindparams(typed=typed)
        # The words of a title and the tags may give a key away that someone has yet to answer blind.
        person = func.lower(_vignette.c.person).startswith(filters.q.strip().lower(), autoescape=True)
        wanted.append(or_(and_(sight, words), and_(_vignette.c.status == "in_review", person)))
    if filters.system or filters.skill:
        wanted.append(sight)
    if filters.level:
        wanted.append(_vignette.c.level == filters.level)
    if filters.system:
        wanted.append(_vignette.c.dominant == filters.system)
    if filters.skill:
        wanted.append(_vignette.c.id.in_(select(_skill.c.vignette_id).where(_skill.c.skill == filters.skill)))
    if filters.note:
        has = _vignette.c.content_note.is_not(None)
        wanted.append(has if filters.note == "with" else ~has)
    if filters.attention:
        wanted.append(_vignette.c.id.in_(list(ids or ())))
    return wanted


def _line(row: Any) -> VignetteListItem:
    acceptable = tuple(row.acceptable.split())
    counts = {answer: getattr(row, f"n_{answer}") for answer in ANSWERS}
    return VignetteListItem(
        id=row.id,
        slug=row.slug,
        status=row.status,
        person=row.person,
        level=row.level,
        content_note=row.content_note,
        sealed=not row.seen,
        title=row.title if row.seen else "",
        dominant=row.dominant if row.seen else "",
        acceptable=acceptable if row.seen else (),
        changing=bool(row.changing) and row.version > 0,
        offered=row.shipped is not None,
        adapted=row.adapted or row.adapted_from is not None,
        answered=sum(counts.values()),
        fitting=sum(counts[answer] for answer in acceptable if answer in counts),
    )
