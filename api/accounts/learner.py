"""A learner is a random id in a signed cookie or bearer token; nothing about the person is known."""

import secrets

from fastapi import Request, Response

from api.accounts.cookies import put_cookie, read_cookie, read_earlier_cookie
from api.accounts.tokens import tokens_of
from api.kit.errors import Unauthorized
from api.web.rendering import header

COOKIE = "learner"
_TWO_YEARS = 2 * 365 * 24 * 3600


def new_learner() -> str:
    """A fresh random id of 128 bits, 22 characters."""
    return secrets.token_urlsafe(16)


def token_for(request: Request, learner: str) -> str:
    tokens = tokens_of(request)
    return tokens.sign("learner", learner)


def bearer(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = header(request, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def find_learner(request: Request) -> str | None:
    """Who is asking: by bearer token, else by cookie; None for someone new or a token that is not ours."""
    token = bearer(request) or read_cookie(request, COOKIE)
    tokens = tokens_of(request)
    return tokens.read("learner", token) if token else None


def earlier_learner(request: Request) -> str | None:
    """The learner of a cookie from before the prefix, where no one else is known here; not yet who is asking."""
    if find_learner(request) is not None or (token := read_earlier_cookie(request, COOKIE)) is None:
        return None
    tokens = tokens_of(request)
    return tokens.read("learner", token)


def require_learner(request: Request) -> str:
    """Who is asking, or 401."""
    learner = find_learner(request)
    if learner is None:
        raise Unauthorized("Send a learner token. POST /api/v1/learners creates one and needs no details.")
    return learner


def remember(request: Request, response: Response, learner: str) -> None:
    """Puts the learner's token in a cookie."""
    put_cookie(request, response, COOKIE, token_for(request, learner), _TWO_YEARS)


def renew(request: Request, response: Response) -> None:
    """Gives a learner's cookie anew whose token an earlier key signed, so that the key can be forgotten one day."""
    tokens = tokens_of(request)
    token = read_cookie(request, COOKIE)
    learner = tokens.read("learner", token) if token else None
    if token and learner and not tokens.is_newest("learner", token):
        remember(request, response, learner)
