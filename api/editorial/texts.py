"""A vignette's text as its authors see it: the draft where there is one, else the newest version."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.models import Draft, Rating
from api.editorial.undecided import Choice, check_draft
from api.kit.errors import FieldError, Forbidden, NotFound, Unprocessable
from api.kit.versioned_text import EditConflict, free_slug
from api.kit.yaml import Fault
from api.vignettes.case import Case
from api.vignettes.models import Vignette, VignetteVersion

UNKNOWN = "We cannot find this story. Choose one from the list of stories."

Status = Literal["draft", "in_review", "published", "retired"]
Change = Literal["wording", "meaning"]


@dataclass(frozen=True, slots=True)
class Text:
    """The newest text of a vignette with what is wrong in it; `case` is None when it cannot be read.

    `open` names what is not chosen yet, of which `case` has stand-ins. `revision` is 0 while no one works on it, and
    `etag` changes with every save.
    """

    slug: str
    status: Status
    version: int
    revision: int
    source: str
    case: Case | None
    faults: tuple[Fault, ...]
    owner_id: int | None
    open: tuple[Choice, ...] = ()

    @property
    def etag(self) -> str:
        return etag(self.version, self.revision)


def etag(version: int, revision: int) -> str:
    return f"{version}.{revision}"


def find_row(db: Session, slug: str, *, to_change: bool = False) -> Vignette:
    """The vignette, whatever its status; `to_change` locks it until the commit. Raises NotFound."""
    query = select(Vignette).where(Vignette.slug == slug.replace("\0", ""))  # which PostgreSQL would not take
    row = db.exec(query.with_for_update() if to_change else query).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    return row


def read_text(db: Session, row: Vignette) -> Text:
    """The newest text of a vignette; two queries."""
    draft = db.get(Draft, row.id)
    source = draft.source if draft else newest_source(db, row)
    case, faults, choices = checked(source, row.slug)
    return Text(
        slug=row.slug,
        status=row.status,  # type: ignore[arg-type]  # only the verbs of this folder write it
        version=row.version,
        revision=draft.revision if draft else 0,
        source=source,
        case=case,
        faults=faults,
        owner_id=row.owner_id,
        open=choices,
    )


@lru_cache(maxsize=256)
def checked(source: str, slug: str) -> tuple[Case | None, tuple[Fault, ...], tuple[Choice, ...]]:
    """The case in a text, its faults, and what is left open.

    Kept for a moment, so that a text is read before a write, not within it.
    """
    case, faults, choices = check_draft(source, slug)
    return case, tuple(faults), choices


def newest_source(db: Session, row: Vignette) -> str:
    """The text of the newest published version, of which there is one."""
    source = db.exec(
        select(VignetteVersion.source).where(
            VignetteVersion.vignette_id == row.id, VignetteVersion.number == row.version
        )
    ).one_or_none()
    if source is None:  # a draft that was thrown away since its row was read
        raise NotFound(UNKNOWN)
    return source


def is_author(db: Session, row: Vignette, trainer: Trainer) -> bool:
    """Whether this person wrote any of it: they know the key."""
    if row.owner_id == trainer.id:
        return True
    draft = db.get(Draft, row.id)
    if draft is not None and draft.saved_by == trainer.id:
        return True
    wrote = select(VignetteVersion.id).where(
        col(VignetteVersion.vignette_id) == row.id, VignetteVersion.author_id == trainer.id
    )
    return db.exec(wrote.limit(1)).first() is not None


def require_sight(db: Session, row: Vignette, trainer: Trainer) -> None:
    """Raises Forbidden for a draft that this person may not see, or may not see yet."""
    if row.version or is_author(db, row, trainer):
        return
    if row.status == "in_review" and _has_rated(db, row, trainer):
        return
    if row.status != "in_review" and may(trainer, "write_draft"):
        return
    if row.status == "in_review":
        raise Forbidden("Rate this story first. You can see the answer key once you have sent your rating.")
    raise Forbidden("This draft belongs to someone else. You can rate it once its author sends it for review.")


def _has_rated(db: Session, row: Vignette, trainer: Trainer) -> bool:
    query = select(Rating.id).where(Rating.vignette_id == row.id, Rating.trainer_id == trainer.id)
    return db.exec(query.limit(1)).first() is not None


def check_mark(expected: str | None, text: Text) -> None:
    """Raises EditConflict when the text is not the one that the writer began with."""
    if expected is not None and expected != text.etag:
        raise EditConflict("story", text.source, text.etag)


def require_good(case: Case | None, faults: Sequence[Fault]) -> Case:
    """The case of a text without faults. Raises Unprocessable naming each fault with its place."""
    if case is None or faults:
        raise Unprocessable("There is something to fix in the text first.", places(faults))
    return case


def places(faults: Sequence[Fault]) -> list[FieldError]:
    """Faults as the errors of a problem."""
    return [{"pointer": f"line {fault.line}, column {fault.column}", "detail": fault.message} for fault in faults]


def slug_for(db: Session, title: str) -> str:
    """An address made of the title's words that no vignette has yet. Raises Unprocessable for a title without any."""
    of = select(Vignette.slug)
    return free_slug(title, "story", lambda base: {*db.exec(of.where(col(Vignette.slug).startswith(base)))})
