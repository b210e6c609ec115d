"""Where a vignette stands, what it still needs, and what the trainer who looks at it may do next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.library_settings import read_library_settings
from api.editorial.models import Draft, Rating
from api.editorial.publishing import STEPS, missing_ratings
from api.editorial.texts import Status, Text, find_row, is_author, read_text, require_sight
from api.kit.errors import Forbidden
from api.vignettes.case import story_mark
from api.vignettes.models import Vignette, VignetteVersion

STEP_NAME: dict[tuple[str, str], str] = {
    ("draft", "in_review"): "Send for review",
    ("in_review", "draft"): "Withdraw from review",
    ("draft", "published"): "Publish story",
    ("in_review", "published"): "Publish story",
    ("published", "retired"): "Archive story",
    ("retired", "published"): "Restore story",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step that this trainer may take now."""

    to: Status
    name: str


@dataclass(frozen=True, slots=True)
class EditorialStatus:
    """A vignette as one trainer finds it. `published` is the newest version's text where a draft waits behind it.

    `missing` is what keeps it from being published, as sentences; `steps` what this trainer may do,
    the likeliest first.
    """

    id: int
    text: Text
    series: int
    title: str
    origin: str
    adapted: bool
    adapted_from: str | None
    shipped: str | None
    published: str | None
    saved_at: datetime | None
    ratings: int
    needed: int
    missing: tuple[str, ...]
    steps: tuple[Step, ...]
    may_write: bool
    may_publish: bool
    may_restore: bool
    may_rate: bool


def is_sealed(engine: Engine, trainer: Trainer, slug: str) -> bool:
    """Whether this trainer has yet to rate the story before they may see the rest. Raises NotFound, Forbidden."""
    with Session(engine) as db:
        row = find_row(db, slug)
        try:
            require_sight(db, row, trainer)
        except Forbidden:
            if row.status != "in_review":
                raise
            return True
    return False


def get_status(engine: Engine, trainer: Trainer, slug: str) -> EditorialStatus:
    """Everything about where a vignette stands; as many queries for any. Raises NotFound, Forbidden."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        text = read_text(db, row)
        draft = db.get(Draft, row.id)
        own = is_author(db, row, trainer)
        mark = story_mark(text.case) if text.case else ""
        by = db.exec(select(Rating.trainer_id).where(Rating.vignette_id == row.id, Rating.story == mark)).all()
        missing = _missing(db, row, text, mark)
        steps = tuple(
            Step(to, STEP_NAME[status, to])
            for (status, to), action in STEPS.items()
            if status == row.status and may(trainer, action, own=own) and _possible(row, text, to, missing)
        )
        assert row.id is not None
        return EditorialStatus(
            id=row.id,
            text=text,
            series=row.series,
            title=row.title,
            origin=row.origin,
            adapted=row.adapted,
            adapted_from=row.adapted_from,
            shipped=row.shipped,
            published=_published(db, row) if draft and row.version else None,
            saved_at=draft.saved_at if draft else None,
            ratings=len(by),
            needed=read_library_settings(db).raters_needed,
            missing=missing,
            steps=tuple(sorted(steps, key=lambda step: step.to != "published")),
            may_write=may(trainer, "write_draft", own=own),
            may_publish=may(trainer, "publish"),
            may_restore=may(trainer, "restore"),
            may_rate=row.status == "in_review" and not own and trainer.id not in by and may(trainer, "rate"),
        )


def _missing(db: Session, row: Vignette, text: Text, mark: str) -> tuple[str, ...]:
    if row.version:
        return ()
    told = []
    if text.faults:
        many = "1 problem" if len(text.faults) == 1 else f"{len(text.faults)} things"
        told.append(f"{many} to fix in the text. Open the editor to see where.")
    if ratings := missing_ratings(db, row, mark):
        told.append(ratings)
    return tuple(told)


def _possible(row: Vignette, text: Text, to: str, missing: tuple[str, ...]) -> bool:
    if to == "published" and row.version == 0:
        return not missing
    return not (text.faults and to in ("in_review", "published"))


def _published(db: Session, row: Vignette) -> str:
    return db.exec(
        select(VignetteVersion.source).where(
            VignetteVersion.vignette_id == row.id, VignetteVersion.number == row.version
        )
    ).one()
