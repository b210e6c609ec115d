"""Which plans facilitators can choose: those of the product, and those of one's own that an editor offers."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.actions import AuditAction
from api.audit.trail import record
from api.kit.errors import Conflict
from api.persistence.engine import now, write_engine
from api.session_plans.catalogue import PlanCatalogue
from api.session_plans.editor.keeping import OwnText, check_mark, find_row, read_own
from api.session_plans.editor.models import OwnPlan
from api.session_plans.editor.sheet import parse_draft
from api.session_plans.plan import Plan
from api.session_plans.reading import read
from api.session_plans.steps import RoundStep


def plans_available(engine: Engine, shipped: PlanCatalogue, levels: Mapping[str, int]) -> dict[str, Plan]:
    """The plans that a group can be started with, by slug: the product's first, then those on offer here by title.

    `levels` are the vignettes that there are, by slug; a plan on offer whose story has been retired is left out.
    Where the product has come to ship a plan of the same name, the one offered here stands in its place.
    """
    with Session(engine) as db:
        texts = db.exec(select(OwnPlan.offered).where(col(OwnPlan.offered).is_not(None)).order_by(OwnPlan.title)).all()
    own = [plan for text in texts if text and (plan := _read(text)) and _has_its_stories(plan, levels)]
    return {**shipped.plans, **{plan.slug: plan for plan in own}}


def offer(engine: Engine, trainer: Trainer, slug: str, revision: int, levels: Mapping[str, int]) -> OwnText:
    """Facilitators get the newest text from now on. Raises Conflict for one with faults or not seen."""
    require(trainer, "offer_plan")
    with Session(write_engine(engine)) as db:
        row = find_row(db, slug, trainer, to_change=True)
        text = read_own(db, row, trainer)
        check_mark(revision, text)
        if not parse_draft(text.source, slug, levels).good:
            raise Conflict("This plan has problems to fix before it can be shared. Open the editor to see where.")
        return _set(db, row, trainer, text.source, "offer_plan")


def withdraw(engine: Engine, trainer: Trainer, slug: str) -> OwnText:
    """Facilitators no longer find it; groups that run on it go on."""
    require(trainer, "offer_plan")
    with Session(write_engine(engine)) as db:
        return _set(db, find_row(db, slug, trainer, to_change=True), trainer, None, "withdraw_plan")


def _set(db: Session, row: OwnPlan, trainer: Trainer, offered: str | None, deed: AuditAction) -> OwnText:
    if row.offered != offered:
        record(db, trainer, deed, row.slug)
    row.offered, row.changed_at = offered, now()
    db.add(row)
    db.flush()
    text = read_own(db, row, trainer)
    db.commit()
    return text


@lru_cache(maxsize=64)
def _read(text: str) -> Plan | None:
    """Reading takes a fiftieth of a second, and the start page for groups asks for every plan."""
    return read(text)[0]


def _has_its_stories(plan: Plan, levels: Mapping[str, int]) -> bool:
    return all(step.vignette in levels for step in plan.steps if isinstance(step, RoundStep))
