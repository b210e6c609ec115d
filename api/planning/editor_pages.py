"""Pages on which a plan is changed: its list of steps, its own fields, its source, and two people in one plan."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.db import LARGEST_ID
from api.identity.models import Trainer
from api.planning import keeping
from api.planning.arranging import Arranged, arrange, title_of
from api.planning.asking import Asking, Opened, Posted, levels_of, open_own
from api.planning.beginning import say
from api.planning.differing import differences
from api.planning.fields import KIND_NAME
from api.planning.forms import compose_plan
from api.planning.keeping import Clash, OwnText
from api.planning.pages import LARGEST_FORM
from api.planning.sheet import Sheet, open_sheet
from api.planning.telling import findings
from api.planning.views import view_about, view_plan
from api.plans.writing import write_data
from api.problems import Unprocessable
from api.web import render, wants_fragment

router = APIRouter(prefix="/trainers/plans/{slug}", include_in_schema=False)

Tab = Literal["steps", "about", "source"]
MEND_FIRST = "This plan cannot be read at the moment. Mend it in its source first."


@router.get("/edit")
def edit(
    request: Request,
    slug: str,
    trainer: Asking,
    tab: Tab = "steps",
    done: str = "",
    at: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> Response:
    """The steps, the plan's own fields or the source."""
    opened = open_own(request, trainer, slug)
    return _edit_page(request, opened, tab, _said(done, at, opened.sheet), at - 1 if done else None)


@router.post("/edit", max_body_size=LARGEST_FORM)
def post_edit(request: Request, slug: str, trainer: Asking, posted: Posted) -> Response:
    """Saves the plan's own fields, or its source."""
    tab = (posted.get("tab") or ["source"])[0]
    opened = open_own(request, trainer, slug, posted)
    if tab == "about":
        source = put(opened.sheet, compose_plan(readable(opened.sheet), posted))
    else:
        tab, source = "source", (posted.get("source") or [""])[0]
    try:
        keeping.save(request.app.state.engine, trainer, slug, opened.revision, source, levels_of(request))
    except Clash as clash:
        return clash_page(request, slug, source, clash)
    return RedirectResponse(f"/trainers/plans/{slug}/edit?tab={tab}&done=saved", status_code=303)


@router.post("/steps")
def post_steps(request: Request, slug: str, trainer: Asking, posted: Posted) -> Response:
    """Moves a step, takes it out, doubles it or adds one; answers the list, or goes back to it."""
    opened = open_own(request, trainer, slug, posted)
    data = readable(opened.sheet)
    do = next((value for value in posted.get("do", ()) if value), "")
    if do == "add":
        do = f"add {(posted.get('kind') or [''])[0]}"
    arranged = arrange(opened.sheet.steps, do)
    source = put(opened.sheet, {**data, "steps": arranged.steps})
    return _arranged(request, trainer, opened, source, arranged, do.partition(" ")[0])


@router.post("/undo")
def post_undo(request: Request, slug: str, trainer: Asking, posted: Posted) -> Response:
    """Brings back the plan as it was before the last save."""
    opened = open_own(request, trainer, slug, posted)
    try:
        keeping.undo(request.app.state.engine, trainer, slug, opened.revision, levels_of(request))
    except Clash as clash:
        return clash_page(request, slug, opened.sheet.text, clash)
    if wants_fragment(request):
        return _edit_page(request, open_own(request, trainer, slug), "steps", "It is as it was before.", None)
    return RedirectResponse(f"/trainers/plans/{slug}/edit?done=undo", status_code=303)


def readable(sheet: Sheet) -> Mapping[str, Any]:
    """What the file holds. Raises Unprocessable where it cannot be read."""
    if sheet.data is None:
        raise Unprocessable(MEND_FIRST)
    return sheet.data


def put(sheet: Sheet, data: Mapping[str, Any]) -> str:
    """The file with this data; word for word the old one where nothing has changed."""
    return sheet.text if data == sheet.data else write_data(data)


def clash_page(request: Request, slug: str, mine: str, clash: Clash) -> Response:
    """Both texts, of which one is not saved."""
    theirs, levels = clash.theirs, levels_of(request)
    return _whole(
        render(
            request,
            "planning/clash.html",
            title="Two texts",
            section="trainers",
            place="plans",
            status_code=clash.status,
            theirs=theirs,
            mine=mine,
            parts=differences(open_sheet(mine, slug, levels), open_sheet(theirs.source, slug, levels)),
            steps=[title_of(step) for step in open_sheet(theirs.source, slug, levels).steps],
        )
    )


def _whole(response: Response) -> Response:
    """The main part of the page in place of the smaller part that htmx asked for."""
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"})
    return response


def _arranged(
    request: Request, trainer: Trainer, opened: Opened, source: str, arranged: Arranged, did: str
) -> Response:
    slug = opened.own.slug
    try:
        keeping.save(request.app.state.engine, trainer, slug, opened.revision, source, levels_of(request))
    except Clash as clash:
        return clash_page(request, slug, source, clash)
    if wants_fragment(request):
        return _edit_page(request, open_own(request, trainer, slug), "steps", arranged.told, arranged.at, did)
    at = "" if arranged.at is None else f"&at={arranged.at + 1}#step-{arranged.at + 1}"
    return RedirectResponse(f"/trainers/plans/{slug}/edit?done={did}{at}", status_code=303)


def _said(done: str, at: int, sheet: Sheet) -> str:
    """What to say after a form without scripts; the address names only what was done and where."""
    steps = sheet.steps
    if done in ("up", "down", "add", "duplicate", "order") and 1 <= at <= len(steps):
        return f"“{title_of(steps[at - 1])}” is now step {at} of {len(steps)}."
    return {"remove": "The step is taken out.", "undo": "It is as it was before.", "saved": "Saved."}.get(done, "")


def _edit_page(request: Request, opened: Opened, tab: Tab, told: str, at: int | None, did: str = "") -> Response:
    own: OwnText = opened.own
    sheet = opened.sheet
    fragment = wants_fragment(request)
    return render(
        request,
        "planning/_steps.html" if fragment else "planning/edit.html",
        title=f"Change: {sheet.title}",
        section="trainers",
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
