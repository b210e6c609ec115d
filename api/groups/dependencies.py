"""What every router of groups shares: limits, votes and live results."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request

from api.accounts.models import Trainer
from api.accounts.trainer import find_trainer
from api.groups import service
from api.groups.access import Member, has_key, require_member
from api.groups.live.dependencies import hub_of, serializer_of
from api.groups.live.state_loader import load_group
from api.groups.results import Snapshot
from api.groups.state import GroupState
from api.groups.voting import NewVote, Voted
from api.guesses.dependencies import take_guess
from api.guesses.rules import AnswerBody
from api.kit.errors import Forbidden, Unprocessable
from api.kit.systems import Vote
from api.persistence.dependencies import engine_of, writer_of
from api.vignettes.dependencies import catalogue_of
from api.web.admission import take_group
from api.web.dependencies import settings_of
from api.web.rate_limit import wrong_codes


class VoteBody(AnswerBody):
    """A guess, or `pass`."""

    system: Vote


def may_start(request: Request, trainer: Annotated[Trainer | None, Depends(find_trainer)]) -> None:
    if not settings_of(request).open_groups and trainer is None:
        raise Forbidden("Only trainers can start groups on this server. Please sign in first.")


async def limit_groups(request: Request) -> None:
    await take_group(request)


async def limit_wrong_codes(request: Request, code: str) -> AsyncIterator[None]:
    """Codes are short, so guessing them is limited. Who is in, or comes by a QR code, is not kept out by others."""
    if has_key(request, code):
        yield
        return
    async with wrong_codes(request, "code"):
        yield


def let_in(request: Request, code: str, earlier: Member | None) -> Member:
    """Joins; a device that was in before is the same member again."""
    known = (earlier.uid, earlier.id) if earlier else ("", "")
    made = service.join(engine_of(request), code, *known)
    hub_of(request).changed(code)
    return Member(made.code, made.uid, made.member)


async def _check_marks(request: Request, code: str, member: Member, cues: Sequence[tuple[int, int]]) -> None:
    """Raises Unprocessable for marks after the end of the story. Only votes that bring marks are looked at."""
    serializer = serializer_of(request)
    vignette = serializer.vignette((await load_group(request, code, member.uid)).state.round)
    if vignette is not None and any(end > len(vignette.case.story) for _, end in cues):
        raise Unprocessable(
            "A marked span ends after the end of the story.",
            [{"pointer": "/cues", "detail": f"the story has {len(vignette.case.story)} characters"}],
        )


async def cast(request: Request, code: str, body: VoteBody) -> Voted:
    """Keeps a member's vote: when this returns it is on disk. Raises as the writer does."""
    member = require_member(request, code)
    take_guess(request, member.id)
    if body.cues:
        await _check_marks(request, code, member, body.cues)
    voted: Voted = await writer_of(request).submit(
        NewVote(
            code=code,
            uid=member.uid,
            member=member.id,
            system=body.system,
            confidence=body.confidence,
            cues=body.cues,
            reason=body.reason,
            circles=body.circles.model_dump() if body.circles else None,
        )
    )
    hub_of(request).mark(code)
    return voted


def live_snapshot(request: Request, state: GroupState) -> Snapshot | None:
    """The results of a training group as they now stand; nothing for a psychoeducation group."""
    if state.kind != "training" or state.round is None or state.round.frozen:
        return None
    with engine_of(request).connect() as connection:
        live = service.snapshot(connection, state, catalogue_of(request))
    return live.model_copy(update={"sized": None})  # a middle that moves with each answer would tell that answer


codes_limited = asynccontextmanager(limit_wrong_codes)
