"""Starting a session with its group: which plans there are, and the copy that the group keeps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import Request
from sqlalchemy import Connection, Engine, delete, exists, insert

from api.groups.sessions.agenda import make_agenda
from api.groups.sessions.models import GuidedPlan, GuidedSession
from api.groups.sessions.position import NOT_BEGUN, SessionPosition
from api.kit.errors import Unprocessable
from api.persistence.dependencies import engine_of
from api.persistence.engine import insert_into, table, write_engine
from api.session_plans.dependencies import plans_of
from api.session_plans.editor.offering import plans_available
from api.session_plans.plan import Plan
from api.session_plans.steps import CheckInStep, RoundStep
from api.vignettes.dependencies import catalogue_of

_session, _plan = table(GuidedSession), table(GuidedPlan)


def plans_on_offer(request: Request) -> Mapping[str, Plan]:
    """The plans that a group can be started with, by slug."""
    levels = {slug: vignette.case.head.level for slug, vignette in catalogue_of(request).vignettes.items()}
    return plans_available(engine_of(request), plans_of(request), levels)


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """A plan and a length that fit together."""

    plan: Plan
    length: int

    @property
    def kind(self) -> str:
        return self.plan.audience

    @property
    def vignettes(self) -> Sequence[str]:
        return [step.vignette for step in self.plan.steps_in(self.length) if isinstance(step, RoundStep)]

    @property
    def place(self) -> dict[str, Any]:
        steps = make_agenda(self.plan, self.length).items
        return asdict(SessionPosition(visit=NOT_BEGUN, step=-1, number=0, steps=len(steps), kind="", title=""))

    def store(self, connection: Connection, group_id: int) -> None:
        document = self.plan.model_dump(mode="json")
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        kept = insert_into(_plan, connection).values(digest=digest, document=document)
        connection.execute(kept.on_conflict_do_nothing(index_elements=["digest"]))
        connection.execute(
            insert(_session),
            {
                "group_id": group_id,
                "document": {},
                "digest": digest,
                "length": self.length,
                "added": [],
                "shown": [],
            },
        )


def prepare(plans: Mapping[str, Plan], slug: str, length: int | None, first: bool = False) -> SessionSetup:
    """The session of a plan; without a length its shortest. Raises Unprocessable for what there is not.

    A group's `first` session goes without the steps that look back on an earlier one.
    """
    plan = plans.get(slug)
    if plan is None:
        raise Unprocessable(
            "We cannot find this session plan.", [{"pointer": "/session/plan", "detail": "no plan of this name"}]
        )
    if length is None:
        length = plan.lengths[0]
    if length not in plan.lengths:
        told = " or ".join(str(known) for known in plan.lengths)
        raise Unprocessable(
            f"This plan takes {told} minutes.", [{"pointer": "/session/length", "detail": f"one of: {told}"}]
        )
    if first:
        steps = tuple(step for step in plan.steps if not isinstance(step, CheckInStep))
        plan = plan.model_copy(update={"steps": steps}) if steps else plan
    return SessionSetup(plan, length)


def purge_plans(engine: Engine) -> None:
    """Deletes the texts of plans that no group goes through any more."""
    used = exists().where(_session.c.digest == _plan.c.digest)
    with write_engine(engine).begin() as connection:
        if connection.dialect.name == "postgresql":  # a group may just be starting with one
            connection.exec_driver_sql("LOCK TABLE guided_plan IN SHARE ROW EXCLUSIVE MODE")
        connection.execute(delete(_plan).where(~used))
