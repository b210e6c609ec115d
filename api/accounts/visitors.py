"""Someone whom an institution has vouched for and no one here knows yet, until they say who they are here.

The cookie that carries them is signed and lasts ten minutes; nothing about them is kept before they have said so.
"""

from typing import Final

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from api.accounts.cookies import drop_cookie, put_cookie, read_cookie
from api.accounts.identities import Visitor
from api.accounts.tokens import tokens_of
from api.kit.encoding import from_text, to_text

COOKIE = "visitor"
SECONDS: Final = 10 * 60
_PURPOSE: Final = "visitor"
_LONGEST: Final = 3000  # characters: an address, a number, a name in any script, and their signature
_VISITOR: Final = TypeAdapter(Visitor)


def remember_visitor(request: Request, response: Response, visitor: Visitor) -> None:
    value = to_text(_VISITOR.dump_json(visitor))
    put_cookie(request, response, COOKIE, tokens_of(request).sign_timed(_PURPOSE, value), SECONDS)


def find_visitor(request: Request) -> Visitor | None:
    token = read_cookie(request, COOKIE)
    value = tokens_of(request).read_timed(_PURPOSE, token, SECONDS, _LONGEST) if token else None
    try:
        return _VISITOR.validate_json(from_text(value)) if value else None
    except ValidationError:  # of another version of this product
        return None


def forget_visitor(request: Request, response: Response) -> None:
    drop_cookie(request, response, COOKIE)
