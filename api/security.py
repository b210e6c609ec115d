"""What every response carries and every request must satisfy: security headers and the cross-site check.

Pure ASGI: a `BaseHTTPMiddleware` here would cost three quarters of the throughput of the guess.
"""

from collections.abc import Mapping
from random import getrandbits
from time import perf_counter
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID, Tell
from api.problems import Forbidden, Problem, TooLarge, answer

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip

_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_NO_STORE = (b"cache-control", b"no-store")
_HSTS = (b"strict-transport-security", b"max-age=31536000")
_HSTS_SUBDOMAINS = (_HSTS[0], _HSTS[1] + b"; includeSubDomains")
# Where a long response finds the server's own `send`.
BARE_SEND = "three_circles.send"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Security:
    """Adds the headers, and refuses writes that another site sends with a visitor's cookies."""

    def __init__(
        self,
        app: ASGIApp,
        largest_body: int,
        public_url: str,
        uploads: Mapping[str, int] | None = None,
        tell: Tell | None = None,
        *,
        subdomains: bool = False,
    ) -> None:
        self.app = app
        self.tell = tell  # writes a line for each request
        self.largest_body = largest_body
        self.uploads = uploads or {}  # how paths begin that take larger bodies
        self.public_host = urlsplit(public_url).netloc
        stay = _HSTS_SUBDOMAINS if subdomains else _HSTS
        self.headers = [*_HEADERS, stay] if public_url.startswith("https://") else _HEADERS
        self.uncached_headers = [*self.headers, _NO_STORE]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        scope[BARE_SEND] = send
        # Always our own: behind a proxy that is believed nothing tells any more who has sent a header.
        scope[REQUEST_ID] = number = f"{getrandbits(64):016x}"  # no secret
        status, began = 0, perf_counter() if self.tell else 0.0

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                nonlocal status
                status = message["status"]
                own = message["headers"]
                kept = b"cache-control" in dict(own)
                common = self.headers if kept else self.uncached_headers
                message["headers"] = [*own, *common, (b"x-request-id", number.encode())]
            await send(message)

        try:
            if scope["method"] not in _SAFE and (problem := self._problem(dict(scope["headers"]), scope["path"])):
                await answer(Request(scope), problem)(scope, receive, send_with_headers)
            else:
                await self.app(scope, receive, send_with_headers)
        finally:
            # The server's `send` holds the scope. If each held the other, only the collector could free a request with
            # all that it carries, thousands at once: a tenth of a second in which nobody is answered.
            del scope[BARE_SEND]
            if self.tell:
                self.tell(scope, status, began)

    def _problem(self, headers: dict[bytes, bytes], path: str) -> Problem | None:
        if not self._same_site(headers):
            return Forbidden("The request came from another site. Open the page and try again.")
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > self.largest_body and int(length) > self._largest(path):
            return TooLarge("Please send something shorter.")
        return None

    def _largest(self, path: str) -> int:
        return max((most for start, most in self.uploads.items() if path.startswith(start)), default=self.largest_body)

    def _same_site(self, headers: dict[bytes, bytes]) -> bool:
        """Browsers name where a request comes from; what names nothing is no browser and carries no cookie."""
        if headers.get(b"authorization", b"")[:7].lower() == b"bearer ":  # no browser adds this by itself
            return True
        if site := headers.get(b"sec-fetch-site"):
            return site in (b"same-origin", b"none")
        if origin := headers.get(b"origin"):
            try:
                host = urlsplit(origin.decode("latin-1")).netloc
            except ValueError:  # half an address
                return False
            return bool(host) and host in (headers.get(b"host", b"").decode("latin-1"), self.public_host)
        return True
