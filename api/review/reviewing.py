"""Blind review: trainers answer a story before they see its key."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, func
from sqlalchemy import case as case_when
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record
from api.editorial.models import Rating
from api.editorial.texts import find_row, is_author, read_text, require_sight
from api.guesses.rules import GuessBody
from api.kit.errors import Conflict, Forbidden, Unprocessable
from api.kit.plain_text import tidy
from api.kit.systems import ANSWERS
from api.persistence.engine import now, write_engine
from api.vignettes.case import Case, story_mark

LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class Rated:
    """One trainer's blind answer to the present words of a story."""

    rater: str
    body: GuessBody
    comment: str | None


def story_to_rate(engine: Engine, trainer: Trainer, slug: str) -> Case:
    """The case in review, of which only the story may be shown. Raises Conflict, Forbidden, NotFound."""
    with Session(engine) as db:
        return _ratable(db, trainer, slug)[1]


def rate(engine: Engine, trainer: Trainer, slug: str, body: GuessBody, comment: str | None) -> None:
    """Keeps a blind answer. A second one of the same trainer is refused: after the first they know the key."""
    comment = tidy(comment or "").replace("\0", "").strip() or None
    if comment and len(comment) > LONGEST_COMMENT:
        raise Unprocessable(
            f"Shorten your comment to {LONGEST_COMMENT} characters or fewer.",
            [{"pointer": "/comment", "detail": f"at most {LONGEST_COMMENT} characters"}],
        )
    with Session(write_engine(engine)) as db:
        vignette_id, case = _ratable(db, trainer, slug, to_change=True)
        assert trainer.id is not None
        if any(end > len(case.story) for _, end in body.cues or []):
            raise Unprocessable(
                "A marked phrase ends after the end of the story.", [{"pointer": "/cues", "detail": "too far"}]
            )
        db.add(
            Rating(
                vignette_id=vignette_id,
                story=story_mark(case),
                trainer_id=trainer.id,
                system=body.system,
                confidence=body.confidence,
                cues=[list(span) for span in body.cues or []],
                circles=body.circles.model_dump() if body.circles else None,
                comment=comment,
                created_at=now(),
            )
        )
        record(db, trainer, "rate", slug)
        db.commit()


def ratings(engine: Engine, trainer: Trainer, slug: str) -> list[Rated]:
    """The blind answers to the present words of a vignette, for anyone who may see its key; in the order of names."""
    with Session(engine) as db:
        row = find_row(db, slug)
        require_sight(db, row, trainer)
        case = read_text(db, row).case
        found = db.exec(
            select(Rating, Trainer.name)
            .join(Trainer, col(Trainer.id) == Rating.trainer_id)
            .where(Rating.vignette_id == row.id, Rating.story == (story_mark(case) if case else ""))
            .order_by(Trainer.name)
        ).all()
    return [Rated(name, _body(rating), rating.comment) for rating, name in found]


def _body(rating: Rating) -> GuessBody:
    return GuessBody.model_validate(
        {"system": rating.system, "confidence": rating.confidence, "cues": rating.cues, "circles": rating.circles}
    )


def _ratable(db: Session, trainer: Trainer, slug: str, *, to_change: bool = False) -> tuple[int, Case]:
    require(trainer, "rate")
    row = find_row(db, slug, to_change=to_change)
    if row.status != "in_review":
        raise Conflict("This story is not in review, so it cannot be rated.")
    if is_author(db, row, trainer):
        raise Forbidden("You wrote this story, so you know its key. Ask someone else to rate it.")
    case = read_text(db, row).case
    if case is None or row.id is None:
        raise Conflict("This story has errors in its text. You can rate it once its author has fixed them.")
    mark = story_mark(case)
    mine = select(Rating.id).where(Rating.vignette_id == row.id, Rating.trainer_id == trainer.id, Rating.story == mark)
    if db.exec(mine).first() is not None:
        raise Conflict("You have rated this story already. Thank you.")
    return row.id, case


def counts_of_all(engine: Engine) -> list[Counter[str]]:
    """How often each answer was given to every story that two or more have rated, in the words rated last; one query.

    This is what agreement over the whole library is worked out from.
    """
    other = aliased(Rating)
    newest = (
        select(other.story)
        .where(other.vignette_id == Rating.vignette_id)
        .order_by(col(other.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    sums = [func.sum(case_when((col(Rating.system) == answer, 1), else_=0)) for answer in ANSWERS]
    with Session(engine) as db:
        rows = db.connection().execute(
            sql_select(*sums)
            .where(col(Rating.story) == newest)
            .group_by(col(Rating.vignette_id))
            .having(func.count() > 1)
        )
        return [Counter({answer: n for answer, n in zip(ANSWERS, row, strict=True) if n}) for row in rows]
