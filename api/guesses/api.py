"""JSON: giving a guess, and how everybody answered."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from api.accounts.learner import require_learner
from api.accounts.models import Trainer
from api.accounts.trainer import find_trainer
from api.classes.service import class_of
from api.classes.view_models import statistics_of
from api.guesses.dependencies import take_guess
from api.guesses.outcome import Outcome, outcome_json
from api.guesses.rules import GuessBody
from api.guesses.service import counts_of, latest_guess, record
from api.kit.errors import Conflict, Forbidden, Unprocessable
from api.persistence.engine import session
from api.stats.answer_shares import ClassStatistics, class_statistics
from api.vignettes.dependencies import find_vignette
from api.web.load_shedding import shed_statistics
from api.web.problems import field_errors, responses

router = APIRouter(prefix="/api/v1", tags=["guesses"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/GuessBody"}}},
    }
}


def parse_guess(body: bytes) -> GuessBody:
    """The guess in a JSON body; raises Unprocessable naming each bad field."""
    try:
        return GuessBody.model_validate_json(body)
    except ValidationError as error:
        raise Unprocessable(
            "We could not read this answer. Please check the fields listed in `errors`.", field_errors(error)
        ) from None


# The body is parsed by hand, and the answer written by hand: a body model and a response model cost half the rate.
@router.post(
    "/vignettes/{slug}/guesses",
    status_code=201,
    response_class=Response,
    responses={201: {"model": Outcome, "description": "The guess is on disk."}, **responses(401, 404, 413, 422, 503)},
    openapi_extra=_BODY,
)
async def give_guess(request: Request, slug: str) -> Response:
    """Keeps the learner's guess and gives the outcome: key, explanation and class statistics.

    Another guess on the same vignette is a new attempt; class statistics count first attempts only.
    """
    learner = require_learner(request)
    vignette = find_vignette(request, slug)
    take_guess(request, learner)
    body = parse_guess(await request.body())
    recorded = await record(request.app.state.writer, learner, vignette, body)
    return Response(
        outcome_json(
            body.system,
            body.confidence,
            body.cues or [],
            vignette.case,
            recorded.counts,
            request.app.state.settings.small_group,
        ),
        status_code=201,
        media_type="application/json",
    )


@router.get(
    "/vignettes/{slug}/statistics",
    responses=responses(401, 403, 404, 409, 422, 503),
    dependencies=[Depends(shed_statistics)],
)
def get_statistics(
    request: Request,
    slug: str,
    trainer: Annotated[Trainer | None, Depends(find_trainer)],
    db: Annotated[Session, Depends(session)],
    scope: Literal["everyone", "class"] = "everyone",
) -> ClassStatistics:
    """How everybody first answered: for trainers, and for learners who have answered.

    With `scope=class` how the learner's own class did. It is counted in steps of at least the smallest group, counts
    of 1 or 2 are not told, and below the first step `answered` is 0. Its trainer asks for the class's totals instead.
    """
    vignette = find_vignette(request, slug)
    mine = None
    if trainer is None or scope == "class":
        learner = require_learner(request)
        guess = latest_guess(db, learner, vignette)
        if guess is None or guess.series != vignette.series:
            raise Forbidden("Give your own answer first. Then you can see how everyone answered.")
        mine = class_of(request.app.state.engine, learner) if scope == "class" else None
    if mine is not None:
        return statistics_of(request, mine, vignette)
    if scope == "class":
        raise Conflict("You are not in a class. Join one with its code first.")
    counts = counts_of(request.app.state.engine, [vignette])[vignette.id]
    return class_statistics(counts, request.app.state.settings.small_group)
