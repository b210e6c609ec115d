"""The experts' lens: how clinicians of panels answered the words of a story, with reasons they let be read.

It is kept in memory, for every outcome shows it, and read again when it changes here and every few seconds.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from api.kit.systems import ANSWERS, NAME, Answer
from api.panels.bands import AS_AUTHOR, CLINICAL
from api.panels.figures import LEAST_RATERS, Standing
from api.panels.models import PanelRater, PanelRating
from api.persistence.engine import table
from api.stats.disclosure import enough
from api.vignettes.case import Case, story_mark

MOST_REASONS: Final = 3  # for each answer
EVERY_SECONDS: Final = 15.0

_rater, _rating = table(PanelRater), table(PanelRating)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that a trainer has read, and whom it is from: a name or a profession."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Lens:
    """How many of `raters` clinicians gave each answer, in the order of ANSWERS, and some of their reasons."""

    counts: tuple[int, int, int, int]
    reasons: tuple[tuple[Answer, tuple[Reason, ...]], ...] = ()

    @property
    def raters(self) -> int:
        return sum(self.counts)

    @property
    def sentence(self) -> str:
        """Such as: 7 of 9 clinicians chose threat, 2 chose drive."""
        told = sorted(zip(self.counts, ANSWERS, strict=True), key=lambda one: -one[0])
        (most, first), *others = [(count, NAME[answer].lower()) for count, answer in told if count]
        rest = "".join(f", {count} chose {name}" for count, name in others)
        return f"{most} of {self.raters} clinicians chose {first}{rest}."


class ReasonOut(BaseModel):
    system: Answer
    text: str
    by: str = Field(description="The name or the profession that the rater chose to be called by.")


class ExpertsOut(BaseModel):
    """How clinicians of panels answered; null below five."""

    raters: int
    counts: dict[Answer, int]
    reasons: list[ReasonOut]
    sentence: str


class Experts:
    """The lenses of all stories, by the words that were rated."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lenses: Mapping[str, Lens] = {}
        self._counts: Mapping[str, Mapping[str, int]] = {}
        self.refresh()

    def lens(self, case: Case) -> Lens | None:
        """How clinicians answered these words; None until five have."""
        return self._lenses.get(story_mark(case)) if self._lenses else None

    def standing(self, case: Case) -> Standing:
        """Where the story stands with clinicians, by their ratings of these words."""
        counts = self._counts.get(story_mark(case), {}) if self._counts else {}
        return Standing(sum(counts.values()), sum(n for answer, n in counts.items() if answer in case.acceptable))

    def reviewed(self, cases: Iterable[Case]) -> int:
        """How many of these stories five clinicians or more have rated."""
        return sum(self.standing(case).raters >= LEAST_RATERS for case in cases) if self._counts else 0

    def refresh(self) -> None:
        """Reads everything again: two queries."""
        with self._engine.connect() as connection:
            joined = _rating.join(_rater, _rater.c.id == _rating.c.rater_id)
            clinical = _rater.c.profession.in_(CLINICAL)
            counted = connection.execute(
                select(_rating.c.story, _rating.c.system, func.count())
                .select_from(joined)
                .where(clinical)
                .group_by(_rating.c.story, _rating.c.system)
            ).all()
            told = connection.execute(
                select(_rating.c.story, _rating.c.system, _rating.c.reason, _rater.c.profession, _rater.c.name)
                .select_from(joined)
                .where(clinical, _rating.c.shown, _rater.c.named != "no", _rating.c.reason.is_not(None))
                .order_by(_rating.c.id)
            ).all()
        counts: dict[str, dict[str, int]] = {}
        for story, system, count in counted:
            counts.setdefault(story, {})[system] = count
        reasons: dict[tuple[str, str], list[Reason]] = {}
        for story, system, text, profession, name in told:
            own = reasons.setdefault((story, system), [])
            if len(own) < MOST_REASONS:
                own.append(Reason(text, f"{name}, {AS_AUTHOR[profession]}" if name else AS_AUTHOR[profession]))
        self._counts = counts
        self._lenses = {
            story: _lens(by, {answer: tuple(reasons.get((story, answer), ())) for answer in ANSWERS})
            for story, by in counts.items()
            if enough(sum(by.values()), LEAST_RATERS)
        }


def _lens(counts: Mapping[str, int], reasons: Mapping[Answer, tuple[Reason, ...]]) -> Lens:
    threat, drive, soothing, unsure = (counts.get(answer, 0) for answer in ANSWERS)
    return Lens((threat, drive, soothing, unsure), tuple((answer, own) for answer, own in reasons.items() if own))


def experts_json(lens: Lens | None) -> ExpertsOut | None:
    if lens is None:
        return None
    return ExpertsOut(
        raters=lens.raters,
        counts=dict(zip(ANSWERS, lens.counts, strict=True)),
        reasons=[ReasonOut(system=a, text=r.text, by=r.by) for a, own in lens.reasons for r in own],
        sentence=lens.sentence,
    )


def experts_of(request: Request) -> Experts:
    experts: Experts = request.app.state.experts
    return experts


async def run_experts_refresh(experts: Experts) -> None:
    """Sees what other processes changed, within seconds."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await asyncio.to_thread(experts.refresh)
        except SQLAlchemyError as error:
            log.warning("experts_not_read", error=type(error).__name__)
