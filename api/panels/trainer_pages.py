"""Pages of panels for trainers: the link, what the ratings say, files in and out, and decisions about keys."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.classes.dependencies import limit_classes
from api.classes.service import parse_day
from api.kit.errors import Problem, Unprocessable
from api.kit.qr import qr
from api.kit.systems import ANSWERS, NAME
from api.panels import ratings_file, reviewing, service
from api.panels.access import panel_url
from api.panels.bands import KIND_LABEL, PROFESSION
from api.panels.experts import experts_of
from api.panels.figures import LEAST_RATERS
from api.panels.service import NewPanel
from api.persistence.dependencies import engine_of
from api.vignettes.case import Case
from api.vignettes.dependencies import catalogue_of
from api.vignettes.view_models import view_vignette
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

PLACE = "panels"
LARGEST_FORM = ratings_file.LARGEST_FILE + 20_000  # the file and its envelope
UPLOADS = {"/trainers/panels/": LARGEST_FORM, "/api/v1/panels/": 2 * LARGEST_FORM}

Code = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form for a panel held."""

    name: str = ""
    stories: str = ""
    many: str = str(service.USUAL_STORIES)
    each: str = str(service.USUAL_EACH)
    closes_on: str = ""


@router.get("/panels")
def panels(request: Request, trainer: CurrentTrainer) -> Response:
    """Every panel, and a form for another."""
    require(trainer, "see_library")
    return _list_page(request, trainer)


@router.post("/panels", dependencies=[Depends(limit_classes)])
def make(
    request: Request,
    trainer: CurrentTrainer,
    name: Annotated[str, Form(max_length=300)] = "",
    stories: Annotated[str, Form(max_length=20_000)] = "",
    many: Annotated[str, Form(max_length=20)] = str(service.USUAL_STORIES),
    each: Annotated[str, Form(max_length=20)] = str(service.USUAL_EACH),
    closes_on: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    try:
        wanted = NewPanel(
            name,
            [part.rsplit("/", 1)[-1] for part in stories.replace(",", " ").split()],
            _number(many, "many", "Write how many stories as a number, such as 24."),
            _number(each, "each", "Write how many stories each rater reads as a number, such as 12."),
            parse_day(closes_on),
        )
        found = service.make_panel(engine_of(request), trainer, wanted, catalogue_of(request).vignettes.values())
    except Unprocessable as problem:
        return _list_page(request, trainer, problem, Typed(name, stories, many, each, closes_on))
    return RedirectResponse(f"/trainers/panels/{found.code}", status_code=303)


def _number(typed: str, field: str, says: str) -> int:
    plain = typed.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 6):
        raise Unprocessable(says, [{"pointer": f"/{field}", "detail": "a whole number"}])
    return int(plain)


@router.get("/panels/{panel}")
def one(
    request: Request, trainer: CurrentTrainer, panel: Code, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """A panel: its link, who has rated, and what the ratings say."""
    require(trainer, "see_library")
    return _one_page(request, trainer, panel, done=done)


@router.get("/panels/{panel}/ratings")
def export(request: Request, trainer: CurrentTrainer, panel: Code) -> Response:
    """The ratings as CSV."""
    require(trainer, "export")
    found = service.find_panel(engine_of(request), panel)
    text = ratings_file.export_ratings(engine_of(request), trainer, found, catalogue_of(request))
    headers = {"Content-Disposition": f'attachment; filename="ratings-{found.code}.csv"', "Cache-Control": "no-store"}
    return Response(text, media_type=ratings_file.MEDIA_TYPE, headers=headers)


async def _file(request: Request, trainer: CurrentTrainer, panel: Code) -> bytes:
    """The bytes of the form's file. Who sends it is asked for first, so that strangers cannot."""
    await run_in_threadpool(service.led_panel, engine_of(request), trainer, panel)
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        return await file.read(ratings_file.LARGEST_FILE + 1) if isinstance(file, UploadFile) else b""


@router.post("/panels/{panel}/import", max_body_size=LARGEST_FORM)
def post_import(
    request: Request, trainer: CurrentTrainer, panel: Code, data: Annotated[bytes, Depends(_file)]
) -> Response:
    """Brings ratings of a file in; a file with a bad row changes nothing and says which."""
    try:
        brought = ratings_file.import_ratings(engine_of(request), trainer, panel, data, catalogue_of(request))
    except Unprocessable as problem:
        return _one_page(request, trainer, panel, problem, at="import")
    experts_of(request).refresh()
    return RedirectResponse(f"/trainers/panels/{panel}?done={brought.added}-{brought.same}", status_code=303)


@router.post("/panels/{panel}/reasons")
def post_reasons(
    request: Request, trainer: CurrentTrainer, panel: Code, show: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Lets the ticked reasons be read by learners."""
    wanted = [int(one) for one in show or [] if one.isascii() and one.isdigit() and len(one) < 10]
    reviewing.show_reasons(engine_of(request), trainer, panel, wanted)
    experts_of(request).refresh()
    return RedirectResponse(f"/trainers/panels/{panel}#reasons", status_code=303)


@router.get("/panels/{panel}/paper")
def paper(request: Request, trainer: CurrentTrainer, panel: Code) -> Response:
    """The panel's stories to print, with room for answers; no key is on it."""
    require(trainer, "see_library")
    found = service.find_panel(engine_of(request), panel)
    published = {vignette.id: vignette for vignette in catalogue_of(request).vignettes.values()}
    stories = [(published[one].slug, view_vignette(published[one].case)) for one in found.stories if one in published]
    return render(
        request,
        "panels/paper.html",
        title=f"{found.name} on paper",
        place=PLACE,
        panel=found,
        stories=stories,
        answers=[(answer, NAME[answer]) for answer in ANSWERS],
        professions=PROFESSION,
    )


@router.post("/panels/{panel}/close")
def close(request: Request, trainer: CurrentTrainer, panel: Code) -> Response:
    service.close_panel(engine_of(request), trainer, panel)
    return RedirectResponse(f"/trainers/panels/{panel}", status_code=303)


@router.post("/panels/{panel}/delete")
def delete(request: Request, trainer: CurrentTrainer, panel: Code) -> Response:
    service.delete_panel(engine_of(request), trainer, panel)
    experts_of(request).refresh()
    return RedirectResponse("/trainers/panels", status_code=303)


def _list_page(
    request: Request, trainer: Trainer, problem: Problem | None = None, typed: Typed | None = None
) -> Response:
    library = catalogue_of(request).vignettes
    experts = experts_of(request)
    return render(
        request,
        "panels/list.html",
        title="Panels",
        place=PLACE,
        problem=problem,
        panels=service.panels(engine_of(request)),
        own=trainer.id,
        typed=typed or Typed(closes_on=service.usual_last_day().isoformat()),
        whole=len(library),
        reviewed=experts.reviewed(vignette.case for vignette in library.values()),
        contested=[v for v in library.values() if experts.standing(v.case).kind == "contested"],
        least=LEAST_RATERS,
    )


def _one_page(
    request: Request, trainer: Trainer, code: str, problem: Problem | None = None, at: str = "", done: str = ""
) -> Response:
    engine, catalogue = engine_of(request), catalogue_of(request)
    found = service.find_panel(engine, code)
    url = panel_url(request, found)
    view = reviewing.review(engine, found, catalogue.vignettes.values())
    cases: dict[int, Case] = {vignette.id: vignette.case for vignette in catalogue.vignettes.values()}
    return render(
        request,
        "panels/one.html",
        title=found.name,
        place=PLACE,
        problem=problem,
        error_at=at,
        panel=found,
        url=url,
        qr=qr(url),
        view=view,
        cases=cases,
        answers=[(answer, NAME[answer]) for answer in ANSWERS],
        kind_label=KIND_LABEL,
        profession_label=PROFESSION,
        least=LEAST_RATERS,
        brought=_brought(done),
        may_lead=may(trainer, "lead_panel", own=found.trainer_id == trainer.id),
        columns=ratings_file.COLUMNS,
    )


def _brought(done: str) -> str:
    """What the last import did, from the numbers in the address."""
    added, _, same = done.partition("-")
    if not (added.isascii() and added.isdigit() and same.isascii() and same.isdigit()):
        return ""
    new = "1 rating was added" if added == "1" else f"{added} ratings were added"
    here = "" if same == "0" else f" {same} {'was' if same == '1' else 'were'} here already."
    return f"{new}.{here}"
