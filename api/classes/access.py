"""Who asks about a class: limits on guessing codes, and the note on a device that its learner is in one."""

from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from api.accounts.cookies import put_cookie, read_cookie
from api.accounts.models import Trainer
from api.accounts.tokens import tokens_of
from api.accounts.trainer import find_trainer
from api.classes.service import ClassInfo
from api.kit.join_codes import normalise
from api.persistence.engine import now
from api.web.rate_limit import wrong_codes

# Nothing is decided by this cookie but whether an outcome asks for the class's part: a guess reads no table for it.
COOKIE = "in-class"
_LINK: Final = "class-link"  # the purpose of a mark


async def limit_wrong_codes(
    request: Request, code: str, trainer: Annotated[Trainer | None, Depends(find_trainer)], k: str = ""
) -> AsyncIterator[None]:
    """Counts the codes that open nothing: a trainer's by themselves, others by network. Those of a link are none."""
    who = f"trainer {trainer.id}" if trainer else ""
    async with nullcontext() if came_by_link(request, code, k) else wrong_codes(request, "class", who):
        yield


def link_mark(request: Request, code: str) -> str:
    """What the link and QR code of a class carry: anyone who has it does not guess codes."""
    tokens = tokens_of(request)
    return tokens.mark(_LINK, code)


def came_by_link(request: Request, typed: str, mark: str) -> bool:
    """Whether the mark was made here for this code."""
    tokens = tokens_of(request)
    return bool(mark) and tokens.is_marked(_LINK, normalise(typed), mark)


def remember_class(request: Request, response: Response, found: ClassInfo) -> None:
    left = max(0, int((found.closes_at - now()).total_seconds()))
    put_cookie(request, response, COOKIE, "1", left)


def is_in_class(request: Request) -> bool:
    """Whether this device has noted a class; anyone who asks for its part is looked up then."""
    return read_cookie(request, COOKIE) is not None
