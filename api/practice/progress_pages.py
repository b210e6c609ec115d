"""The page of progress, and the calendar of what is due: its secret address, taking it back, and the file itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.learner import find_learner
from api.kit.errors import NotFound
from api.persistence.dependencies import engine_of
from api.persistence.engine import now
from api.practice.dependencies import practice_of
from api.practice.due_calendar import due_by_day, has_address, learner_at, make_address, to_calendar, withdraw_address
from api.practice.view_models import progress_view
from api.vignettes.dependencies import catalogue_of
from api.web.admission import take_device_code
from api.web.dependencies import settings_of
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/practice/progress")
def progress(request: Request) -> Response:
    """Everything about the learner's answers so far, as pictures with tables."""
    return _progress_page(request)


@router.post("/practice/calendar", dependencies=[Depends(take_device_code)])
def make(request: Request) -> Response:
    """A new address, shown this once."""
    learner = find_learner(request)
    if learner is None:
        return RedirectResponse("/practice/progress", status_code=303)
    response = _progress_page(request, f"{_base(request)}/practice/due/{make_address(engine_of(request), learner)}.ics")
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/practice/calendar/delete")
def withdraw(request: Request) -> Response:
    """The address leads nowhere any more."""
    if learner := find_learner(request):
        withdraw_address(engine_of(request), learner)
    return RedirectResponse("/practice/progress#back", status_code=303)


@router.get("/practice/due/{secret}.ics")
def calendar(request: Request, secret: Annotated[str, Path(max_length=60)]) -> Response:
    """The calendar, for anyone who has its address."""
    learner = learner_at(engine_of(request), secret)
    if learner is None:
        raise NotFound("This calendar is no longer here. Open your progress in Three Circles to get a new address.")
    skills = practice_of(request).progress(catalogue_of(request), learner).skills
    days = due_by_day(skills, now().date())
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": 'inline; filename="three-circles.ics"'}
    body = to_calendar(days, _base(request), now().replace(microsecond=0))
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _base(request: Request) -> str:
    return settings_of(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")


def _progress_page(request: Request, calendar_url: str | None = None) -> Response:
    """The page of progress; with the address of the calendar just after it was made."""
    learner = find_learner(request)
    view = progress_view(practice_of(request).progress(catalogue_of(request), learner or ""))
    return render(
        request,
        "practice/progress.html",
        title="Your progress",
        section="practice",
        view=view,
        calendar_url=calendar_url,
        has_calendar=learner is not None and has_address(engine_of(request), learner),
    )
