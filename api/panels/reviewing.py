"""What trainers read of panels: findings, reasons to approve, the standing of stories, and decisions about keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.trail import record
from api.kit.errors import Unprocessable
from api.kit.plain_text import one_line
from api.kit.systems import Answer
from api.panels.bands import AS_AUTHOR, kind_of
from api.panels.figures import DECISIONS, Findings, Rated, Standing, find
from api.panels.models import KeyDecision, PanelRater, PanelRating
from api.panels.ratings_file import names_of
from api.panels.service import PanelInfo, led_panel
from api.persistence.engine import now, table, write_engine
from api.vignettes.case import story_mark
from api.vignettes.catalogue import Vignette

LONGEST_REASON = 500

_rater, _rating, _decision = table(PanelRater), table(PanelRating), table(KeyDecision)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason that may be shown once a trainer has read it."""

    id: int
    vignette_id: int
    system: Answer
    text: str
    by: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about the key of a version, by whom and why."""

    version: int
    decision: str
    label: str
    reason: str
    raters: int
    fitting: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PanelReview:
    """A panel with everything its ratings say about the present words of its stories."""

    panel: PanelInfo
    raters: int
    finished: int
    older: int
    findings: Findings
    reasons: tuple[ReasonRow, ...]
    professions: Mapping[str, int]


def review(engine: Engine, panel: PanelInfo, library: Collection[Vignette]) -> PanelReview:
    """The review of a panel; `older` counts ratings of other words than the present ones."""
    with engine.connect() as connection:
        raters = connection.execute(
            select(*_rater.c).where(_rater.c.panel_id == panel.id).order_by(_rater.c.joined_at, _rater.c.id)
        ).all()
        rows = connection.execute(
            select(*_rating.c)
            .select_from(_rating.join(_rater, _rater.c.id == _rating.c.rater_id))
            .where(_rater.c.panel_id == panel.id)
            .order_by(_rating.c.id)
        ).all()
    present = {v.id: v.case for v in library}
    people, labels = {rater.id: rater for rater in raters}, names_of(raters)
    current = [row for row in rows if row.vignette_id in present and row.story == story_mark(present[row.vignette_id])]
    done: dict[str, set[int]] = {}
    for row in rows:
        done.setdefault(row.rater_id, set()).add(row.vignette_id)
    professions: dict[str, int] = {}
    for rater in raters:
        professions[rater.profession] = professions.get(rater.profession, 0) + 1
    return PanelReview(
        panel,
        len(raters),
        sum(set(rater.given) <= done.get(rater.id, set()) for rater in raters),
        len(rows) - len(current),
        find([_rated(row, people[row.rater_id].profession, labels[row.rater_id]) for row in current], present),
        tuple(
            ReasonRow(row.id, row.vignette_id, row.system, row.reason, _author(people[row.rater_id]), row.shown)
            for row in current
            if row.reason and people[row.rater_id].named != "no"
        ),
        professions,
    )


def _rated(row: Any, profession: str, label: str) -> Rated:
    cues = tuple((start, end) for start, end in row.cues)
    return Rated(label, kind_of(profession), row.vignette_id, row.system, cues)


def _author(rater: Any) -> str:
    told = AS_AUTHOR[rater.profession]
    return f"{rater.name}, {told}" if rater.name else told


def show_reasons(engine: Engine, trainer: Trainer, code: str, shown: Collection[int]) -> None:
    """Lets these reasons of the panel be read by learners, and no others of it."""
    panel = led_panel(engine, trainer, code)
    own = select(_rater.c.id).where(_rater.c.panel_id == panel.id, _rater.c.named != "no")
    with write_engine(engine).begin() as connection:
        for ids, value in ((_rating.c.id.in_(shown), True), (_rating.c.id.not_in(shown), False)):
            connection.execute(update(_rating).where(_rating.c.rater_id.in_(own), ids).values(shown=value))
        record(connection, trainer, "show_reasons", f"panel {panel.id}, {len(shown)} shown")


def decide(engine: Engine, trainer: Trainer, vignette: Vignette, stood: Standing, decision: str, reason: str) -> None:
    """Keeps what was decided about the key of the present version, with how the story stood. It changes no story.

    Raises Forbidden, Unprocessable.
    """
    require(trainer, "decide_key")
    reason = one_line(reason).replace("\0", "")
    if decision not in DECISIONS:
        raise Unprocessable("Choose what to do: keep the answer, accept both, or rewrite the story.")
    if not reason or len(reason) > LONGEST_REASON:
        detail = f"Say why in 1 to {LONGEST_REASON} characters. The reason is kept with the version."
        raise Unprocessable(detail, [{"pointer": "/reason", "detail": "empty or too long"}])
    with write_engine(engine).begin() as connection:
        connection.execute(
            insert(_decision),
            {
                "vignette_id": vignette.id,
                "version": vignette.version,
                "decision": decision,
                "reason": reason,
                "raters": stood.raters,
                "fitting": stood.fitting,
                "trainer_id": trainer.id,
                "created_at": now(),
            },
        )
        record(connection, trainer, "decide_key", vignette.slug)


def decisions(engine: Engine, vignette_id: int) -> list[Decision]:
    """What was decided about a story's key, newest first."""
    who = table(Trainer)
    query = (
        select(*_decision.c, who.c.name)
        .join(who, who.c.id == _decision.c.trainer_id)
        .where(_decision.c.vignette_id == vignette_id)
        .order_by(_decision.c.id.desc())
    )
    with engine.connect() as connection:
        return [
            Decision(
                row.version,
                row.decision,
                DECISIONS[row.decision],
                row.reason,
                row.raters,
                row.fitting,
                row.name,
                row.created_at,
            )
            for row in connection.execute(query)
        ]
