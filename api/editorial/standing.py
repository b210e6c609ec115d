"""Where a vignette stands, what it still needs, and what the trainer who looks at it may do next."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.advice import Advice, advise
from api.editorial.library_settings import read_library_settings
from api.editorial.models import Draft, Rating
from api.editorial.publishing import STEPS, missing_ratings
from api.editorial.texts import Status, Text, find_row, is_author, read_text, require_sight
from api.kit.errors import Forbidden
from api.kit.systems import ANSWERS, Answer
from api.vignettes.case import Case, story_mark
from api.vignettes.models import Vignette, VignetteVersion

STEP_NAME: dict[tuple[str, str], str] = {
    ("draft", "in_review"): "Send for review",
    ("in_review", "draft"): "Withdraw from review",
    ("draft", "published"): "Publish story",
    ("in_review", "published"): "Publish story",
    ("published", "retired"): "Archive story",
    ("retired", "published"): "Restore story",
}

SPLIT = 1 / 3  # of the raters: one of two or three, two of four to six


@dataclass(frozen=True, slots=True)
class Step:
    """A step that this trainer may take now."""

    to: Status
    name: str


@dataclass(frozen=True, slots=True)
class EditorialStatus:
    """A vignette as one trainer finds it. `published` is the newest version's text where a draft waits behind it.

    `stops` is what must be fixed in its text and `missing` what else keeps it from being published, as sentences.
    `split` is the answers outside the key that many raters gave, each with how many; it is asked about once.
    `steps` is what this trainer may do, the likeliest first; `stopped` what they could do but for the stops.
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
    split: tuple[tuple[Answer, int], ...]
    stops: tuple[Advice, ...]
    missing: tuple[str, ...]
    steps: tuple[Step, ...]
    stopped: tuple[Step, ...]
    may_write: bool
    may_publish: bool
    may_restore: bool
    may_rate: bool


def split_answers(case: Case, chosen: Mapping[Any, int]) -> tuple[tuple[Answer, int], ...]:
    """The answers that the key does not accept and that SPLIT of the raters or more gave, the most frequent first."""
    raters = sum(chosen.values())
    found = [(a, chosen[a]) for a in ANSWERS if a not in case.acceptable and chosen.get(a, 0) >= SPLIT * raters > 0]
    return tuple(sorted(found, key=lambda pair: -pair[1]))


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
        rated = db.exec(
            select(Rating.trainer_id, Rating.system).where(Rating.vignette_id == row.id, Rating.story == mark)
        ).all()
        by, chosen = [trainer_id for trainer_id, _ in rated], Counter(system for _, system in rated)
        missing = _missing(db, row, mark)
        allowed = [
            Step(to, STEP_NAME[status, to])
            for (status, to), action in STEPS.items()
            if status == row.status and may(trainer, action, own=own)
        ]
        steps = [step for step in allowed if not (missing and step.to == "published" and row.version == 0)]
        needs_good = ("in_review", "published") if text.faults else ()
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
            split=split_answers(text.case, chosen) if text.case and row.version == 0 else (),
            stops=advise(text.case, text.faults, choices=text.open).stops if text.faults else (),
            missing=missing,
            steps=tuple(sorted((s for s in steps if s.to not in needs_good), key=lambda step: step.to != "published")),
            stopped=tuple(step for step in steps if step.to in needs_good),
            may_write=may(trainer, "write_draft", own=own),
            may_publish=may(trainer, "publish"),
            may_restore=may(trainer, "restore"),
            may_rate=row.status == "in_review" and not own and trainer.id not in by and may(trainer, "rate"),
        )


def _missing(db: Session, row: Vignette, mark: str) -> tuple[str, ...]:
    ratings = None if row.version else missing_ratings(db, row, mark)
    return (ratings,) if ratings else ()


def _published(db: Session, row: Vignette) -> str:
    return db.exec(
        select(VignetteVersion.source).where(
            VignetteVersion.vignette_id == row.id, VignetteVersion.number == row.version
        )
    ).one()
