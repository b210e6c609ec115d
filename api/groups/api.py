"""JSON: groups, their rounds, votes, live events and results."""

from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Engine, select

from api.accounts.tokens import tokens_of
from api.groups import exporting, service
from api.groups.access import (
    door,
    facilitator_key,
    find_facilitator,
    find_member,
    member_token,
    require_facilitator,
    require_leading,
    require_led,
    require_member,
    require_state,
)
from api.groups.dependencies import VoteBody, cast, let_in, limit_groups, limit_wrong_codes, live_snapshot, may_start
from api.groups.live.dependencies import hub_of, serializer_of
from api.groups.live.hub import EventStream
from api.groups.live.state_json import GroupGuess, StateOut
from api.groups.live.state_loader import load_group
from api.groups.models import GroupRound
from api.groups.phases import Phase, is_shown
from api.groups.results import GroupResults, Kind, Snapshot, present
from api.groups.sessions.starting import SessionSetup, plans_on_offer, prepare
from api.groups.state import GroupState
from api.guesses.rules import Confidence
from api.kit.errors import Conflict, Unprocessable
from api.kit.exact_query import Flag
from api.kit.systems import Vote
from api.persistence.dependencies import engine_of
from api.persistence.engine import LARGEST_ID, now, table
from api.vignettes.catalogue import Catalogue
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.web.admission import take_join
from api.web.dependencies import settings_of
from api.web.problems import field_errors, responses
from api.web.rendering import base_url

router = APIRouter(prefix="/api/v1/groups", tags=["groups"])

_round = table(GroupRound)


_PEOPLE = "How many people are in the room; null if unknown. The rules for small numbers use it when more have joined."


class PeopleBody(BaseModel):
    people: int | None = Field(strict=True, ge=1, le=service.MOST_PEOPLE, description=_PEOPLE)


class SessionBody(BaseModel):
    """A session plan by its slug, and its length in minutes; without one its shortest."""

    plan: str = Field(max_length=80)
    length: int | None = Field(None, strict=True, ge=1, le=LARGEST_ID)


class NewGroupBody(BaseModel):
    """A group to start. Without a plan it is Julie, then Dave. With a session it is led through all of that."""

    name: str = Field("", max_length=200)
    kind: Kind = "psychoeducation"
    plan: list[str] = Field(default_factory=list, max_length=100, description="Slugs of vignettes, in order.")
    show_first_ballot: bool = Field(
        False, strict=True, description="Training only: show the first vote before talking."
    )
    people: int | None = Field(None, ge=1, le=service.MOST_PEOPLE, strict=True, description=_PEOPLE)
    session: SessionBody | None = Field(
        None, description="A guided session instead of a plan of vignettes; the kind is the one that it is made for."
    )


class GroupOut(BaseModel):
    """A new group. `facilitator_key` leads it; `console_url` carries the same key: both are secrets."""

    code: str
    join_url: str
    facilitator_key: str
    console_url: str
    screen_url: str
    expires_at: str


class LinkOut(BaseModel):
    """The facilitator's new link. `facilitator_key` leads the group; `console_url` carries the same key."""

    facilitator_key: str
    console_url: str


class MemberOut(BaseModel):
    member_token: str


class RoundBody(BaseModel):
    vignette: str = Field(max_length=80)


class PhaseBody(BaseModel):
    phase: Phase


class VoteOut(BaseModel):
    guess: GroupGuess
    ballot: int
    answered: int


@router.post(
    "", status_code=201, responses=responses(403, 422), dependencies=[Depends(limit_groups), Depends(may_start)]
)
def start_group(request: Request, body: NewGroupBody) -> GroupOut:
    """Starts a group; it and its guesses are deleted after GROUP_DAYS."""
    settings, catalogue = settings_of(request), catalogue_of(request)
    session, kind = _session(request, body)
    made = service.create_group(
        engine_of(request),
        catalogue,
        kind,
        body.name,
        body.plan,
        settings.group_days,
        body.show_first_ballot,
        session,
        body.people,
    )
    state = require_state(request, made.code)
    key = facilitator_key(tokens_of(request), state)
    url = f"{base_url(request)}/g/{made.code}"
    mark = door(request, made.code)
    return GroupOut(
        code=made.code,
        join_url=f"{url}?k={mark}",
        facilitator_key=key,
        console_url=f"{url}/console?key={key}",
        screen_url=f"{url}/screen?k={mark}",
        expires_at=state.expires_at.isoformat(),
    )


def _session(request: Request, body: NewGroupBody) -> tuple[SessionSetup | None, Kind]:
    """The session that is wanted, and the kind of the group. Raises Unprocessable where they contradict each other."""
    if body.session is None:
        return None, body.kind
    session = prepare(plans_on_offer(request), body.session.plan, body.session.length)
    if body.plan:
        raise Unprocessable(
            "A session plan includes its own stories, so do not send a list of vignettes with it.",
            [{"pointer": "/plan", "detail": "leave it out"}],
        )
    kind: Kind = "training" if session.kind == "training" else "psychoeducation"
    if "kind" in body.model_fields_set and body.kind != kind:
        raise Unprocessable(
            f"This session plan is for {kind} groups.",
            [{"pointer": "/kind", "detail": f"leave it out, or send {kind}"}],
        )
    return session, kind


@router.post(
    "/{code}/members",
    status_code=201,
    responses=responses(404),
    dependencies=[Depends(limit_wrong_codes), Depends(take_join)],
)
def join_group(request: Request, code: str) -> MemberOut:
    """Joins as a new member, or again as the member whose token is sent along. No name is asked."""
    return MemberOut(member_token=member_token(tokens_of(request), let_in(request, code, find_member(request, code))))


@router.put("/{code}/people", response_model=StateOut, responses=responses(401, 403, 404, 422))
def say_people(request: Request, code: str, body: PeopleBody) -> Response:
    """Says how many people are in the room, or with null takes it back."""
    who = require_led(request, code)
    service.say_people(engine_of(request), code, who.uid, body.people)
    return _changed(request, code, who.uid)


@router.get("/{code}", response_model=StateOut, responses=responses(401, 404))
async def get_state(request: Request, code: str) -> Response:
    """The whole current state, for a member or the facilitator."""
    serializer = serializer_of(request)
    member = find_member(request, code)
    leads = None if member else require_facilitator(request, code)
    uid = leads.uid if leads else member.uid if member else None
    seen = await load_group(request, code, uid, member.id if member else None)
    if leads:
        require_leading(seen.state, leads)
    own = seen.own.get(seen.state.ballot)
    return Response(serializer.json(seen.state, own), media_type="application/json")


@router.post("/{code}/rounds", status_code=201, response_model=StateOut, responses=responses(401, 403, 404, 409, 422))
def start_round(request: Request, code: str, body: RoundBody) -> Response:
    """Begins a round with a vignette, in phase `reading`."""
    who = require_led(request, code)
    service.start_round(engine_of(request), code, who.uid, find_vignette(request, body.vignette))
    return _changed(request, code, who.uid, 201)


@router.post("/{code}/phase", response_model=StateOut, responses=responses(401, 403, 404, 409, 422))
def change_phase(request: Request, code: str, body: PhaseBody) -> Response:
    """Takes the round one step on: reading, voting, discussing, revoting, revealed, ended.

    Discussing and revoting may be skipped; any other step is 409.
    """
    who = require_led(request, code)
    service.change_phase(engine_of(request), catalogue_of(request), settings_of(request), code, who.uid, body.phase)
    return _changed(request, code, who.uid)


@router.post("/{code}/back", response_model=StateOut, responses=responses(401, 403, 404, 409))
def go_back(request: Request, code: str) -> Response:
    """Takes the last step back; after the answers have been shown it is 409. Votes are kept."""
    who = require_led(request, code)
    service.go_back(engine_of(request), code, who.uid)
    return _changed(request, code, who.uid)


def _changed(request: Request, code: str, uid: str, status: int = 200) -> Response:
    hub_of(request).changed(code)
    state = require_state(request, code, uid)
    return Response(serializer_of(request).json(state, None), status, media_type="application/json")


# Parsed and answered by hand, as the solo guess is: a class votes within one second.
@router.put(
    "/{code}/guess",
    response_class=Response,
    responses={
        200: {"model": VoteOut, "description": "The vote is on disk."},
        **responses(401, 404, 409, 413, 422, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/VoteBody"}}},
        }
    },
)
async def vote(request: Request, code: str) -> Response:
    """Gives the member's guess in the open ballot, or replaces it; outside `voting` and `revoting` it is 409."""
    try:
        body = VoteBody.model_validate_json(await request.body())
    except ValidationError as error:
        raise Unprocessable("This answer cannot be read. Check the fields below.", field_errors(error)) from None
    voted = await cast(request, code, body)
    guess = _guess_json(body.system, body.confidence)
    answer = b'{"guess":%b,"ballot":%d,"answered":%d}' % (guess, voted.ballot, voted.answered)
    return Response(answer, media_type="application/json")


@lru_cache
def _guess_json(system: Vote, confidence: Confidence | None) -> bytes:
    return GroupGuess(system=system, confidence=confidence).model_dump_json().encode()


@router.get("/{code}/results", responses=responses(401, 404, 409))
def get_results(request: Request, code: str) -> GroupResults:
    """The round's results: at any time for the facilitator of a training group, else once they are shown."""
    facilitator = find_facilitator(request, code)
    state = (
        require_led(request, code) if facilitator else require_state(request, code, require_member(request, code).uid)
    )
    live = live_snapshot(request, state) if facilitator else None
    results = serializer_of(request).results(state, live) if state.shown or live else None
    if results is None:
        raise Conflict("Results are shown after the last vote on this story.")
    shown: GroupResults = results
    return shown


@router.get(
    "/{code}/events",
    response_class=Response,
    dependencies=[Depends(limit_wrong_codes)],
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Server-sent events; each message's data is the whole current state as one line of JSON.",
        },
        **responses(401, 404),
    },
)
async def follow(
    request: Request, code: str, screen: Annotated[Flag, Query(description="As the projector sees it.")] = False
) -> Response:
    """The group live, for a member, the facilitator or the screen."""
    if screen:
        await load_group(request, code)
        return EventStream(request, code, "json")
    member = find_member(request, code)
    if member:
        await load_group(request, code, member.uid)
        return EventStream(request, code, "json", member.id)
    leads = require_facilitator(request, code)
    require_leading((await load_group(request, code, leads.uid)).state, leads)
    return EventStream(request, code, "json", leading=leads.leading)


def shown_rounds(
    engine: Engine, catalogue: Catalogue, state: GroupState, smallest: int
) -> list[tuple[int, str, GroupResults]]:
    """Every round of the group whose answers were shown: number, slug and results as they may be seen."""
    with engine.connect() as connection:
        found = connection.execute(select(_round).where(_round.c.group_id == state.id).order_by(_round.c.number)).all()
    rounds = []
    for row in found:
        vignette = catalogue.version(row.vignette_id, row.vignette_version)
        if row.frozen and is_shown(row.path) and vignette:
            frozen = Snapshot.model_validate(row.frozen)
            rounds.append((row.number, vignette.slug, present(frozen, vignette.case, state.kind, smallest)))
    return rounds


@router.get("/{code}/export", response_class=Response, responses=responses(401, 403, 404, 422))
def export(request: Request, code: str, format: Literal["csv", "json"] = "json") -> Response:
    """The group's shown rounds: what its screen hides, and counts of 1 to 7, as `*`; others to the nearest 5."""
    state = require_led(request, code)
    table_rows = exporting.rows(
        shown_rounds(engine_of(request), catalogue_of(request), state, settings_of(request).small_group)
    )
    name = f'attachment; filename="three-circles-{code}.{format}"'
    if format == "csv":
        return PlainTextResponse(
            exporting.as_csv(table_rows), media_type="text/csv", headers={"Content-Disposition": name}
        )
    body: dict[str, Any] = {
        "group": state.name,
        "kind": state.kind,
        "exported_at": now().isoformat(),
        "rounds": table_rows,
    }
    return JSONResponse(body, headers={"Content-Disposition": name})


@router.post("/{code}/link", status_code=201, responses=responses(401, 403, 404))
def make_link(request: Request, code: str) -> LinkOut:
    """Withdraws the facilitator's link and key, with every cookie that they were exchanged for, and makes a new one."""
    who = require_led(request, code)
    service.withdraw_link(engine_of(request), code, who.uid)
    hub_of(request).changed(code)
    key = facilitator_key(tokens_of(request), require_state(request, code, who.uid))
    return LinkOut(facilitator_key=key, console_url=f"{base_url(request)}/g/{code}/console?key={key}")


@router.delete("/{code}", status_code=204, responses=responses(401, 403, 404))
def end_group(request: Request, code: str) -> None:
    """Ends the group for good: it, its rounds and its guesses are deleted."""
    who = require_led(request, code)
    service.end_group(engine_of(request), code, who.uid)
    hub_of(request).changed(code)
