"""Pages on which a plan is changed: its list of steps, its own fields, its source, and two people in one plan."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.kit.versioned_text import EditConflict
from api.persistence.dependencies import engine_of
from api.persistence.engine import LARGEST_ID
from api.session_plans.editor import keeping
from api.session_plans.editor.arranging import Arranged, arrange, title_of
from api.session_plans.editor.asking import EditablePlan, Posted, get_plan_for_edit, levels_of
from api.session_plans.editor.beginning import say
from api.session_plans.editor.dependencies import LARGEST_FORM, conflict_page, put, readable
from api.session_plans.editor.fields import KIND_NAME
from api.session_plans.editor.forms import compose_plan
from api.session_plans.editor.keeping import OwnText
from api.session_plans.editor.sheet import PlanDraft
from api.session_plans.editor.telling import findings
from api.session_plans.editor.view_models import view_about, view_plan
from api.web.rendering import render, wants_fragment

router = APIRouter(prefix="/trainers/plans/{slug}", include_in_schema=False)

Tab = Literal["steps", "about", "source"]
StepNumber = Annotated[int, Query(ge=0, le=LARGEST_ID)]


@router.get("/edit")
def edit(
    request: Request, slug: str, trainer: CurrentTrainer, tab: Tab = "steps", done: str = "", at: StepNumber = 0
) -> Response:
    """The steps, the plan's own fields or the source."""
    opened = get_plan_for_edit(request, trainer, slug)
    return _edit_page(request, opened, tab, _said(done, at, opened.sheet), at - 1 if done else None)


@router.post("/edit", max_body_size=LARGEST_FORM)
def post_edit(request: Request, slug: str, trainer: CurrentTrainer, posted: Posted) -> Response:
    """Saves the plan's own fields, or its source."""
    tab = (posted.get("tab") or ["source"])[0]
    opened = get_plan_for_edit(request, trainer, slug, posted)
    if tab == "about":
        source = put(opened.sheet, compose_plan(readable(opened.sheet), posted))
    else:
        tab, source = "source", (posted.get("source") or [""])[0]
    try:
        keeping.save(engine_of(request), trainer, slug, opened.revision, source, levels_of(request))
    except EditConflict:
        return conflict_page(request, trainer, slug, source)
    return RedirectResponse(f"/trainers/plans/{slug}/edit?tab={tab}&done=saved", status_code=303)


@router.post("/steps")
def post_steps(request: Request, slug: str, trainer: CurrentTrainer, posted: Posted) -> Response:
    """Moves a step, takes it out, doubles it or adds one; answers the list, or goes back to it."""
    opened = get_plan_for_edit(request, trainer, slug, posted)
    data = readable(opened.sheet)
    do = next((value for value in posted.get("do", ()) if value), "")
    if do == "add":
        do = f"add {(posted.get('kind') or [''])[0]}"
    arranged = arrange(opened.sheet.steps, do)
    source = put(opened.sheet, {**data, "steps": arranged.steps})
    return _arranged(request, trainer, opened, source, arranged, do.partition(" ")[0])


@router.post("/undo")
def post_undo(request: Request, slug: str, trainer: CurrentTrainer, posted: Posted) -> Response:
    """Brings back the plan as it was before the last save."""
    opened = get_plan_for_edit(request, trainer, slug, posted)
    try:
        keeping.undo(engine_of(request), trainer, slug, opened.revision, levels_of(request))
    except EditConflict:
        return conflict_page(request, trainer, slug, opened.sheet.text)
    if wants_fragment(request):
        return _edit_page(
            request, get_plan_for_edit(request, trainer, slug), "steps", "The last change has been undone.", None
        )
    return RedirectResponse(f"/trainers/plans/{slug}/edit?done=undo", status_code=303)


def _arranged(
    request: Request, trainer: Trainer, opened: EditablePlan, source: str, arranged: Arranged, did: str
) -> Response:
    slug = opened.own.slug
    try:
        keeping.save(engine_of(request), trainer, slug, opened.revision, source, levels_of(request))
    except EditConflict:
        return conflict_page(request, trainer, slug, source)
    if wants_fragment(request):
        return _edit_page(request, get_plan_for_edit(request, trainer, slug), "steps", arranged.told, arranged.at, did)
    at = "" if arranged.at is None else f"&at={arranged.at + 1}#step-{arranged.at + 1}"
    return RedirectResponse(f"/trainers/plans/{slug}/edit?done={did}{at}", status_code=303)


def _said(done: str, at: int, sheet: PlanDraft) -> str:
    """What to say after a form without scripts; the address names only what was done and where."""
    steps = sheet.steps
    if done in ("up", "down", "add", "duplicate", "order") and 1 <= at <= len(steps):
        return f"“{title_of(steps[at - 1])}” is now step {at} of {len(steps)}."
    return {"remove": "The step has been removed.", "undo": "The last change has been undone.", "saved": "Saved."}.get(
        done, ""
    )


def _edit_page(request: Request, opened: EditablePlan, tab: Tab, told: str, at: int | None, did: str = "") -> Response:
    own: OwnText = opened.own
    sheet = opened.sheet
    fragment = wants_fragment(request)
    return render(
        request,
        "session_plans/editor/_steps.html" if fragment else "session_plans/editor/edit.html",
        title=f"Change: {sheet.title}",
        place="plans",
        own=own,
        tab=tab if sheet.data is not None else "source",
        readable=sheet.data is not None,
        view=view_plan(sheet),
        about=view_about(sheet),
        findings=[(say(fault), advice) for fault, advice in findings(sheet)],
        kinds=KIND_NAME,
        told=told,
        at=at,
        did=did,
        undoable=own.revision > 1 and bool(told),
        fragment=fragment,
    )
