"""What a member sends in a session: the answers to a check-in, and nothing else."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.groups.access import require_member, require_state
from api.groups.live.dependencies import hub_of
from api.groups.pages.session_steps import session_member_page
from api.groups.sessions import check_in
from api.groups.sessions.check_in import MOST_QUESTIONS
from api.groups.state import GroupState
from api.guesses.dependencies import take_guess
from api.kit.errors import Conflict, Problem, Unprocessable
from api.persistence.dependencies import engine_of
from api.web.rendering import wants_fragment

router = APIRouter(include_in_schema=False)

_FIELDS = {f"answer-{question}": question for question in range(MOST_QUESTIONS)}


@router.post("/g/{code}/check-in")
async def give_answers(request: Request, code: str) -> Response:
    """Keeps a member's answers; what cannot be kept now comes back with a sentence that says why."""
    member = require_member(request, code)
    take_guess(request, member.id)
    form = parse_qsl((await request.body()).decode("utf-8", "replace"))
    answers = {_FIELDS[name]: value for name, value in form if name in _FIELDS}
    return await asyncio.to_thread(_keep, request, code, member.uid, member.id, answers)


def _keep(request: Request, code: str, uid: str, member: str, answers: dict[int, str]) -> Response:
    problem: Problem | None = None
    try:
        check_in.give_answers(engine_of(request), code, uid, member, answers)
        hub_of(request).changed(code)
    except (Unprocessable, Conflict) as refused:
        problem = refused
    if problem is None and not wants_fragment(request):
        return RedirectResponse(f"/g/{code}", status_code=303)
    state: GroupState = require_state(request, code, uid)
    if state.at_step is None:
        if problem is not None:
            raise problem
        return RedirectResponse(f"/g/{code}", status_code=303)
    return session_member_page(request, state, member, fragment=wants_fragment(request), problem=problem)
