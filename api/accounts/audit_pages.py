"""The activity log, and its export as CSV, for admins."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.audit.actions import NAME
from api.audit.trail import PAGE, Filter, lines, names, record_export
from api.kit.spreadsheet import csv_text
from api.persistence.dependencies import engine_of
from api.persistence.engine import LARGEST_ID
from api.web.dependencies import settings_of
from api.web.rendering import render


def _reader(trainer: CurrentTrainer) -> Trainer:
    require(trainer, "see_trail")
    return trainer


router = APIRouter(prefix="/trainers/audit", include_in_schema=False)

Reader = Annotated[Trainer, Depends(_reader)]
Who = Annotated[str, Query(max_length=60)]
What = Annotated[str, Query(max_length=20)]


@router.get("")
def trail(
    request: Request,
    _trainer: Reader,
    who: Who = "",
    deed: What = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> Response:
    """The newest actions, or those of one person or kind."""
    engine = engine_of(request)
    found = lines(engine, Filter(who, deed, before), PAGE + 1)
    chosen = {name: value for name, value in (("who", who), ("deed", deed)) if value}
    older = urlencode(chosen | {"before": found[PAGE - 1].id}) if len(found) > PAGE else ""
    return render(
        request,
        "accounts/audit.html",
        title="Activity log",
        place="audit",
        lines=found[:PAGE],
        names=names(engine),
        deeds=NAME,
        who=who,
        deed=deed,
        query=urlencode(chosen),
        older=older,
        newest=before is None,
        days=settings_of(request).audit_days,
    )


@router.get("/table")
def take_out(request: Request, trainer: Reader, who: Who = "", deed: What = "") -> Response:
    """The log, or the part that matches the filter, as CSV; no cell begins a formula. The export is logged too."""
    engine = engine_of(request)
    record_export(engine, trainer, "take_trail")
    rows = [
        (
            line.id,
            line.at.isoformat(),
            line.name,
            line.deed,
            line.about,
            "refused" if line.refused else "done",
            line.count,
        )
        for line in lines(engine, Filter(who, deed), None)
    ]
    text = csv_text([("number", "time", "person", "action", "item", "outcome", "times"), *rows])
    headers = {"Content-Disposition": 'attachment; filename="three-circles-activity-log.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
