"""What waits for a trainer: stories to rate, and for editors what is ready to be published."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import may
from api.editorial.library_settings import read_library_settings
from api.editorial.models import Draft, Rating
from api.editorial.texts import checked
from api.vignettes.case import story_mark
from api.vignettes.models import Vignette, VignetteVersion

MOST = 100  # of each kind; anyone who has more waiting need not know how many


@dataclass(frozen=True, slots=True)
class WaitingStory:
    """A story in one of the lists. `name` is its title, or its person while its key is kept back.

    `by` is who saved its text last, `ratings` how many blind ratings its present words have.
    """

    slug: str
    name: str
    by: str | None = None
    since: datetime | None = None
    ratings: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits for one trainer, oldest first. `own` and `drafts` only say where one's own work stands."""

    to_rate: tuple[WaitingStory, ...]
    to_publish: tuple[WaitingStory, ...]
    changes: tuple[WaitingStory, ...]
    updates: tuple[WaitingStory, ...]
    own: tuple[WaitingStory, ...]
    drafts: tuple[WaitingStory, ...]
    needed: int

    @property
    def count(self) -> int:
        """How many things this trainer can act on."""
        return len(self.to_rate) + len(self.to_publish) + len(self.changes) + len(self.updates)


def count_waiting(engine: Engine, trainer: Trainer) -> int:
    """How many things wait for this trainer."""
    return find_waiting(engine, trainer).count


def find_waiting(engine: Engine, trainer: Trainer) -> Waiting:
    """What waits; as many queries for any library."""
    with Session(engine) as db:
        settings, publishes = read_library_settings(db), may(trainer, "publish")
        alone = settings.lone_trainer and (
            db.exec(select(func.count()).select_from(Trainer).where(col(Trainer.disabled_at).is_(None))).one() == 1
        )
        rows = db.exec(
            select(Vignette, Draft, Trainer.name)
            .join(Draft, col(Draft.vignette_id) == Vignette.id)
            .join(Trainer, col(Trainer.id) == Draft.saved_by, isouter=True)
            .where(Vignette.status == "in_review")
            .order_by(col(Draft.saved_at), col(Vignette.id))
            .limit(MOST)
        ).all()
        raters = _raters(db, [row.id for row, _, _ in rows if row.id])
        to_rate: list[WaitingStory] = []
        to_publish: list[WaitingStory] = []
        own: list[WaitingStory] = []
        for row, draft, by in rows:
            case, faults, _ = checked(draft.source, row.slug)
            given = raters[row.id or 0].get(story_mark(case) if case else "", set())
            mine = trainer.id in (row.owner_id, draft.saved_by)
            story = WaitingStory(row.slug, row.title, by, draft.saved_at, len(given))
            ready = case is not None and not faults and (alone or len(given) >= settings.raters_needed)
            sealed = not mine and all(trainer.id not in each for each in raters[row.id or 0].values())
            if mine:
                own.append(story)
            if ready and not sealed and publishes:
                to_publish.append(story)
            elif case is not None and not mine and trainer.id not in given and (not ready or publishes):
                # An editor sees the key before publishing, so their rating is wanted beyond the number needed.
                to_rate.append(WaitingStory(row.slug, row.person if sealed else row.title, by, draft.saved_at))
        return Waiting(
            to_rate=tuple(to_rate),
            to_publish=tuple(to_publish),
            changes=_changes(db) if publishes else (),
            updates=_updates(db) if publishes else (),
            own=tuple(own),
            drafts=_drafts(db, trainer),
            needed=settings.raters_needed,
        )


def _raters(db: Session, ids: list[int]) -> dict[int, dict[str, set[int]]]:
    """Who rated which words of a story."""
    found: dict[int, dict[str, set[int]]] = defaultdict(dict)
    query = select(Rating.vignette_id, Rating.story, Rating.trainer_id).where(col(Rating.vignette_id).in_(ids))
    for number, mark, rater in db.exec(query):
        found[number].setdefault(mark, set()).add(rater)
    return found


def _changes(db: Session) -> tuple[WaitingStory, ...]:
    """Drafts behind published stories that say something else."""
    query = (
        select(Vignette.slug, Vignette.title, Trainer.name, Draft.saved_at)
        .join(Draft, col(Draft.vignette_id) == Vignette.id)
        .join(
            VignetteVersion,
            (col(VignetteVersion.vignette_id) == Vignette.id) & (col(VignetteVersion.number) == Vignette.version),
        )
        .join(Trainer, col(Trainer.id) == Draft.saved_by, isouter=True)
        .where(Vignette.status == "published", Draft.source != VignetteVersion.source)
        .order_by(col(Draft.saved_at), col(Vignette.id))
        .limit(MOST)
    )
    return tuple(WaitingStory(*row) for row in db.exec(query))


def _updates(db: Session) -> tuple[WaitingStory, ...]:
    """Stories changed here of which the product has a newer text."""
    query = select(Vignette.slug, Vignette.title).where(col(Vignette.shipped).is_not(None)).order_by(Vignette.title)
    return tuple(WaitingStory(*row) for row in db.exec(query.limit(MOST)))


def _drafts(db: Session, trainer: Trainer) -> tuple[WaitingStory, ...]:
    """One's own stories that no one has been asked to rate yet, the newest first."""
    query = (
        select(Vignette.slug, Vignette.title, Draft.saved_at)
        .join(Draft, col(Draft.vignette_id) == Vignette.id)
        .where(
            Vignette.status == "draft",
            (col(Vignette.owner_id) == trainer.id) | (col(Draft.saved_by) == trainer.id),
        )
        .order_by(col(Draft.saved_at).desc(), col(Vignette.id))
        .limit(MOST)
    )
    return tuple(WaitingStory(slug, title, None, at) for slug, title, at in db.exec(query))
