"""What the pages of plans ask of a request: who is there, which plan is meant, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.kit.errors import NotFound
from api.persistence.dependencies import engine_of
from api.session_plans.dependencies import plans_of
from api.session_plans.editor import keeping
from api.session_plans.editor.keeping import OwnText
from api.session_plans.editor.sheet import PlanDraft, parse_draft
from api.session_plans.plan_writer import write
from api.vignettes.dependencies import catalogue_of

MOST_FIELDS = 400  # a step with twelve lines in each of its lists has about a hundred


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as a trainer looks at it; `own` is None for one of the product's."""

    slug: str
    own: OwnText | None
    sheet: PlanDraft

    @property
    def may_write(self) -> bool:
        return self.own is not None and self.own.may_write


@dataclass(frozen=True, slots=True)
class EditablePlan:
    """A plan of one's own with the text that a form was made of; `revision` is the mark that the form carries."""

    own: OwnText
    revision: int
    sheet: PlanDraft


def levels_of(request: Request) -> dict[str, int]:
    """The levels of the published vignettes by slug."""
    return {slug: vignette.case.head.level for slug, vignette in catalogue_of(request).vignettes.items()}


def get_plan(request: Request, trainer: Trainer, slug: str) -> PlanView:
    """One's own plan of this name, or the product's. Raises NotFound, Forbidden."""
    require(trainer, "see_library")
    shipped = plans_of(request).plans
    try:
        own = keeping.find(engine_of(request), trainer, slug)
    except NotFound:
        if slug not in shipped:
            raise
        return PlanView(slug, None, parse_draft(write(shipped[slug]), slug, levels_of(request)))
    return PlanView(slug, own, parse_draft(own.source, slug, levels_of(request)))


def get_plan_for_edit(
    request: Request, trainer: Trainer, slug: str, posted: Mapping[str, list[str]] | None = None
) -> EditablePlan:
    """The plan to change, as it was when the form that was posted was made. Raises NotFound, Forbidden."""
    engine = engine_of(request)
    own = keeping.find(engine, trainer, slug, to_change=True)
    marked = _mark(posted, own.revision)
    base = own.source if marked == own.revision else keeping.text_at(engine, trainer, slug, marked)
    # Where so much has been saved since that the text is gone, what was typed is put into the newest one.
    return EditablePlan(own, marked, parse_draft(own.source if base is None else base, slug, levels_of(request)))


def _mark(posted: Mapping[str, list[str]] | None, newest: int) -> int:
    if posted is None:
        return newest
    typed = (posted.get("mark") or [""])[0]
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


async def _posted(request: Request, trainer: CurrentTrainer) -> dict[str, list[str]]:  # noqa: ARG001  strangers send nothing
    """What the form holds, by the names of its fields."""
    found: dict[str, list[str]] = {}
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


Posted = Annotated[dict[str, list[str]], Depends(_posted)]
