"""Cookies that no script reads, no other site sends along and, behind https, no neighbouring domain can plant.

Behind https every name begins with `__Host-`: browsers take such a cookie only from this very host, and only if it is
secure and for all paths. There no other name says who is asking.
"""

from datetime import date
from typing import Final

from fastapi import Request, Response

from api.persistence.engine import now
from api.web.dependencies import settings_of

PREFIX: Final = "__Host-"
TRIAL: Final = "keeps-cookies"
_FOUND: Final = "three_circles.cookies"

# Servers before the prefix gave cookies without it. Until this day a learner is asked whether such a cookie is theirs.
EARLIER_NAMES_END: Final = date(2027, 3, 1)


def is_https(request: Request) -> bool:
    settings = settings_of(request)
    return bool(request.scope["scheme"] == "https") or settings.public_url.startswith("https://")


def read_cookie(request: Request, name: str) -> str | None:
    """The value of one of our cookies, or None. Behind https one without the prefix is none of ours."""
    if (found := _cookies(request).get(PREFIX + name)) is not None or is_https(request):
        return found
    return _cookies(request).get(name)


def read_earlier_cookie(request: Request, name: str) -> str | None:
    """The value of a cookie from before the prefix, behind https and until EARLIER_NAMES_END.

    A neighbouring domain may have planted it, to read what someone answers in its name. So it counts for nothing until
    anyone who sits there has seen what it leads to and said that this is theirs.
    """
    if not is_https(request) or now().date() >= EARLIER_NAMES_END:
        return None
    return _cookies(request).get(name)


def names_of_cookies(request: Request, prefix: str) -> list[str]:
    """What comes after `prefix` in the names of the cookies that the browser sent, each once, in their order."""
    wanted = (PREFIX if is_https(request) else "") + prefix
    names = (name for name in request.cookies if name.startswith(wanted))
    return list(dict.fromkeys(name.removeprefix(wanted) for name in names))


def put_cookie(request: Request, response: Response, name: str, value: str, max_age: int) -> None:
    """Sets one of our cookies for so many seconds."""
    https = is_https(request)
    response.set_cookie(
        f"{PREFIX}{name}" if https else name, value, max_age=max_age, httponly=True, samesite="lax", secure=https
    )


def try_cookies(request: Request, response: Response) -> None:
    """Sets a cookie that says nothing, to see whether the browser brings it back."""
    put_cookie(request, response, TRIAL, "yes", 3600)


def keeps_no_cookies(request: Request) -> bool:
    """Whether a browser that was given a cookie has come back without any."""
    is_browser = "origin" in request.headers or "sec-fetch-site" in request.headers
    return is_browser and not _cookies(request)


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Takes one of our cookies away, under either name."""
    if is_https(request):
        response.delete_cookie(PREFIX + name, httponly=True, samesite="lax", secure=True)
    response.delete_cookie(name, httponly=True, samesite="lax", secure=is_https(request))


def _cookies(request: Request) -> dict[str, str]:
    """Every cookie of the request by its name, of those with the same name the first; worked out once."""
    found: dict[str, str] | None = request.scope.get(_FOUND)
    if found is None:
        found = request.scope[_FOUND] = {}
        for header, line in request.scope["headers"]:
            if header == b"cookie":
                for pair in line.split(b";"):
                    # The framework would also strip what Unicode calls a blank: before the prefix it hides it from the
                    # browser, which then lets a neighbouring domain plant the cookie.
                    name, _, value = pair.partition(b"=")
                    found.setdefault(name.strip(b" \t").decode("latin-1"), value.strip(b" \t").decode("latin-1"))
    return found
