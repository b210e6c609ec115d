"""Who asks about a class: limits on guessing codes, and the note on a device that its learner is in one."""

from collections.abc import AsyncIterator

from fastapi import Request, Response

from api.classes.service import Known
from api.db import now
from api.identity.cookies import put_cookie, read_cookie
from api.problems import NotFound
from api.ratelimit import WRONG_CODES_PER_ADDRESS, Limiter, address

# Nothing is decided by this cookie but whether an outcome asks for the class's part: a guess reads no table for it.
COOKIE = "in-class"


async def limit_wrong_codes(request: Request) -> AsyncIterator[None]:
    """Counts the codes that open nothing; a class behind one address joins with a right one."""
    limiter: Limiter = request.app.state.limiter
    await limiter.check(WRONG_CODES_PER_ADDRESS, "class", address(request))
    try:
        yield
    except NotFound:
        await limiter.take(WRONG_CODES_PER_ADDRESS, "class", address(request))
        raise


def remember_class(request: Request, response: Response, found: Known) -> None:
    left = max(0, int((found.closes_at - now()).total_seconds()))
    put_cookie(request, response, COOKIE, "1", left)


def is_in_class(request: Request) -> bool:
    """Whether this device has noted a class; whoever asks for its part is looked up then."""
    return read_cookie(request, COOKIE) is not None
