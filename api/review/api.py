"""JSON: blind ratings of stories in review."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.accounts.dependencies import CurrentTrainer
from api.guesses.rules import AnswerBody, GuessBody
from api.persistence.dependencies import engine_of
from api.review import reviewing
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/vignettes", tags=["authoring"])


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
def rate(request: Request, slug: str, trainer: CurrentTrainer, body: RatingBody) -> Ratings:
    """A blind answer to a story in review; afterwards everyone's are shown."""
    guess = GuessBody.model_validate(body.model_dump(exclude={"comment"}))
    reviewing.rate(engine_of(request), trainer, slug, guess, body.comment)
    return list_ratings(request, slug, trainer)


@router.get("/{slug}/ratings", responses=responses(401, 403, 404))
def list_ratings(request: Request, slug: str, trainer: CurrentTrainer) -> Ratings:
    """The blind answers to the present words, for anyone who may see the key."""
    found = reviewing.ratings(engine_of(request), trainer, slug)
    items = [RatingOut(rater=rated.rater, comment=rated.comment, **rated.body.model_dump()) for rated in found]
    return Ratings(items=items)
