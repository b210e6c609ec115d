"""JSON: moving through a session, and answering a check-in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.groups.access import require_led, require_member, require_state
from api.groups.live.dependencies import hub_of, serializer_of
from api.groups.live.state_json import StateOut
from api.groups.pages.session_steps import session_views_of
from api.groups.sessions import check_in, service
from api.groups.sessions.check_in import MOST_QUESTIONS
from api.guesses.dependencies import take_guess
from api.persistence.dependencies import engine_of
from api.session_plans.faces import CheckInAnswer
from api.vignettes.dependencies import catalogue_of
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/groups", tags=["groups"])


class MoveBody(BaseModel):
    """Where the session goes. With `seen`, nothing happens when the session has moved since that visit."""

    way: Annotated[
        str,
        Field(
            pattern=r"^(on|back|skip|repeat|to:[0-9]{1,5})$",
            description="`on`, `back`, `skip`, `repeat`, or `to:` a step's number.",
        ),
    ]
    seen: Annotated[int | None, Field(strict=True, ge=0)] = None


class CheckInBody(BaseModel):
    """An answer for each question, in order; null leaves one as it is."""

    model_config = ConfigDict(extra="forbid")

    answers: Annotated[list[CheckInAnswer | None], Field(min_length=1, max_length=MOST_QUESTIONS)]


class CheckInOut(BaseModel):
    answered: Literal[True] = True


@router.post("/{code}/session", response_model=StateOut, responses=responses(401, 403, 404, 409, 422))
def move(request: Request, code: str, body: MoveBody) -> Response:
    """Goes to another step of the guided session; where there is no such step it is 404 or 409."""
    who = require_led(request, code)
    way, to = service.read_way(body.way)
    service.move(
        engine_of(request), catalogue_of(request), session_views_of(request).plans, code, who.uid, way, to, body.seen
    )
    hub_of(request).changed(code)
    return Response(
        serializer_of(request).json(require_state(request, code, who.uid), None), media_type="application/json"
    )


@router.put("/{code}/check-in", responses=responses(401, 404, 409, 422))
def answer_check_in(request: Request, code: str, body: CheckInBody) -> CheckInOut:
    """Keeps a member's answers to the check-in; sent again they replace the earlier ones."""
    member = require_member(request, code)
    take_guess(request, member.id)
    answers = {place: answer for place, answer in enumerate(body.answers) if answer is not None}
    check_in.give_answers(engine_of(request), code, member.uid, member.id, answers)
    hub_of(request).changed(code)
    return CheckInOut()
