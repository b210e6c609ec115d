"""JSON: blind ratings of stories in review."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.accounts.models import Trainer
from api.accounts.trainer import require_trainer
from api.guesses.rules import AnswerBody, GuessBody
from api.review import reviewing
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/vignettes", tags=["authoring"])

Asking = Annotated[Trainer, Depends(require_trainer)]


class RatingBody(GuessBody):
    """A blind answer to a story in review."""

    comment: str | None = Field(None, max_length=reviewing.LONGEST_COMMENT)


class RatingOut(AnswerBody):
    rater: str
    system: str
    comment: str | None


class Ratings(BaseModel):
    items: list[RatingOut]


@router.post("/{slug}/ratings", status_code=201, responses=responses(401, 403, 404, 409))
def rate(request: Request, slug: str, trainer: Asking, body: RatingBody) -> Ratings:
    """A blind answer to a story in review; afterwards everybody's are shown."""
    guess = GuessBody.model_validate(body.model_dump(exclude={"comment"}))
    reviewing.rate(request.app.state.engine, trainer, slug, guess, body.comment)
    return list_ratings(request, slug, trainer)


@router.get("/{slug}/ratings", responses=responses(401, 403, 404))
def list_ratings(request: Request, slug: str, trainer: Asking) -> Ratings:
    """The blind answers to the present words, for whoever may see the key."""
    found = reviewing.ratings(request.app.state.engine, trainer, slug)
    items = [RatingOut(rater=rated.rater, comment=rated.comment, **rated.body.model_dump()) for rated in found]
    return Ratings(items=items)
