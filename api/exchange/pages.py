"""Pages on which trainers take vignettes out to files and bring them in, and the same over the API."""

import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.audit.trail import record_export
from api.editorial.filtering import attention_ids, filters_of
from api.editorial.listing import matching_slugs
from api.exchange import import_jobs
from api.exchange.formats import FORMATS, READABLE, Format, anki
from api.exchange.formats.rows import LARGEST_UPLOAD, Refused, quiet
from api.exchange.import_jobs import Job
from api.exchange.import_report import Report
from api.exchange.import_work import Task, run
from api.kit.assets import VIGNETTES
from api.kit.errors import NotFound, Problem, TooLarge, Unprocessable
from api.kit.exact_query import Flag
from api.persistence.dependencies import engine_of
from api.vignettes.case import Case
from api.vignettes.dependencies import catalogue_of
from api.vignettes.reading import read
from api.web.problems import responses
from api.web.rendering import render

pages = APIRouter(prefix="/trainers", include_in_schema=False)
router = APIRouter(prefix="/api/v1/vignettes", tags=["authoring"])

# A file with its multipart frame.
LARGEST_FORM = LARGEST_UPLOAD + 10_000
UPLOADS = {"/trainers/exchange/import": LARGEST_FORM, "/api/v1/vignettes/import": LARGEST_FORM}


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """What can be exported and imported; `error` after a file that was refused."""

    formats: tuple[Format, ...]
    readable: tuple[Format, ...]
    published: int
    may_import: bool
    error: str | None


class ImportLine(BaseModel):
    """What happens to one vignette of a file. `told` names faults with their places, or the fields that change."""

    place: str
    slug: str
    action: str
    told: list[str]


class ImportReport(BaseModel):
    """Row by row what an import would do, or has done."""

    summary: str
    refused: bool
    counts: dict[str, int]
    items: list[ImportLine]
    more: int


@pages.get("/exchange")
def exchange(request: Request, trainer: CurrentTrainer) -> Response:
    """Taking vignettes out, bringing them in."""
    return _exchange_page(request, trainer)


@pages.get("/exchange/export")
def export_from_page(
    request: Request,
    trainer: CurrentTrainer,
    format: str = "zip",
    slug: Annotated[list[str] | None, Query()] = None,
    of: Annotated[Literal["", "chosen", "matching"], Query()] = "",
) -> Response:
    """The stories that are ticked in the list or that its filters leave; all published ones without either."""
    require(trainer, "export")
    if of == "matching":
        filters = filters_of(request)
        ids = attention_ids(request) if filters.attention else None
        slug = matching_slugs(engine_of(request), trainer, filters, ids)
    if of and not slug:
        raise Unprocessable(
            "Tick the stories that you want to export first." if of == "chosen" else "No published story matches."
        )
    return export(request, trainer, format, slug)


@router.get("/export", response_class=Response, responses=responses(401, 404))
def export(
    request: Request,
    trainer: CurrentTrainer,
    format: Annotated[str, Query(json_schema_extra={"enum": ["markdown", *FORMATS]})] = "zip",
    slug: Annotated[list[str] | None, Query(description="Only these; all if left out.")] = None,
) -> Response:
    """The published vignettes as a file. `markdown` is the zip of case files."""
    require(trainer, "export")
    form = FORMATS.get("zip" if format == "markdown" else format)
    if form is None:
        raise Unprocessable("Choose a format: " + ", ".join(("markdown", *FORMATS)) + ".")
    cases = _chosen(request, slug or [])
    try:
        # Anki takes over what changed only from a package that is newer than the last one.
        data = anki.dump(cases, int(time.time())) if form.name == "anki" else form.dump(cases)
    except Refused as refused:
        raise Unprocessable(str(refused)) from None
    record_export(engine_of(request), trainer, "export", f"{form.name}, {len(cases)} stories")
    return _file(data, form.media_type, f"three-circles{form.ending}")


@pages.get("/exchange/template")
def template(trainer: CurrentTrainer, format: str = "xlsx") -> Response:
    """A spreadsheet with one vignette as an example, and what each column holds."""
    require(trainer, "export")
    form = FORMATS.get(format)
    example, _ = read((VIGNETTES / "leroy-and-the-old-cat.md").read_text(encoding="utf-8"))
    if form is None or form.template is None or example is None:
        raise NotFound("There are templates as xlsx and csv.")
    return _file(form.template(example), form.media_type, f"three-circles-template{form.ending}")


async def _upload(request: Request, trainer: CurrentTrainer) -> tuple[str, bytes]:
    """Name and bytes of the file in the form. Anyone who sends it is asked for first, so that strangers cannot."""
    require(trainer, "import")
    async with request.form(max_files=1, max_fields=5) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return "", b""
        return file.filename or "", await file.read(LARGEST_UPLOAD + 1)


Upload = Annotated[tuple[str, bytes], Depends(_upload)]


@pages.post("/exchange/import", max_body_size=LARGEST_FORM)
async def post_import(request: Request, trainer: CurrentTrainer, upload: Upload) -> Response:
    """Begins to read the file, and goes to the page that tells what it would do."""
    try:
        token = await run_in_threadpool(import_jobs.begin, engine_of(request), trainer, *upload)
    except (Unprocessable, TooLarge) as problem:
        return _exchange_page(request, trainer, problem)
    return RedirectResponse(f"/trainers/exchange/{token}", status_code=303)


@pages.get("/exchange/{token}")
def show_import(request: Request, trainer: CurrentTrainer, token: str) -> Response:
    """How far it is, and row by row what would happen or has happened."""
    job = import_jobs.find(engine_of(request), trainer, token)
    if job.state == "done":
        catalogue_of(request).refresh()
    return _job_page(request, job)


@pages.post("/exchange/{token}/apply")
def post_apply(
    request: Request, trainer: CurrentTrainer, token: str, replace: Annotated[bool, Form()] = False
) -> Response:
    """Carries it out; drafts of others are replaced only where the trainer has ticked so."""
    import_jobs.carry_out(engine_of(request), trainer, token, replace=replace)
    return RedirectResponse(f"/trainers/exchange/{token}", status_code=303)


@pages.post("/exchange/{token}/discard")
def post_discard(request: Request, trainer: CurrentTrainer, token: str) -> Response:
    """Forgets the file."""
    import_jobs.throw_away(engine_of(request), trainer, token)
    return RedirectResponse("/trainers/exchange", status_code=303)


_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.post("/import", responses=responses(401, 403, 413, 503), openapi_extra=_FILE, max_body_size=LARGEST_FORM)
async def import_file(
    request: Request,
    trainer: CurrentTrainer,
    upload: Upload,
    dry_run: Annotated[Flag, Query()] = False,
    replace_drafts: Annotated[Flag, Query(description="Also replace drafts that others have saved.")] = False,
) -> ImportReport:
    """Brings vignettes in as drafts, or with `dry_run` only tells what would happen.

    What is newer than the file stays: other people's drafts are left alone without `replace_drafts`, and whatever is
    replaced is kept under the story's versions.

    A file with one bad row changes nothing; then `refused` is true and its faults come first.
    """
    report, refused = await run_in_threadpool(_import, request, trainer, upload, dry_run, replace_drafts)
    return ImportReport(
        summary=report.summary,
        refused=refused,
        counts=report.counts,
        items=[ImportLine(place=i.place, slug=i.slug, action=i.action, told=list(i.told)) for i in report.lines],
        more=report.more,
    )


def _import(
    request: Request, trainer: Trainer, upload: tuple[str, bytes], dry_run: bool, replace: bool
) -> tuple[Report, bool]:
    name, data = upload
    with import_jobs.place():
        try:
            task = Task(name, trainer.id, apply=not dry_run, replace=replace)
            report = run(engine_of(request), task, data, quiet)
        except Refused as refused:
            raise Unprocessable(str(refused), [{"pointer": "/file", "detail": str(refused)}]) from None
        return report, report.refused


def _chosen(request: Request, slugs: list[str]) -> list[Case]:
    published = catalogue_of(request).vignettes
    unknown = [slug for slug in slugs if slug not in published]
    if unknown:
        raise NotFound(f"There is no published story named {unknown[0]}.")
    return [published[slug].case for slug in dict.fromkeys(slugs or published)]


def _file(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _exchange_page(request: Request, trainer: Trainer, problem: Problem | None = None) -> Response:
    view = ExchangeView(
        formats=tuple(FORMATS.values()),
        readable=READABLE,
        published=len(catalogue_of(request).vignettes),
        may_import=may(trainer, "import"),
        error=problem.detail if problem else None,
    )
    return render(
        request,
        "exchange/exchange.html",
        title="Exchange",
        place="exchange",
        problem=problem,
        view=view,
    )


def _job_page(request: Request, job: Job) -> Response:
    return render(
        request,
        "exchange/import.html",
        title="Import",
        place="exchange",
        job=job,
        busy=job.state in ("reading", "importing"),
    )
