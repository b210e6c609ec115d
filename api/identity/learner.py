"""A learner is a random id in a signed cookie or bearer token; nothing about the person is known."""

import secrets

from fastapi import Request, Response

from api.identity.tokens import Tokens
from api.problems import Unauthorized
from api.web import header

COOKIE = "learner"
_TWO_YEARS = 2 * 365 * 24 * 3600


def new_learner() -> str:
    """A fresh random id of 128 bits, 22 characters."""
    return secrets.token_urlsafe(16)


def token_for(request: Request, learner: str) -> str:
    tokens: Tokens = request.app.state.tokens
    return tokens.sign("learner", learner)


def bearer(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = header(request, b"authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def find_learner(request: Request) -> str | None:
    """Who is asking: by bearer token, else by cookie; None for somebody new or a token that is not ours."""
    token = bearer(request) or request.cookies.get(COOKIE)
    tokens: Tokens = request.app.state.tokens
    return tokens.read("learner", token) if token else None


def require_learner(request: Request) -> str:
    """Who is asking, or 401."""
    learner = find_learner(request)
    if learner is None:
        raise Unauthorized("Send a learner token: POST /api/v1/learners gives one, and asks nothing.")
    return learner


def remember(request: Request, response: Response, learner: str) -> None:
    """Puts the learner's token in a cookie that scripts cannot read and other sites cannot send along."""
    response.set_cookie(
        COOKIE,
        token_for(request, learner),
        max_age=_TWO_YEARS,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def is_https(request: Request) -> bool:
    return request.url.scheme == "https" or request.app.state.settings.public_url.startswith("https://")
