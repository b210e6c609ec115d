"""One way to an institution and back, bound to the browser that began it by a signed cookie.

Nothing of it is kept here, so that a flood of beginnings leaves nothing behind. State, nonce and verifier are worked
out from the cookie with our key: who reads the cookie knows none of them.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, Literal, cast, get_args

from fastapi import Request, Response

from api.accounts.cookies import drop_cookie, put_cookie, read_cookie
from api.accounts.institutions import Transaction
from api.accounts.tokens import tokens_of
from api.persistence.engine import now
from api.web.rendering import base_url

COOKIE = "at-institution"
SECONDS: Final = 15 * 60
_PURPOSE: Final = "institution"

Aim = Literal["sign-in", "join", "confirm"]


@dataclass(frozen=True, slots=True)
class Begun:
    """What someone went to an institution for. `about` is the invitation to accept or the page to come back to."""

    token: str
    aim: Aim
    about: str
    transaction: Transaction

    @property
    def ends_at(self) -> datetime:
        """After this the cookie is worth nothing."""
        return now() + timedelta(seconds=SECONDS)


def begin(request: Request, provider: str, aim: Aim, about: str) -> Begun:
    """A new way to an institution; to be kept with `keep`."""
    fitting = about.replace("/", ":")  # a cookie has no room for a slash
    token = tokens_of(request).sign_timed(_PURPOSE, f"{provider}|{aim}|{fitting}|{secrets.token_urlsafe(16)}")
    return _begun(request, provider, token, aim, about)


def keep(request: Request, response: Response, begun: Begun) -> None:
    """It takes the place of one that this browser has begun before."""
    put_cookie(request, response, COOKIE, begun.token, SECONDS)


def come_back(request: Request, provider: str, state: str) -> Begun | None:
    """What this browser went to this institution for; None where the way back is not that of its way there."""
    token = read_cookie(request, COOKIE)
    value = tokens_of(request).read_timed(_PURPOSE, token, SECONDS) if token else None
    parts = (value or "").split("|")
    if token is None or len(parts) != 4 or parts[0] != provider or parts[1] not in get_args(Aim):
        return None
    begun = _begun(request, provider, token, cast(Aim, parts[1]), parts[2].replace(":", "/"))
    return begun if compare_digest(begun.transaction.state.encode(), state.encode("utf-8", "surrogatepass")) else None


def forget(request: Request, response: Response) -> None:
    drop_cookie(request, response, COOKIE)


def _begun(request: Request, provider: str, token: str, aim: Aim, about: str) -> Begun:
    def derived(purpose: str) -> str:
        return tokens_of(request).mark(f"institution-{purpose}", token)

    redirect = f"{base_url(request)}/trainers/sign-in/{provider}/back"
    verifier = derived("verifier-1") + derived("verifier-2")  # 44 characters; the standard asks for 43
    return Begun(token, aim, about, Transaction(redirect, derived("state"), derived("nonce"), verifier))
