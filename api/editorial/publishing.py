"""From draft to published and on: who may take which step, what is still missing, and every version that there was."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from api.accounts.models import Trainer
from api.accounts.permissions import Action, require
from api.audit.actions import AuditAction
from api.audit.trail import record as note_deed
from api.editorial.library_settings import read_library_settings
from api.editorial.models import Draft, Rating
from api.editorial.texts import (
    Change,
    Status,
    Text,
    check_mark,
    find_row,
    is_author,
    read_text,
    require_good,
    require_sight,
)
from api.kit.errors import Conflict, NotFound
from api.persistence.engine import write_engine
from api.vignettes.case import story_mark
from api.vignettes.checking import check
from api.vignettes.models import Vignette, VignetteVersion
from api.vignettes.storing import add_version, tell_others

# From, to: what it takes. Every other step is refused.
STEPS: dict[tuple[str, Status], Action] = {
    ("draft", "in_review"): "submit_for_review",
    ("in_review", "draft"): "submit_for_review",
    ("draft", "published"): "publish",
    ("in_review", "published"): "publish",
    ("published", "retired"): "retire",
    ("retired", "published"): "restore",
}


_DEED: dict[Action, AuditAction] = {
    "submit_for_review": "submit_for_review",
    "publish": "publish",
    "retire": "retire",
    "restore": "restore",
}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the history; `author` is None for texts that came with the product."""

    number: int
    series: int
    change: str
    note: str | None
    author: str | None
    created_at: datetime


def change_status(engine: Engine, trainer: Trainer, slug: str, status: Status) -> Text:
    """Takes a vignette one step on. Raises Conflict for a step that there is not or for what is still missing,
    Forbidden, NotFound, and Unprocessable when the text has faults."""
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        action = STEPS.get((row.status, status))
        if action is None:
            raise Conflict(f"A {row.status.replace('_', ' ')} story cannot become {status.replace('_', ' ')}.")
        require(trainer, action, own=is_author(db, row, trainer))
        if status in ("in_review", "published"):
            text = read_text(db, row)
            case = require_good(text.case, text.faults)
            if status == "published" and row.version == 0:
                if missing := missing_ratings(db, row, story_mark(case)):
                    raise Conflict(missing)
                add_version(db, row, case, text.source, change="first", author_id=_author(db, row, trainer))
                _drop_draft(db, row)
        note_deed(db, trainer, "take_back" if status == "draft" else _DEED[action], slug)
        row.status = status
        row.adapted = row.adapted or action == "restore"  # else the next start would retire it again
        db.add(row)
        if row.version:
            tell_others(db)
        db.flush()
        text = read_text(db, row)
        db.commit()
    return text


def missing_ratings(db: Session, row: Vignette, mark: str) -> str | None:
    """What a first publication still needs, as a sentence; None when nothing."""
    settings = read_library_settings(db)
    there = db.exec(
        select(func.count()).select_from(Rating).where(Rating.vignette_id == row.id, Rating.story == mark)
    ).one()
    needed = settings.raters_needed - there
    if needed <= 0:
        return None
    others = db.exec(select(func.count()).select_from(Trainer).where(col(Trainer.disabled_at).is_(None))).one() - 1
    if settings.lone_trainer and others == 0:
        return None
    ratings = "One more blind rating is" if needed == 1 else f"{needed} more blind ratings are"
    return f"{ratings} needed before this can be published. Ask other trainers to rate the story."


def publish_change(
    engine: Engine,
    trainer: Trainer,
    slug: str,
    source: str,
    change: Change,
    expected: str | None,
    note: str | None,
    deed: AuditAction = "publish",
) -> Text:
    """A new version of a published vignette. After `wording` statistics carry over, after `meaning` they start afresh.

    Raises EditConflict, Forbidden, Conflict when it is not published, Unprocessable when the text has faults.
    """
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        require(trainer, "publish")
        before = read_text(db, row)
        check_mark(expected, before)
        if row.version == 0:
            raise Conflict("This story has not been published yet. Send it for review, then publish it.")
        source = source.replace("\r\n", "\n")
        case = require_good(*check(source, row.slug))
        note = " ".join((note or "").replace("\0", "").split())[:200] or None
        add_version(db, row, case, source, change=change, author_id=trainer.id, note=note)
        _drop_draft(db, row)
        note_deed(db, trainer, deed, f"{slug}, version {row.version}, {change}")
        row.adapted, row.shipped = True, None if row.shipped == source else row.shipped
        text = read_text(db, row)
        db.commit()
    return text


def history(engine: Engine, trainer: Trainer, slug: str) -> list[VersionLine]:
    """Every version, newest first; two queries."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        found = db.exec(
            select(VignetteVersion, Trainer.name)
            .join(Trainer, col(Trainer.id) == VignetteVersion.author_id, isouter=True)
            .where(VignetteVersion.vignette_id == row.id)
            .order_by(col(VignetteVersion.number).desc())
        ).all()
    return [VersionLine(v.number, v.series, v.change, v.note, name, v.created_at) for v, name in found]


def source_of(engine: Engine, slug: str, number: int) -> str:
    """The text of a version. Raises NotFound."""
    with Session(engine) as db:
        row = find_row(db, slug)
        return _source(db, row, number)


def _source(db: Session, row: Vignette, number: int) -> str:
    source = db.exec(
        select(VignetteVersion.source).where(VignetteVersion.vignette_id == row.id, VignetteVersion.number == number)
    ).one_or_none()
    if source is None:
        raise NotFound("We cannot find this version of the story. Choose one under Versions.")
    return source


def restore(engine: Engine, trainer: Trainer, slug: str, number: int, change: Change) -> Text:
    """Publishes the text of an earlier version once more, as a new version."""
    require(trainer, "restore")
    source = source_of(engine, slug, number)
    return publish_change(engine, trainer, slug, source, change, None, f"Restored from version {number}", "restore")


def take_shipped(engine: Engine, trainer: Trainer, slug: str, change: Change) -> Text:
    """Takes over the product's own newest text; from then on upgrades change it again. Raises NotFound without one."""
    with Session(engine) as db:
        shipped = find_row(db, slug).shipped
    if shipped is None:
        raise NotFound("There is no update for this story.")
    publish_change(engine, trainer, slug, shipped, change, None, "Updated with Three Circles")
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        row.adapted, row.shipped = row.origin == "own", None
        db.add(row)
        text = read_text(db, row)
        db.commit()
    return text


def keep_ours(engine: Engine, trainer: Trainer, slug: str) -> None:
    """Turns the product's offer down; the next upgrade of it is offered again."""
    require(trainer, "publish")
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        note_deed(db, trainer, "turn_down", slug)
        row.shipped, row.turned_down = None, row.shipped or row.turned_down
        db.add(row)
        db.commit()


def _author(db: Session, row: Vignette, trainer: Trainer) -> int | None:
    """Who wrote it, rather than who published it."""
    draft = db.get(Draft, row.id)
    return (draft.saved_by if draft else None) or row.owner_id or trainer.id


def _drop_draft(db: Session, row: Vignette) -> None:
    draft = db.get(Draft, row.id)
    if draft is not None:
        db.delete(draft)
        db.flush()
