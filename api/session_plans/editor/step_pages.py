"""Pages of one step: its three faces, and beside them its form with what the check says."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.kit.errors import NotFound
from api.kit.versioned_text import EditConflict
from api.persistence.dependencies import engine_of
from api.session_plans.dependencies import signposting_of
from api.session_plans.editor import keeping
from api.session_plans.editor.asking import PlanView, Posted, get_plan, get_plan_for_edit, levels_of
from api.session_plans.editor.dependencies import LARGEST_FORM, conflict_page, put, readable
from api.session_plans.editor.forms import compose_step
from api.session_plans.editor.previewing import as_picture
from api.session_plans.editor.sheet import PlanDraft, parse_draft, sums
from api.session_plans.editor.view_models import kind_of, view_face, view_plan, view_step
from api.session_plans.plan_writer import write_data
from api.vignettes.dependencies import catalogue_of
from api.web.rendering import render, templates

router = APIRouter(prefix="/trainers/plans/{slug}/steps/{number}", include_in_schema=False)

templates.env.filters["as_picture"] = as_picture


@router.get("")
def step(request: Request, slug: str, number: int, trainer: CurrentTrainer, saved: bool = False) -> Response:
    """The faces of a step, and its form for those who may change it."""
    seen = get_plan(request, trainer, slug)
    return _page(request, seen, _place(seen.sheet, number), saved=saved)


@router.post("", max_body_size=LARGEST_FORM)
def post_step(request: Request, slug: str, number: int, trainer: CurrentTrainer, posted: Posted) -> Response:
    """Saves what was typed, and goes on to the step that was asked for."""
    opened = get_plan_for_edit(request, trainer, slug, posted)
    source = put(opened.sheet, _with_step(opened.sheet, _place(opened.sheet, number), posted))
    try:
        keeping.save(engine_of(request), trainer, slug, opened.revision, source, levels_of(request))
    except EditConflict:
        return conflict_page(request, trainer, slug, source)
    if "next" in posted.get("then", ()) and number < len(opened.sheet.steps):
        return RedirectResponse(f"/trainers/plans/{slug}/steps/{number + 1}", status_code=303)
    return RedirectResponse(f"/trainers/plans/{slug}/steps/{number}?saved=1", status_code=303)


@router.post("/preview", max_body_size=LARGEST_FORM)
def post_preview(request: Request, slug: str, number: int, trainer: CurrentTrainer, posted: Posted) -> Response:
    """The faces as they would be, and what the check would say. Nothing is saved."""
    opened = get_plan_for_edit(request, trainer, slug, posted)
    place = _place(opened.sheet, number)
    typed = _with_step(opened.sheet, place, posted)
    sheet = parse_draft(write_data(typed), slug, levels_of(request))
    vignettes = catalogue_of(request).vignettes
    return render(
        request,
        "session_plans/editor/_preview.html",
        face=view_face(typed["steps"][place], vignettes, signposting_of(request)),
        form=view_step(sheet, place, vignettes),
        sums=sums(sheet),
    )


def _with_step(sheet: PlanDraft, place: int, posted: Posted) -> dict[str, Any]:
    steps = sheet.steps
    before = steps[place]
    after = compose_step(before, posted, sheet.lengths) if isinstance(before, dict) else before
    return {**readable(sheet), "steps": [*steps[:place], after, *steps[place + 1 :]]}


def _place(sheet: PlanDraft, number: int) -> int:
    """The step's place, counted from 0. Raises NotFound."""
    if not 1 <= number <= len(sheet.steps):
        raise NotFound("This plan does not have that step. It may have been removed.")
    return number - 1


def _page(request: Request, seen: PlanView, place: int, *, saved: bool) -> Response:
    vignettes = catalogue_of(request).vignettes
    view = view_plan(seen.sheet)
    return render(
        request,
        "session_plans/editor/step.html",
        title=f"{view.lines[place].title}: {view.title}",
        place="plans",
        seen=seen,
        view=view,
        line=view.lines[place],
        kind=kind_of(seen.sheet.steps[place]),
        form=view_step(seen.sheet, place, vignettes) if seen.may_write else None,
        sums=view.sums,
        face=view_face(seen.sheet.steps[place], vignettes, signposting_of(request)),
        saved=saved,
    )
