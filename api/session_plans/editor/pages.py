"""Pages of plans for trainers: the list, one plan with its three faces, copies, files, and what facilitators get."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.audit.trail import record_export
from api.kit.errors import Conflict, Problem, TooLarge, Unprocessable
from api.persistence.dependencies import engine_of
from api.session_plans.dependencies import plans_of
from api.session_plans.editor import beginning, keeping, offering
from api.session_plans.editor.asking import get_plan, levels_of
from api.session_plans.editor.beginning import Unreadable, say
from api.session_plans.editor.dependencies import LARGEST_FORM
from api.session_plans.editor.view_models import view_plan
from api.session_plans.reading import LARGEST_FILE
from api.web.rendering import render

router = APIRouter(prefix="/trainers/plans", include_in_schema=False)

UPLOADS = {"/trainers/plans/": LARGEST_FORM}


@router.get("")
def plans(request: Request, trainer: CurrentTrainer) -> Response:
    """The product's plans and one's own."""
    return _list_page(request, trainer)


@router.post("")
def post_plan(request: Request, trainer: CurrentTrainer, title: Annotated[str, Form(max_length=400)] = "") -> Response:
    """Begins a plan."""
    shipped = plans_of(request).plans
    try:
        own = beginning.begin(engine_of(request), trainer, title, shipped, levels_of(request))
    except Unprocessable as problem:
        return _list_page(request, trainer, problem, title)
    return RedirectResponse(f"/trainers/plans/{own.slug}/edit?tab=about", status_code=303)


async def _upload(request: Request, trainer: CurrentTrainer) -> bytes:
    """The bytes of the file in the form. Anyone who sends it is asked for first, so that strangers cannot."""
    require(trainer, "write_plan", own=True)
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        return await file.read(LARGEST_FILE + 1) if isinstance(file, UploadFile) else b""


@router.post("/upload", max_body_size=LARGEST_FORM)
async def post_upload(
    request: Request, trainer: CurrentTrainer, content: Annotated[bytes, Depends(_upload)]
) -> Response:
    """Takes a plan from a file, as a draft."""
    return await run_in_threadpool(_take_file, request, trainer, content)


def _take_file(request: Request, trainer: Trainer, content: bytes) -> Response:
    shipped = plans_of(request).plans
    try:
        if not content:
            raise Unprocessable("Choose a file first. A session plan’s file ends in .yaml.")
        own = beginning.take_file(engine_of(request), trainer, content, shipped, levels_of(request))
    except (Unprocessable, TooLarge) as problem:
        return _list_page(request, trainer, problem)
    return RedirectResponse(f"/trainers/plans/{own.slug}", status_code=303)


@router.get("/{slug}")
def plan(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """One plan: what it is for, its steps, and what may be done with it."""
    return _plan_page(request, trainer, slug)


@router.get("/{slug}/file")
def plan_file(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """The plan as a file."""
    seen = get_plan(request, trainer, slug)
    record_export(engine_of(request), trainer, "export", f"{seen.slug}, a plan")
    name = f'attachment; filename="{seen.slug}.yaml"'
    return Response(seen.sheet.text, media_type="application/yaml", headers={"Content-Disposition": name})


@router.post("/{slug}/copy")
def post_copy(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """A copy of one's own, open to be changed."""
    seen = get_plan(request, trainer, slug)
    if seen.sheet.data is None:
        raise Conflict("This plan cannot be read because its file has errors. Fix them first, then copy it.")
    own = beginning.copy_data(engine_of(request), trainer, seen.sheet.data, plans_of(request).plans, levels_of(request))
    return RedirectResponse(f"/trainers/plans/{own.slug}/edit", status_code=303)


@router.post("/{slug}/offer")
def post_offer(
    request: Request, slug: str, trainer: CurrentTrainer, mark: Annotated[int, Form(ge=0, lt=10**9)]
) -> Response:
    """Facilitators can choose it from now on, as it stands."""
    try:
        offering.offer(engine_of(request), trainer, slug, mark, levels_of(request))
    except Conflict as problem:
        return _plan_page(request, trainer, slug, problem)
    return RedirectResponse(f"/trainers/plans/{slug}", status_code=303)


@router.post("/{slug}/withdraw")
def post_withdraw(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Facilitators no longer find it."""
    offering.withdraw(engine_of(request), trainer, slug)
    return RedirectResponse(f"/trainers/plans/{slug}", status_code=303)


@router.post("/{slug}/delete")
def post_delete(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """Throws a plan away that is not on offer."""
    try:
        keeping.throw_away(engine_of(request), trainer, slug)
    except Conflict as problem:
        return _plan_page(request, trainer, slug, problem)
    return RedirectResponse("/trainers/plans", status_code=303)


def _list_page(request: Request, trainer: Trainer, problem: Problem | None = None, title: str = "") -> Response:
    require(trainer, "see_library")
    return render(
        request,
        "session_plans/editor/list.html",
        title="Plans",
        place="plans",
        problem=problem,
        shipped=tuple(plans_of(request).plans.values()),
        problems=plans_of(request).problems if may(trainer, "offer_plan") else (),
        own=keeping.own_plans(engine_of(request), trainer),
        faults=[say(fault) for fault in problem.faults] if isinstance(problem, Unreadable) else [],
        named=title,
    )


def _plan_page(request: Request, trainer: Trainer, slug: str, problem: Problem | None = None) -> Response:
    seen = get_plan(request, trainer, slug)
    view = view_plan(seen.sheet)
    return render(
        request,
        "session_plans/editor/plan.html",
        title=view.title,
        place="plans",
        problem=problem,
        seen=seen,
        view=view,
    )
