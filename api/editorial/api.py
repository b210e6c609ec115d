"""JSON: writing and publishing vignettes, for trainers."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Engine

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.editorial import drafting, publishing
from api.editorial.texts import Change, Status, Text
from api.kit.errors import PreconditionFailed, Unprocessable
from api.kit.versioned_text import EditConflict
from api.persistence.dependencies import engine_of
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.dependencies import catalogue_of
from api.web.problems import field_errors, responses

router = APIRouter(prefix="/api/v1/vignettes", tags=["authoring"])

MARKDOWN = "text/markdown; charset=utf-8"

IfMatch = Annotated[str | None, Header(description="The ETag of the text that the change began with.")]


class FaultOut(BaseModel):
    """What is wrong at a place of the case file; line and column count from 1."""

    line: int
    column: int
    message: str


class TextOut(BaseModel):
    """Where a vignette stands. `version` is 0 until it is published, `revision` 0 while it has no draft."""

    slug: str
    status: Status
    version: int
    revision: int
    faults: list[FaultOut]


class StatusBody(BaseModel):
    status: Status


class VersionOut(BaseModel):
    number: int
    series: int = Field(description="Statistics are counted within a series.")
    change: str
    note: str | None
    author: str | None
    created_at: str


class Versions(BaseModel):
    items: list[VersionOut]


async def case_text(request: Request) -> str:
    """The case file in the body: itself, as `{"source": …}`, or made from a case as JSON. Raises Unprocessable."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unprocessable("A case file must be UTF-8 text. Save it as UTF-8, then send it again.") from None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Unprocessable("The body is not JSON in UTF-8.") from None
    if isinstance(data, dict) and set(data) == {"source"} and isinstance(data["source"], str):
        return data["source"]
    try:
        return write(Case.model_validate(data))
    except ValidationError as error:
        raise Unprocessable("This is not a valid vignette.", field_errors(error)) from None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/markdown": {"schema": {"type": "string", "description": "A case file."}},
            "application/json": {"schema": {"type": "object", "description": "A case as JSON."}},
        },
    }
}
CaseText = Annotated[str, Depends(case_text)]


def _out(response: Response, text: Text) -> TextOut:
    response.headers["ETag"] = f'"{text.etag}"'
    faults = [FaultOut(line=fault.line, column=fault.column, message=fault.message) for fault in text.faults]
    return TextOut(slug=text.slug, status=text.status, version=text.version, revision=text.revision, faults=faults)


def _mark(if_match: str | None) -> str | None:
    return None if if_match is None or if_match.strip() == "*" else if_match.strip().removeprefix("W/").strip('"')


@router.post("", status_code=201, responses=responses(401, 403, 409, 413), openapi_extra=_BODY)
def add_draft(request: Request, response: Response, trainer: CurrentTrainer, source: CaseText) -> TextOut:
    """A new draft from a case file. It may have faults; what cannot be read at all is refused."""
    return _out(response, drafting.add(engine_of(request), trainer, source))


@router.put("/{slug}", responses=responses(401, 403, 404, 409, 412, 413), openapi_extra=_BODY)
def change_text(
    request: Request,
    response: Response,
    slug: str,
    trainer: CurrentTrainer,
    source: CaseText,
    change: Annotated[Change | None, Query(description="Needed once it is published.")] = None,
    note: Annotated[str | None, Query(max_length=200)] = None,
    if_match: IfMatch = None,
) -> TextOut:
    """Saves a draft; for a published vignette it makes a new version.

    After a change of `wording` statistics carry over, after one of `meaning` they start afresh.
    """
    engine = engine_of(request)
    try:
        text = _change_text(engine, slug, trainer, source, change, note, _mark(if_match))
    except EditConflict as conflict:
        raise PreconditionFailed(conflict.detail, headers=conflict.headers) from None
    if text.version:
        catalogue_of(request).refresh()
    return _out(response, text)


def _change_text(
    engine: Engine, slug: str, trainer: Trainer, source: str, change: Change | None, note: str | None, mark: str | None
) -> Text:
    if drafting.open_text(engine, trainer, slug).version == 0:
        return drafting.save(engine, trainer, slug, source, mark)
    if change is None:
        raise Unprocessable(
            "Say whether the wording or the meaning changed.",
            [{"pointer": "/change", "detail": "wording or meaning, in the query"}],
        )
    return publishing.publish_change(engine, trainer, slug, source, change, mark, note)


@router.get("/{slug}/source", response_class=Response, responses=responses(401, 403, 404))
def get_source(request: Request, slug: str, trainer: CurrentTrainer) -> Response:
    """The case file: the draft where there is one, else the newest version."""
    text = drafting.open_text(engine_of(request), trainer, slug)
    return Response(text.source, media_type=MARKDOWN, headers={"ETag": f'"{text.etag}"'})


@router.post("/{slug}/status", responses=responses(401, 403, 404, 409))
def change_status(
    request: Request, response: Response, slug: str, trainer: CurrentTrainer, body: StatusBody
) -> TextOut:
    """Takes a vignette from draft to review, to published, to retired, and back from there."""
    text = publishing.change_status(engine_of(request), trainer, slug, body.status)
    catalogue_of(request).refresh()
    return _out(response, text)


@router.get("/{slug}/versions", responses=responses(401, 403, 404))
def list_versions(request: Request, slug: str, trainer: CurrentTrainer) -> Versions:
    """Every published version, newest first."""
    lines = publishing.history(engine_of(request), trainer, slug)
    return Versions(
        items=[
            VersionOut(
                number=line.number,
                series=line.series,
                change=line.change,
                note=line.note,
                author=line.author,
                created_at=line.created_at.isoformat(),
            )
            for line in lines
        ]
    )
