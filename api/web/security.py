"""What every response carries and every request must satisfy: security headers and the cross-site check.

Pure ASGI: a `BaseHTTPMiddleware` here would cost three quarters of the throughput of the guess.
"""

from collections.abc import Mapping
from random import getrandbits
from time import perf_counter
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.kit.errors import Forbidden, Problem, TooLarge
from api.observability.logs import REQUEST_ID, Tell
from api.web.problems import BadHost, answer

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
# Says that a response is our own, and how long its body is: scripts put nothing else into the page (connection.js).
MARK = b"three-circles"
_HSTS_SUBDOMAINS = (_HSTS[0], _HSTS[1] + b"; includeSubDomains")
LONGEST_HOST = 255  # bytes; longer names do not exist
_ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
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
        behind_proxy: bool = False,
        subdomains: bool = False,
    ) -> None:
        self.app = app
        self.tell = tell  # writes a line for each request
        self.largest_body = largest_body
        self.uploads = uploads or {}  # how paths begin that take larger bodies
        self.public_url = public_url
        self.public_host = urlsplit(public_url).netloc
        self.own_hosts = _spellings(public_url)
        self.behind_proxy = behind_proxy
        stay = _HSTS_SUBDOMAINS if subdomains else _HSTS
        self.headers = [*_HEADERS, stay] if public_url.startswith("https://") else _HEADERS
        self.uncached_headers = [*self.headers, _NO_STORE]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        # Always our own: behind a proxy that is believed nothing tells any more who has sent a header.
        scope[REQUEST_ID] = number = f"{getrandbits(64):016x}"  # no secret
        status, began = 0, perf_counter() if self.tell else 0.0

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                nonlocal status
                status = message["status"]
                own = message["headers"]
                named = dict(own)
                common = self.headers if b"cache-control" in named else self.uncached_headers
                mark = (MARK, named.get(b"content-length", b""))
                message["headers"] = [*own, *common, mark, (b"x-request-id", number.encode())]
            await send(message)

        try:
            if (problem := self._wrong_host(scope)) or (
                scope["method"] not in _SAFE and (problem := self._problem(dict(scope["headers"]), scope["path"]))
            ):
                await answer(Request(scope), problem)(scope, receive, send_with_headers)
            else:
                await self.app(scope, receive, send_with_headers)
        finally:
            if self.tell:
                self.tell(scope, status, began)

    def _wrong_host(self, scope: Scope) -> Problem | None:
        """Links and QR codes name the host, so it is of a length that exists, and PUBLIC_URL's own where that is set.

        What a proxy that is believed has passed on may name the server as the proxy does; Uvicorn then knows no port of
        the client. Health checks and figures come from the machine itself.
        """
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if host in self.own_hosts:
            return None
        if len(host) > LONGEST_HOST:
            return BadHost("The host name in the request is too long.")
        if not self.own_hosts or scope["path"] in _ANY_HOST or not host:
            return None
        if self.behind_proxy and scope["client"] and not scope["client"][1]:
            return None
        told = host.decode("latin-1").partition(":")[0][:60]
        if host.lower() in self.own_hosts:
            return None
        return BadHost(
            f"This site is set up as {self.public_host}, but it was opened as {told}. Open {self.public_url} instead. "
            "If you run this site, set THREE_CIRCLES_PUBLIC_URL to the address that people type."
        )

    def _problem(self, headers: dict[bytes, bytes], path: str) -> Problem | None:
        if not self._same_site(headers):
            return Forbidden("This request came from another website. Open the page here and try again.")
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


def _spellings(public_url: str) -> frozenset[bytes]:
    """The host of an address as browsers and programs may write it: with and without the port that goes unsaid."""
    parts = urlsplit(public_url)
    host = parts.netloc.lower()
    if not host:
        return frozenset()
    usual = ":443" if parts.scheme == "https" else ":80"
    bare = host.removesuffix(usual)
    said = {bare, bare + usual} if bare != host or parts.port is None else {host}
    return frozenset(name.encode() for name in said)
