"""What the pages of the plan editor share."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.accounts.models import Trainer
from api.kit.errors import Unprocessable
from api.kit.versioned_text import EditConflict
from api.persistence.dependencies import engine_of
from api.session_plans.editor import keeping
from api.session_plans.editor.arranging import title_of
from api.session_plans.editor.asking import levels_of
from api.session_plans.editor.differing import differences
from api.session_plans.editor.sheet import PlanDraft, parse_draft
from api.session_plans.plan_writer import write_data
from api.session_plans.reading import LARGEST_FILE
from api.web.rendering import render

MEND_FIRST = "This plan cannot be read because its file has errors. Fix them under “Source” first."


# A file with its multipart frame and the longer line ends of forms.
LARGEST_FORM = LARGEST_FILE + 44_000


def readable(sheet: PlanDraft) -> Mapping[str, Any]:
    """What the file holds. Raises Unprocessable where it cannot be read."""
    if sheet.data is None:
        raise Unprocessable(MEND_FIRST)
    return sheet.data


def put(sheet: PlanDraft, data: Mapping[str, Any]) -> str:
    """The file with this data; word for word the old one where nothing has changed."""
    return sheet.text if data == sheet.data else write_data(data)


def conflict_page(request: Request, trainer: Trainer, slug: str, mine: str) -> Response:
    """Both texts, of which one is not saved."""
    theirs, levels = keeping.find(engine_of(request), trainer, slug, to_change=True), levels_of(request)
    return _whole(
        render(
            request,
            "session_plans/editor/conflict.html",
            title="Two versions",
            place="plans",
            status_code=EditConflict.status,
            theirs=theirs,
            mine=mine,
            parts=differences(parse_draft(mine, slug, levels), parse_draft(theirs.source, slug, levels)),
            steps=[title_of(step) for step in parse_draft(theirs.source, slug, levels).steps],
        )
    )


def _whole(response: Response) -> Response:
    """The main part of the page in place of the smaller part that htmx asked for."""
    response.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"})
    return response
