"""Finding, saving and undoing plans of one's own. Whatever is saved is kept, with faults and all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.audit.trail import record, record_once
from api.kit.errors import Conflict, NotFound
from api.kit.versioned_text import EditConflict, as_kept
from api.persistence.engine import now, write_engine
from api.session_plans.editor.models import OwnPlan, OwnPlanText
from api.session_plans.editor.sheet import parse_draft
from api.session_plans.reading import LARGEST_FILE

HISTORY_SIZE = 50  # texts of one plan, the newest; each save can be undone while the one before is among them

UNKNOWN = "We cannot find this session plan. It may have been renamed or deleted."


@dataclass(frozen=True, slots=True)
class OwnText:
    """A plan of one's own as one trainer finds it: its newest text, or what is offered for those who may not write it.

    `offered` is the text that facilitators get.
    """

    slug: str
    title: str
    author: str
    revision: int
    source: str
    saved_by: str
    saved_at: datetime
    offered: str | None
    may_write: bool
    may_offer: bool


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A plan of one's own in the list. `newer`: its text has changed since it was offered."""

    slug: str
    title: str
    author: str
    own: bool
    faults: int
    offered: bool
    newer: bool
    changed_at: datetime
    may_write: bool


def own_plans(engine: Engine, trainer: Trainer) -> list[OwnLine]:
    """The plans that this trainer may see, the newest first: their own, those on offer, and for editors all."""
    query = (
        select(OwnPlan, Trainer.name, OwnPlanText.source)
        .join(Trainer, col(OwnPlan.author_id) == Trainer.id)
        .join(OwnPlanText, (col(OwnPlanText.plan_id) == OwnPlan.id) & (col(OwnPlanText.revision) == OwnPlan.revision))
        .order_by(col(OwnPlan.changed_at).desc(), col(OwnPlan.id))
    )
    with Session(engine) as db:
        return [
            OwnLine(
                slug=row.slug,
                title=row.title,
                author=author,
                own=row.author_id == trainer.id,
                faults=row.faults,
                offered=row.offered is not None,
                newer=row.offered is not None and row.offered != source,
                changed_at=row.changed_at,
                may_write=may(trainer, "write_plan", own=row.author_id == trainer.id),
            )
            for row, author, source in db.exec(query)
            if _in_sight(row, trainer)
        ]


def find(engine: Engine, trainer: Trainer, slug: str, *, to_change: bool = False) -> OwnText:
    """The plan with its newest text. Raises NotFound; Forbidden `to_change` what is someone else's."""
    with Session(engine) as db:
        row = find_row(db, slug, trainer)
        if to_change:
            require(trainer, "write_plan", own=row.author_id == trainer.id)
        return read_own(db, row, trainer)


def text_at(engine: Engine, trainer: Trainer, slug: str, revision: int) -> str | None:
    """The text that a save made; None when it is no longer kept."""
    with Session(engine) as db:
        row = find_row(db, slug, trainer)
        found = db.get(OwnPlanText, (row.id, revision))
        return found.source if found else None


def save(engine: Engine, trainer: Trainer, slug: str, revision: int, source: str, levels: Mapping[str, int]) -> OwnText:
    """Keeps the text, faults and all. `revision` is that of the text which the writer began with.

    Raises EditConflict when someone else has saved another text since; Forbidden, NotFound, TooLarge, Unprocessable.
    """
    source = within(source)
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, trainer, to_change=True)
        before = read_own(db, row, trainer)
        if source != before.source:
            check_mark(revision, before)
            keep(db, row, trainer, source, levels)
            record_once(db, trainer, "write_plan", row.slug)
        text = read_own(db, row, trainer)
        db.commit()
    return text


def undo(engine: Engine, trainer: Trainer, slug: str, revision: int, levels: Mapping[str, int]) -> OwnText:
    """Brings back the text before the newest one, as a text of its own: undone twice, it stands as it was.

    Raises EditConflict when `revision` is no longer the newest, Conflict when nothing is there to go back to.
    """
    before = text_at(engine, trainer, slug, revision - 1)
    if before is None:
        raise Conflict("There is nothing to undo.")
    return save(engine, trainer, slug, revision, before, levels)


def throw_away(engine: Engine, trainer: Trainer, slug: str) -> None:
    """Deletes a plan that is not on offer. Raises Conflict for one that is, NotFound, Forbidden."""
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, trainer, to_change=True)
        if row.offered is not None:
            raise Conflict("This plan is shared with facilitators. Ask an editor to stop sharing it, then delete it.")
        db.exec(delete(OwnPlanText).where(col(OwnPlanText.plan_id) == row.id))
        db.delete(row)
        record(db, trainer, "discard_plan", row.slug)
        db.commit()


def keep(db: Session, row: OwnPlan, trainer: Trainer, source: str, levels: Mapping[str, int]) -> None:
    """Makes this the newest text of the plan; the caller commits."""
    assert row.id is not None
    assert trainer.id is not None
    sheet = parse_draft(source, row.slug, levels)
    row.revision += 1
    row.title, row.faults, row.changed_at = sheet.title, len(sheet.faults), now()
    db.add(row)
    db.flush()
    db.add(
        OwnPlanText(plan_id=row.id, revision=row.revision, source=source, saved_by=trainer.id, saved_at=row.changed_at)
    )
    old = (col(OwnPlanText.plan_id) == row.id) & (col(OwnPlanText.revision) <= row.revision - HISTORY_SIZE)
    db.exec(delete(OwnPlanText).where(old))
    db.flush()


def find_row(db: Session, slug: str, trainer: Trainer, *, to_change: bool = False) -> OwnPlan:
    """The plan's row; `to_change` locks it until the commit. Raises NotFound, Forbidden."""
    query = select(OwnPlan).where(OwnPlan.slug == slug.replace("\0", ""))  # which PostgreSQL would not take
    row = db.exec(query.with_for_update() if to_change else query).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    if to_change or not _in_sight(row, trainer):
        require(trainer, "write_plan", own=row.author_id == trainer.id)
    return row


def read_own(db: Session, row: OwnPlan, trainer: Trainer) -> OwnText:
    found = db.exec(
        select(OwnPlanText, Trainer.name)
        .join(Trainer, col(OwnPlanText.saved_by) == Trainer.id)
        .where(OwnPlanText.plan_id == row.id, OwnPlanText.revision == row.revision)
    ).one_or_none()
    if found is None:  # thrown away since its row was read
        raise NotFound(UNKNOWN)
    text, saved_by = found
    may_write = may(trainer, "write_plan", own=row.author_id == trainer.id)
    return OwnText(
        slug=row.slug,
        title=row.title,
        author=db.exec(select(Trainer.name).where(Trainer.id == row.author_id)).one(),
        revision=row.revision,
        source=text.source if may_write else row.offered or "",
        saved_by=saved_by,
        saved_at=text.saved_at,
        offered=row.offered,
        may_write=may_write,
        may_offer=may(trainer, "offer_plan"),
    )


def check_mark(revision: int, text: OwnText) -> None:
    """Raises EditConflict when the text is not the one that the writer began with."""
    if revision != text.revision:
        raise EditConflict("plan", text.source, str(text.revision))


def within(source: str) -> str:
    """The text as it is kept. Raises TooLarge, and Unprocessable for what no database takes."""
    return as_kept(source, LARGEST_FILE, "plan")


def _in_sight(row: OwnPlan, trainer: Trainer) -> bool:
    return row.offered is not None or may(trainer, "write_plan", own=row.author_id == trainer.id)


def lock_plans_of(db: Session, trainer_id: int) -> set[int]:
    """Holds the trainer's plans that are not shared until the transaction ends; gives their ids."""
    quiet = (col(OwnPlan.author_id) == trainer_id) & col(OwnPlan.offered).is_(None)
    return {*db.execute(select(col(OwnPlan.id)).where(quiet).order_by(col(OwnPlan.id)).with_for_update()).scalars()}


def delete_plans_of(db: Session, trainer_id: int) -> None:
    """Deletes the trainer's plans that are not shared and that no one else saved."""
    mine = lock_plans_of(db, trainer_id)
    texts = select(col(OwnPlanText.plan_id)).where(col(OwnPlanText.plan_id).in_(mine))
    mine -= {*db.execute(texts.where(col(OwnPlanText.saved_by) != trainer_id)).scalars()}
    db.exec(delete(OwnPlanText).where(col(OwnPlanText.plan_id).in_(mine)))
    db.exec(delete(OwnPlan).where(col(OwnPlan.id).in_(mine)))
