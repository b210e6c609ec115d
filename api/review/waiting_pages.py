"""The page of what waits for a trainer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.permissions import require
from api.persistence.dependencies import engine_of
from api.review.waiting import MOST, find_waiting
from api.web.rendering import render

router = APIRouter(prefix="/trainers/reviews", include_in_schema=False)


@router.get("")
def reviews(request: Request, trainer: CurrentTrainer) -> Response:
    """Stories to rate and to publish, and where one's own stand."""
    require(trainer, "rate")
    return render(
        request,
        "review/waiting.html",
        title="Reviews",
        place="reviews",
        waiting=find_waiting(engine_of(request), trainer),
        most=MOST,
    )
