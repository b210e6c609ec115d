"""Who is asking in a group: a member or the facilitator, by signed token. No database is read.

| who         | token carries          | may                                                       |
| ----------- | ---------------------- | --------------------------------------------------------- |
| anybody     | –                      | join with the code; see the screen                        |
| member      | code, uid, a random id | see the state, vote, leave; see results once revealed     |
| facilitator | code, uid              | lead the rounds, see results as the kind allows, end it   |

The `uid` is compared with the group's own, so a token of one group is worth nothing in another, nor in a later
group that happens to draw the same code.
"""

from dataclasses import dataclass

from fastapi import Request, Response

from api.groups.state import GroupState, read_state
from api.identity.cookies import put_cookie, read_cookie
from api.identity.learner import bearer
from api.identity.tokens import Tokens
from api.problems import Forbidden, NotFound, Unauthorized

_MONTH = 31 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Member:
    """A phone in a group: `id` is random, and nothing else is known."""

    code: str
    uid: str
    id: str


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Whoever holds the console's link."""

    code: str
    uid: str


def member_token(tokens: Tokens, member: Member) -> str:
    return tokens.sign("member", f"{member.code}:{member.uid}:{member.id}")


def facilitator_key(tokens: Tokens, code: str, uid: str) -> str:
    return tokens.sign("facilitator", f"{code}:{uid}")


def find_member(request: Request, code: str) -> Member | None:
    """The member of this group who asks, by bearer token or cookie."""
    parts = _read(request, "member", code, bearer(request) or read_cookie(request, f"member-{code}"))
    return Member(*parts) if len(parts) == 3 else None


def find_facilitator(request: Request, code: str, key: str | None = None) -> Facilitator | None:
    """The facilitator of this group, by the key of the link, bearer token or cookie."""
    parts = _read(request, "facilitator", code, key or bearer(request) or read_cookie(request, f"facilitator-{code}"))
    return Facilitator(*parts) if len(parts) == 2 else None


def _read(request: Request, purpose: str, code: str, token: str | None) -> list[str]:
    tokens: Tokens = request.app.state.tokens
    value = tokens.read(purpose, token) if token else None
    parts = value.split(":") if value else []
    return parts if parts and parts[0] == code else []


def require_member(request: Request, code: str) -> Member:
    if (member := find_member(request, code)) is None:
        raise Unauthorized("Join this group first, with its code.")
    return member


def require_facilitator(request: Request, code: str) -> Facilitator:
    if (facilitator := find_facilitator(request, code)) is None:
        if find_member(request, code):
            raise Forbidden("Only whoever leads the group can do this.")
        raise Unauthorized("Open the console's own link to lead this group.")
    return facilitator


def require_state(request: Request, code: str, uid: str | None = None) -> GroupState:
    """The group's state; NotFound when it has ended, or when `uid` belongs to another group of the same code."""
    state = read_state(request.app.state.engine, code)
    if state is None or (uid is not None and state.uid != uid):
        raise NotFound("There is no group with this code, or it has ended.")
    return state


def remember_member(request: Request, response: Response, member: Member) -> None:
    token = member_token(request.app.state.tokens, member)
    put_cookie(request, response, f"member-{member.code}", token, _MONTH)


def find_departed(request: Request, code: str) -> Member | None:
    """The member that this device was before it left, so that coming back makes no one new."""
    parts = _read(request, "member", code, read_cookie(request, f"left-{code}"))
    return Member(*parts) if len(parts) == 3 else None


def remember_departed(request: Request, response: Response, member: Member) -> None:
    put_cookie(request, response, f"left-{member.code}", member_token(request.app.state.tokens, member), _MONTH)


def remember_facilitator(request: Request, response: Response, code: str, uid: str) -> None:
    key = facilitator_key(request.app.state.tokens, code, uid)
    put_cookie(request, response, f"facilitator-{code}", key, _MONTH)
