"""Beginning, saving and throwing away drafts. Whatever is saved is kept, readable or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from sqlalchemy import Engine, delete, update
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record, record_once
from api.editorial.compose import compose, form_of
from api.editorial.models import Draft, Rating
from api.editorial.texts import (
    Text,
    check_mark,
    checked,
    find_row,
    is_author,
    places,
    read_text,
    require_sight,
    slug_for,
)
from api.editorial.undecided import Choice, leave_open, stand_in
from api.kit.errors import Conflict, Unprocessable
from api.kit.systems import ANSWERS, Answer
from api.kit.versioned_text import as_kept
from api.kit.yaml import Fault
from api.persistence.engine import now, write_engine
from api.vignettes.case import Blend, Case, FrontMatter, Key
from api.vignettes.case_file_writer import write
from api.vignettes.models import Vignette, VignetteSkill
from api.vignettes.reading import LARGEST_FILE, read
from api.vignettes.storing import describe

OWN = "own"


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved a draft last, and when."""

    name: str
    at: datetime


def begin(engine: Engine, trainer: Trainer, title: str, person: str) -> Text:
    """A new draft in which nothing is chosen yet. Raises Unprocessable for an empty title or name."""
    title, person = " ".join(title.split())[:80], " ".join(person.split())[:40]
    if not person:
        raise Unprocessable("Enter the character’s first name.", [{"pointer": "/person", "detail": "a first name"}])

    def frame(slug: str) -> str:
        key = Key(dominant="drive", blend=Blend(threat=[0, 100], drive=[0, 100], soothing=[0, 100]))
        head = FrontMatter(slug=slug, title=title, person=person, level=1, key=key, authors=[trainer.name])
        empty = write(Case(head=head, story="", cues=[], why="", others={"threat": "", "soothing": ""}, questions=[]))
        return leave_open(empty, get_args(Choice))

    return _add(engine, trainer, lambda db: frame(slug_for(db, title)))


def copy(engine: Engine, trainer: Trainer, slug: str) -> Text:
    """A new draft with another vignette's words, to be adapted under an address of its own."""

    def words(db: Session) -> str:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        text = read_text(db, row)
        if text.case is None:
            raise Conflict("This story has errors in its text. Fix them first, then copy it.")
        title = f"{text.case.head.title} (adapted)"[:80]
        authors = [*text.case.head.authors, trainer.name]
        head = text.case.head.model_copy(
            update={"slug": slug_for(db, title), "title": title, "authors": list(dict.fromkeys(authors))}
        )
        return leave_open(write(text.case.model_copy(update={"head": head})), text.open)

    return _add(engine, trainer, words, adapted_from=slug)


def add(engine: Engine, trainer: Trainer, source: str) -> Text:
    """A new draft from a whole case file.

    Raises Unprocessable when it cannot be read or has no front matter, Conflict when its slug is taken.
    """
    return _add(engine, trainer, lambda _db: source)


def _add(
    engine: Engine, trainer: Trainer, make_source: Callable[[Session], str], adapted_from: str | None = None
) -> Text:
    require(trainer, "write_draft", own=True)
    with Session(write_engine(engine)) as db:
        source = as_kept(make_source(db), LARGEST_FILE, "case file")
        stood, choices = stand_in(source)
        case, faults = read(stood)
        if case is None:
            raise unreadable(faults)
        taken = Conflict(f"There is already a vignette named {case.head.slug}. Choose another slug.")
        if db.exec(select(Vignette.id).where(Vignette.slug == case.head.slug)).first() is not None:
            raise taken
        row = Vignette(
            slug=case.head.slug,
            status="draft",
            origin=OWN,
            version=0,
            series=1,
            owner_id=trainer.id,
            adapted_from=adapted_from,
            changed_at=now(),
        )
        try:
            _describe(db, row, case, choices)
        except IntegrityError:  # someone else was quicker by a moment
            raise taken from None
        assert row.id is not None
        db.add(Draft(vignette_id=row.id, source=source, saved_by=trainer.id, saved_at=now()))
        db.flush()
        record(db, trainer, "begin_draft", row.slug)
        text = read_text(db, row)
        db.commit()
    return text


def open_text(engine: Engine, trainer: Trainer, slug: str) -> Text:
    """The newest text, to read or to go on with. Raises NotFound, Forbidden."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        return read_text(db, row)


def open_to_change(engine: Engine, trainer: Trainer, slug: str) -> tuple[Text, Saved | None]:
    """The newest text for someone who may change it, and who saved its draft last. Raises NotFound, Forbidden."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        require(trainer, "write_draft", own=is_author(db, row, trainer))
        return read_text(db, row), _last_saved(db, row)


def _last_saved(db: Session, row: Vignette) -> Saved | None:
    found = db.exec(
        select(Trainer.name, Draft.saved_at)
        .join(Draft, col(Draft.saved_by) == Trainer.id)
        .where(Draft.vignette_id == row.id)
    ).one_or_none()
    return Saved(*found) if found else None


def save(engine: Engine, trainer: Trainer, slug: str, source: str, expected: str | None) -> Text:
    """Keeps the text of a draft as it is, faults and all.

    `expected` is the etag of the text that the writer began with. Raises EditConflict when someone has saved since,
    Forbidden, TooLarge.
    """
    source = as_kept(source, LARGEST_FILE, "case file")
    checked(source, slug)  # before anyone who writes has to wait for it
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        require(trainer, "write_draft", own=is_author(db, row, trainer))
        before = read_text(db, row)
        if source != before.source:  # the same text sent twice is no conflict: an answer may be lost on its way
            check_mark(expected, before)
            _keep(db, row, trainer, source)
            record_once(db, trainer, "write_draft", row.slug)
        text = read_text(db, row)
        db.commit()
    return text


def _keep(db: Session, row: Vignette, trainer: Trainer, source: str) -> None:
    assert row.id is not None
    draft = db.get(Draft, row.id)
    if draft is None:
        draft = Draft(vignette_id=row.id, source=source, revision=0, base_version=row.version, saved_at=now())
    draft.source, draft.saved_by, draft.saved_at = source, trainer.id, now()
    draft.revision += 1
    db.add(draft)
    case, _, choices = checked(source, row.slug)
    # What is published keeps its place in lists and search until the draft is published.
    if case is not None and row.version == 0:
        _describe(db, row, case, choices)
    db.flush()


def _describe(db: Session, row: Vignette, case: Case, choices: tuple[Choice, ...]) -> None:
    """As `describe`, without what only stands in for a choice."""
    describe(db, row, case)
    if "level" in choices:
        row.level = 0
    if "dominant" in choices:
        row.dominant, row.acceptable = "", ""
    db.flush()


def discard(engine: Engine, trainer: Trainer, slug: str) -> None:
    """Throws a draft away; what is published stays. A vignette that never was published goes with its draft."""
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, to_change=True)
        require(trainer, "write_draft", own=is_author(db, row, trainer))
        draft = db.get(Draft, row.id)
        if draft is not None:
            db.delete(draft)
        if row.version == 0:
            forget(db, row)
        record(db, trainer, "discard_draft", slug)
        db.commit()


def forget(db: Session, row: Vignette) -> None:
    """Deletes a vignette that no one can have answered."""
    db.flush()
    db.exec(delete(VignetteSkill).where(col(VignetteSkill.vignette_id) == row.id))
    db.exec(delete(Rating).where(col(Rating.vignette_id) == row.id))
    db.connection().execute(sql("DELETE FROM vignette_search WHERE rowid = :id"), {"id": row.id})
    if db.get_bind().dialect.name == "sqlite":  # else its words stay in the index until that is merged one day
        db.connection().execute(sql("INSERT INTO vignette_search (vignette_search) VALUES ('optimize')"))
    db.delete(row)


def lock_drafts_of(db: Session, trainer_id: int) -> None:
    """Holds the trainer's stories that were never published until the transaction ends."""
    own = (col(Vignette.owner_id) == trainer_id) & (col(Vignette.version) == 0)
    db.execute(select(col(Vignette.id)).where(own).order_by(col(Vignette.id)).with_for_update()).all()


def delete_drafts_of(db: Session, trainer_id: int) -> None:
    """Deletes the stories of the trainer that were never published and that no one else worked on."""
    own = (
        select(Vignette, Draft)
        .join(Draft, col(Draft.vignette_id) == Vignette.id)
        .where(col(Vignette.owner_id) == trainer_id, col(Vignette.version) == 0, col(Draft.saved_by) == trainer_id)
    )
    for row, draft in db.execute(own).all():
        db.delete(draft)
        forget(db, row)
    db.flush()


def delete_remarks_of(db: Session, trainer_id: int) -> None:
    """Deletes the trainer's remarks. The blind ratings that they stood beside stay."""
    db.exec(update(Rating).where(col(Rating.trainer_id) == trainer_id).values(comment=None))


def unreadable(faults: list[Fault]) -> Unprocessable:
    return Unprocessable("This is not a valid case file.", places(faults))


def accept_too(engine: Engine, trainer: Trainer, slug: str, answers: Sequence[Answer]) -> Text:
    """Adds answers to those that the key accepts, in the draft. Level 1 has one answer: such a story becomes level 3.

    Raises Forbidden, NotFound, and Unprocessable while the text cannot be read.
    """
    text = open_text(engine, trainer, slug)
    form = form_of(text.source)
    if form is None or text.case is None:
        raise Unprocessable("There is something to fix in the text first.", places(text.faults))
    fitting = {*text.case.acceptable, *answers}
    level = 3 if form.level == 1 else form.level
    changed = replace(form, acceptable=tuple(answer for answer in ANSWERS if answer in fitting), level=level)
    return save(engine, trainer, slug, compose(changed, text.source), text.etag)
