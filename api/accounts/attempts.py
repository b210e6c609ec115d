"""How often someone may try to sign in, so that guessing is slow and no one can keep someone else out by it.

Strangers are counted by network, by name and network, and by name over all networks. A device on which a name has
signed in before carries a signed cookie and is counted by itself: what strangers try does not touch it.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Form, Request, Response

from api.accounts.cookies import put_cookie, read_cookie
from api.accounts.names import LONGEST_NAME, name_key
from api.accounts.tokens import tokens_of
from api.web.rate_limit import (
    SIGN_INS_PER_ADDRESS,
    SIGN_INS_PER_DEVICE,
    SIGN_INS_PER_NAME,
    SIGN_INS_PER_NAME_EVERYWHERE,
    address,
    take,
    take_from,
)

COOKIE = "device"
_PURPOSE = "signed-in-device"
_YEAR = 365 * 24 * 3600


async def take_sign_in(request: Request, name: str) -> None:
    """Counts a try with this name. Raises TooMany."""
    name = _counted(name)
    if device := known_device(request, name):
        await take(request, SIGN_INS_PER_DEVICE, device)
        return
    await take_from(request, SIGN_INS_PER_ADDRESS)
    await take(request, SIGN_INS_PER_NAME, name, address(request))
    await take(request, SIGN_INS_PER_NAME_EVERYWHERE, name)


async def limit_sign_in(request: Request, name: Annotated[str, Form(max_length=200)] = "") -> None:
    """A dependency of forms with a name and a password."""
    await take_sign_in(request, name)


async def in_turn(request: Request) -> AsyncIterator[None]:
    """A dependency that lets few requests with passwords be worked on side by side; the others wait without a thread.

    Else a flood would have every thread make pages of refusals, and all other pages would wait for their turn.
    """
    async with request.app.state.limiter.passwords:
        yield


def known_device(request: Request, name: str) -> str | None:
    """The device's own number, when this name was the last to sign in on it."""
    tokens = tokens_of(request)
    token = read_cookie(request, COOKIE)
    device, _, whose = ((tokens.read(_PURPOSE, token) if token else None) or "").partition(":")
    return device if whose == _fingerprint(_counted(name)) else None


def remember_device(request: Request, response: Response, name: str) -> None:
    """Puts the device's number and a hash of the name in a cookie; the name itself is not readable in it."""
    tokens = tokens_of(request)
    device = known_device(request, name) or secrets.token_urlsafe(16)
    put_cookie(request, response, COOKIE, tokens.sign(_PURPOSE, f"{device}:{_fingerprint(_counted(name))}"), _YEAR)


def _counted(name: str) -> str:
    """What is counted of a name as it was typed: a longer one belongs to no account."""
    return name_key(name)[: LONGEST_NAME + 1]


def _fingerprint(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
