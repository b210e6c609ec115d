"""Texts that imports brought in or took the place of, and the way back to each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.editorial import drafting
from api.editorial.models import Draft, KeptText
from api.editorial.texts import Text, find_row, is_author, require_sight
from api.kit.errors import NotFound
from api.persistence.engine import now, write_engine


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A kept text in the history; `author` is None for what a command brought in. `current` where the draft says it."""

    id: int
    kind: str
    author: str | None
    kept_at: datetime
    current: bool


def kept_texts(engine: Engine, trainer: Trainer, slug: str) -> list[KeptLine]:
    """Every kept text of a story, newest first. Raises NotFound, Forbidden."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        draft = db.get(Draft, row.id)
        found = db.exec(
            select(KeptText, Trainer.name)
            .join(Trainer, col(Trainer.id) == KeptText.saved_by, isouter=True)
            .where(KeptText.vignette_id == row.id)
            .order_by(col(KeptText.id).desc())
        ).all()
    return [
        KeptLine(kept.id or 0, kept.kind, name, kept.kept_at, draft is not None and draft.source == kept.source)
        for kept, name in found
    ]


def bring_back(engine: Engine, trainer: Trainer, slug: str, kept_id: int) -> Text:
    """Makes a kept text the draft again; the draft that stood there is kept in its turn. Raises NotFound, Forbidden."""
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        require(trainer, "write_draft", own=is_author(db, row, trainer))
        kept = db.exec(select(KeptText).where(KeptText.id == kept_id, KeptText.vignette_id == row.id)).one_or_none()
        if kept is None:
            raise NotFound("We cannot find this text. Choose one under Versions.")
        source, draft = kept.source, db.get(Draft, row.id)
        if draft is not None and draft.source != source:
            here, who = draft.vignette_id, draft.saved_by
            db.add(KeptText(vignette_id=here, source=draft.source, kind="draft", saved_by=who, kept_at=now()))
        db.commit()
    return drafting.save(engine, trainer, slug, source, None)
