"""Cookies that no script reads, no other site sends along and, behind https, no neighbouring domain can plant.

Behind https every name begins with `__Host-`: browsers take such a cookie only from this very host, and only if it is
secure and for all paths. The names before that prefix are still read, except where `strict` says that a planted cookie
would do harm.
"""

from fastapi import Request, Response

from api.settings import Settings

PREFIX = "__Host-"


def is_https(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return bool(request.scope["scheme"] == "https") or settings.public_url.startswith("https://")


def read_cookie(request: Request, name: str, *, strict: bool = False) -> str | None:
    """The value of one of our cookies, or None."""
    cookies = request.cookies
    if not cookies:
        return None
    if (found := cookies.get(PREFIX + name)) is not None:
        return found
    return None if strict and is_https(request) else cookies.get(name)


def put_cookie(request: Request, response: Response, name: str, value: str, max_age: int) -> None:
    """Sets one of our cookies for so many seconds."""
    https = is_https(request)
    response.set_cookie(
        f"{PREFIX}{name}" if https else name, value, max_age=max_age, httponly=True, samesite="lax", secure=https
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Takes one of our cookies away, under either name."""
    if is_https(request):
        response.delete_cookie(PREFIX + name, httponly=True, samesite="lax", secure=True)
    response.delete_cookie(name, httponly=True, samesite="lax", secure=is_https(request))
