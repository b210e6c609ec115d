"""What trainers do with a panel: make it, close it, delete it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlmodel import Session

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record
from api.classes.service import closing_time
from api.kit.errors import NotFound, Unprocessable
from api.kit.join_codes import normalise
from api.kit.plain_text import is_plain, is_visible, one_line
from api.panels.models import PanelRater, PanelRating, RatingPanel
from api.persistence.engine import now, table, write_engine
from api.persistence.free_code import with_free_code
from api.vignettes.case import story_mark
from api.vignettes.catalogue import Vignette

CODE_LENGTH: Final = 10  # a group's code has six characters and a class's eight
LONGEST_NAME: Final = 60
USUAL_EACH, MOST_EACH = 12, 60  # twelve stories take twenty minutes
USUAL_STORIES, MOST_STORIES = 24, 500  # with twelve each, ten raters give each of 24 stories five ratings
USUAL_DAYS: Final = 60

_panel, _rater, _rating = table(RatingPanel), table(PanelRater), table(PanelRating)


@dataclass(frozen=True, slots=True)
class PanelInfo:
    """A panel as it is named to people."""

    id: int
    code: str
    name: str
    trainer_id: int
    stories: tuple[int, ...]
    each: int
    created_at: datetime
    closes_at: datetime

    @property
    def closed(self) -> bool:
        return self.closes_at <= now()

    @property
    def last_day(self) -> date:
        """The last day on which it is open, in UTC."""
        return (self.closes_at - timedelta(days=1)).date()


@dataclass(frozen=True, slots=True)
class NewPanel:
    """What a panel is made from. Without `slugs` it gets the `many` stories that need ratings most."""

    name: str
    slugs: Sequence[str] = ()
    many: int = USUAL_STORIES
    each: int = USUAL_EACH
    last_day: date | None = None


def usual_last_day() -> date:
    return now().date() + timedelta(days=USUAL_DAYS)


def make_panel(engine: Engine, trainer: Trainer, wanted: NewPanel, library: Collection[Vignette]) -> PanelInfo:
    """Makes a panel of the trainer's own over published stories. Raises Unprocessable for what cannot be."""
    require(trainer, "lead_panel", own=True)
    name = one_line(wanted.name)
    if not is_plain(name) or not is_visible(name) or len(name) > LONGEST_NAME:
        detail = f"Give the panel a name of 1 to {LONGEST_NAME} characters, in plain text."
        raise Unprocessable(detail, [{"pointer": "/name", "detail": "too long, empty or not plain"}])
    if not 1 <= wanted.each <= MOST_EACH:
        detail = f"Let each rater read 1 to {MOST_EACH} stories. Twelve take about twenty minutes."
        raise Unprocessable(detail, [{"pointer": "/each", "detail": f"1 to {MOST_EACH}"}])
    stories = _named(wanted.slugs, library) if wanted.slugs else neediest(engine, library, wanted.many)
    if not stories:
        raise Unprocessable("There is no published story to rate.", [{"pointer": "/stories", "detail": "none"}])
    made = now()
    row = {
        "name": name,
        "trainer_id": trainer.id,
        "stories": stories,
        "each": min(wanted.each, len(stories)),
        "created_at": made,
        "closes_at": closing_time(wanted.last_day or usual_last_day(), made, "panel"),
    }

    def make(connection: Connection, code: str) -> PanelInfo:
        connection.execute(insert(_panel), row | {"code": code})
        found = one(connection, code)
        record(connection, trainer, "make_panel", f"panel {found.id}")
        return found

    return with_free_code(engine, CODE_LENGTH, make)


def _named(slugs: Sequence[str], library: Collection[Vignette]) -> list[int]:
    known = {vignette.slug: vignette.id for vignette in library}
    if missing := next((slug for slug in slugs if slug not in known), None):
        detail = f"There is no published story called “{missing[:80]}”. Use the last part of its address."
        raise Unprocessable(detail, [{"pointer": "/stories", "detail": "unknown story"}])
    return list(dict.fromkeys(known[slug] for slug in slugs))[:MOST_STORIES]


def neediest(engine: Engine, library: Collection[Vignette], many: int) -> list[int]:
    """The published stories whose present words have fewest ratings; of equals the library's order decides."""
    if not 1 <= many <= MOST_STORIES:
        detail = f"Choose 1 to {MOST_STORIES} stories."
        raise Unprocessable(detail, [{"pointer": "/many", "detail": f"1 to {MOST_STORIES}"}])
    with engine.connect() as connection:
        rows = connection.execute(select(_rating.c.story, func.count()).group_by(_rating.c.story)).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return [v.id for v in sorted(library, key=lambda v: counts.get(story_mark(v.case), 0))[:many]]


def panels(engine: Engine) -> list[tuple[PanelInfo, int, int]]:
    """Every panel with its raters and ratings, newest first."""
    ratings = (
        select(func.count())
        .select_from(_rating.join(_rater, _rater.c.id == _rating.c.rater_id))
        .where(_rater.c.panel_id == _panel.c.id)
        .scalar_subquery()
    )
    raters = select(func.count()).select_from(_rater).where(_rater.c.panel_id == _panel.c.id).scalar_subquery()
    with engine.connect() as connection:
        rows = connection.execute(select(*_panel.c, raters, ratings).order_by(_panel.c.id.desc())).all()
    return [(_known(row), row[-2], row[-1]) for row in rows]


def find_panel(engine: Engine, typed: str) -> PanelInfo:
    """The panel of this code. Raises NotFound."""
    with engine.connect() as connection:
        return one(connection, normalise(typed))


def led_panel(engine: Engine, trainer: Trainer, code: str) -> PanelInfo:
    """The panel of this code, for anyone who may change it. Raises NotFound, Forbidden."""
    found = find_panel(engine, code)
    require(trainer, "lead_panel", own=found.trainer_id == trainer.id)
    return found


def close_panel(engine: Engine, trainer: Trainer, code: str) -> None:
    """Closes it now: what was rated stays."""
    found = led_panel(engine, trainer, code)
    if found.closed:
        return
    with write_engine(engine).begin() as connection:
        connection.execute(update(_panel).where(_panel.c.id == found.id).values(closes_at=now()))
        record(connection, trainer, "close_panel", f"panel {found.id}")


def delete_panel(engine: Engine, trainer: Trainer, code: str) -> None:
    """Deletes it with its raters and their ratings."""
    found = led_panel(engine, trainer, code)
    with write_engine(engine).begin() as connection:
        delete_rows(connection, [found.id])
        record(connection, trainer, "delete_panel", f"panel {found.id}")


def delete_rows(connection: Connection, panel_ids: Sequence[int]) -> None:
    # Locked first, as by anyone who joins or rates.
    connection.execute(select(_panel.c.id).where(_panel.c.id.in_(panel_ids)).with_for_update())
    raters = select(_rater.c.id).where(_rater.c.panel_id.in_(panel_ids))
    connection.execute(delete(_rating).where(_rating.c.rater_id.in_(raters)))
    connection.execute(delete(_rater).where(_rater.c.panel_id.in_(panel_ids)))
    connection.execute(delete(_panel).where(_panel.c.id.in_(panel_ids)))


def part_with_panels_of(db: Session, trainer_id: int) -> None:
    """When an account is removed its panels close and lose their names; ratings stay, for others build on them."""
    connection = db.connection()
    mine = select(_panel.c.id, _panel.c.closes_at).where(_panel.c.trainer_id == trainer_id).with_for_update()
    for panel_id, closes_at in connection.execute(mine).all():
        if connection.execute(select(_rater.c.id).where(_rater.c.panel_id == panel_id).limit(1)).first() is None:
            delete_rows(connection, [panel_id])
        else:
            left = {"name": f"Panel {panel_id}", "closes_at": min(closes_at, now())}
            connection.execute(update(_panel).where(_panel.c.id == panel_id).values(left))


def one(connection: Connection, code: str, *, to_change: bool = False) -> PanelInfo:
    query: Select[Any] = select(*_panel.c).where(_panel.c.code == code)
    row = connection.execute(query.with_for_update() if to_change else query).one_or_none()
    if row is None:
        raise NotFound(
            "This panel link does not work. It may have been deleted. Ask the person who sent it for a new one."
        )
    return _known(row)


def _known(row: Any) -> PanelInfo:
    return PanelInfo(
        row.id, row.code, row.name, row.trainer_id, tuple(row.stories), row.each, row.created_at, row.closes_at
    )
