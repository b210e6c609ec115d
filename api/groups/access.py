"""Who is asking in a group: a member or the facilitator, by signed token.

| who         | token carries          | may                                                       |
| ----------- | ---------------------- | --------------------------------------------------------- |
| anyone      | –                      | join with the code; see the screen                        |
| member      | code, uid, a random id | see the state, vote, leave; see results once revealed     |
| facilitator | code, uid, a number    | lead the rounds, see results as the kind allows, end it   |

The `uid` is compared with the group's own, so a token of one group is worth nothing in another, nor in a later
group that happens to draw the same code. A facilitator's number is compared too: it goes up when the link is withdrawn.
The link is exchanged for a cookie that holds another value, so that no page, log or history shows what a cookie holds.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import Request, Response

from api.accounts.cookies import names_of_cookies, put_cookie, read_cookie
from api.accounts.learner import bearer
from api.accounts.tokens import Tokens, tokens_of
from api.groups.state import GroupState, read_state
from api.kit.errors import Ended, Forbidden, NotFound, Unauthorized
from api.persistence.dependencies import engine_of

DOOR: Final = "door"  # the purpose of a mark
_MONTH = 31 * 24 * 3600
_MOST_GROUPS = 20  # of one device that are looked up for its way back


@dataclass(frozen=True, slots=True)
class Member:
    """A phone in a group: `id` is random, and nothing else is known."""

    code: str
    uid: str
    id: str


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Anyone who holds the facilitator's link, or a cookie that it was exchanged for."""

    code: str
    uid: str
    leading: int


def member_token(tokens: Tokens, member: Member) -> str:
    return tokens.sign("member", f"{member.code}:{member.uid}:{member.id}")


def facilitator_key(tokens: Tokens, state: GroupState) -> str:
    """The secret of the facilitator's link."""
    return tokens.sign("facilitator", f"{state.code}:{state.uid}:{state.leading}")


def find_member(request: Request, code: str) -> Member | None:
    """The member of this group who asks, by bearer token or cookie."""
    parts = _read(request, "member", code, bearer(request) or read_cookie(request, f"member-{code}"))
    return Member(*parts) if len(parts) == 3 else None


def find_facilitator(request: Request, code: str, key: str | None = None) -> Facilitator | None:
    """Who holds a key of this group, by link, bearer token or cookie. Whether it was withdrawn, `require_led` knows."""
    token = key or bearer(request)
    if token is None and (token := read_cookie(request, f"facilitator-{code}")):
        parts = _read(request, "leading", code, token)
        if len(parts) == 4:
            return Facilitator(code, parts[1], int(parts[2]))
    # A cookie of before the exchange holds the key itself, and one of before it could be withdrawn no number.
    parts = _read(request, "facilitator", code, token)
    return Facilitator(code, parts[1], int(parts[2]) if len(parts) == 3 else 1) if len(parts) in (2, 3) else None


def _read(request: Request, purpose: str, code: str, token: str | None) -> list[str]:
    tokens = tokens_of(request)
    value = tokens.read(purpose, token) if token else None
    parts = value.split(":") if value else []
    return parts if parts and parts[0] == code else []


def require_member(request: Request, code: str) -> Member:
    if (member := find_member(request, code)) is None:
        raise Unauthorized("Join this group first, with its join code.")
    return member


def require_facilitator(request: Request, code: str) -> Facilitator:
    if (facilitator := find_facilitator(request, code)) is None:
        if find_member(request, code):
            raise Forbidden("Only the facilitator of this group can do this.")
        raise Unauthorized("Open your link to the facilitator view to run this group.")
    return facilitator


def require_led(request: Request, code: str) -> GroupState:
    """The state of the group that the asking facilitator leads, unless their link was withdrawn."""
    facilitator = require_facilitator(request, code)
    state = require_state(request, code, facilitator.uid)
    require_leading(state, facilitator)
    return state


def require_leading(state: GroupState, facilitator: Facilitator) -> None:
    """Raises Unauthorized for a link, or what it was exchanged for, that was withdrawn."""
    if state.leading != facilitator.leading:
        raise Unauthorized("This link was withdrawn. Ask the facilitator who withdrew it for the new link.")


def require_state(request: Request, code: str, uid: str | None = None) -> GroupState:
    """The group's state; NotFound when it has ended, or when `uid` belongs to another group of the same code."""
    state = read_state(engine_of(request), code)
    if state is None or (uid is not None and state.uid != uid):
        raise not_here(request, code)
    return state


def not_here(request: Request, code: str) -> NotFound:
    """What to tell anyone who asks for a group that is not there: those who were in it are told that it has ended."""
    part = request.url.path.rpartition("/")[2]
    leads, joined = find_facilitator(request, code) is not None, find_member(request, code) is not None
    if part == "screen" and (leads or joined or _is_marked(request, code)):
        return Ended("screen")
    if leads and not (joined and part in (code, "member", "guess", "check-in")):
        return Ended("console")
    if joined:
        return Ended("member")
    return NotFound("We cannot find this group. Check the code. If it is right, the group may have ended.")


def groups_led(request: Request) -> dict[str, Facilitator]:
    """The groups that this device leads, by code, as its cookies say. Whether they still go on, the database knows."""
    codes = names_of_cookies(request, "facilitator-")[:_MOST_GROUPS]
    return {code: found for code in codes if (found := find_facilitator(request, code))}


def groups_joined(request: Request) -> dict[str, Member]:
    """The groups that this device is a member of, by code, in the same way."""
    codes = names_of_cookies(request, "member-")[:_MOST_GROUPS]
    return {code: found for code in codes if (found := find_member(request, code))}


def door(request: Request, code: str) -> str:
    """What QR codes and links of the shared screen carry: anyone who has it does not guess codes."""
    tokens = tokens_of(request)
    return tokens.mark(DOOR, code)


def has_key(request: Request, code: str) -> bool:
    """Whether the asker was let in before, or comes by a link that was made here for this code."""
    return (
        _is_marked(request, code)
        or find_member(request, code) is not None
        or find_facilitator(request, code) is not None
    )


def _is_marked(request: Request, code: str) -> bool:
    mark = request.query_params.get("k", "") if request.scope["query_string"] else ""
    return tokens_of(request).is_marked(DOOR, code, mark)


def remember_member(request: Request, response: Response, member: Member) -> None:
    token = member_token(tokens_of(request), member)
    put_cookie(request, response, f"member-{member.code}", token, _MONTH)


def find_departed(request: Request, code: str) -> Member | None:
    """The member that this device was before it left, so that coming back makes no one new."""
    parts = _read(request, "member", code, read_cookie(request, f"left-{code}"))
    return Member(*parts) if len(parts) == 3 else None


def remember_departed(request: Request, response: Response, member: Member) -> None:
    put_cookie(request, response, f"left-{member.code}", member_token(tokens_of(request), member), _MONTH)


def remember_facilitator(request: Request, response: Response, state: GroupState) -> None:
    """Puts a token of this device's own in its cookie: the link's key is not in it."""
    tokens = tokens_of(request)
    token = tokens.sign("leading", f"{state.code}:{state.uid}:{state.leading}:{secrets.token_urlsafe(16)}")
    put_cookie(request, response, f"facilitator-{state.code}", token, _MONTH)
