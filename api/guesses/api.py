"""JSON: giving a guess."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from api.accounts.learner import require_learner
from api.guesses.dependencies import take_guess
from api.guesses.outcome import Outcome, outcome_json
from api.guesses.rules import GuessBody
from api.guesses.service import record
from api.kit.errors import Unprocessable
from api.persistence.dependencies import writer_of
from api.vignettes.dependencies import find_vignette
from api.web.dependencies import settings_of
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
    recorded = await record(writer_of(request), learner, vignette, body)
    return Response(
        outcome_json(
            body.system,
            body.confidence,
            body.cues or [],
            vignette.case,
            recorded.counts,
            settings_of(request).small_group,
        ),
        status_code=201,
        media_type="application/json",
    )
