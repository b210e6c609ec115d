"""Compressed answers: static files once and as small as they get, pages as they are made, event streams never.

The length of a compressed page tells something of what is in it to anyone who chooses other words there (BREACH). To
measure that, another site has a visitor's browser ask for the page again and again. So a page is compressed only where
the browser says that no other site made it ask: `Sec-Fetch-Site` is `same-origin`, or `none` for what people typed,
scanned or kept. No page can set that header.
"""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

import brotli
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TEXTS: Final = frozenset({".css", ".js", ".svg", ".txt", ".json"})  # fonts and pictures are compressed already
SMALLEST: Final = 1_000  # bytes: below, it is one packet anyway
_OURS: Final = frozenset({b"same-origin", b"none"})
_KINDS: Final = ("text/html", "application/json", "application/problem+json")
_LEVEL: Final = 5  # of gzip, for what is made again each time


def coding(scope: Scope, codings: tuple[str, ...] = ("br", "gzip")) -> str | None:
    """The first of `codings` that the client takes."""
    told = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1").lower()
    wanted = {}
    for part in told.split(","):
        name, _, rest = part.partition(";")
        wanted[name.strip()] = rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in codings if wanted.get(name)), None)


@lru_cache(maxsize=256)
def compressed(path: str, how: str, _etag: str) -> bytes:
    """A file as small as `how` makes it, kept until it changes or the process ends."""
    raw = Path(path).read_bytes()
    return brotli.compress(raw) if how == "br" else gzip.compress(raw, 9, mtime=0)


class CompressedPages:
    """Around everything else, which sees and counts what is not compressed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD" or not _may_be_smaller(scope):
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        parts: list[bytes] = []

        async def send_smaller(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_whole_text(message):
                start = message  # its length is known with its body
            elif start is None:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    body = gzip.compress(b"".join(parts), _LEVEL, mtime=0)
                    await send({**start, "headers": _told(start, len(body))})
                    await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, send_smaller)


def _told(start: Message, length: int) -> list[tuple[bytes, bytes]]:
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(length)
    headers.add_vary_header("Accept-Encoding")
    headers.add_vary_header("Sec-Fetch-Site")
    return headers.raw


def _may_be_smaller(scope: Scope) -> bool:
    ours = any(name == b"sec-fetch-site" and value in _OURS for name, value in scope["headers"])
    return ours and coding(scope, ("gzip",)) is not None


def _is_whole_text(start: Message) -> bool:
    """Whether this is text of a known length: what streams has none."""
    headers = {name.lower(): value for name, value in start["headers"]}
    kind = headers.get(b"content-type", b"").decode("latin-1")
    length = headers.get(b"content-length", b"")
    return (
        kind.startswith(_KINDS) and b"content-encoding" not in headers and length.isdigit() and int(length) >= SMALLEST
    )
