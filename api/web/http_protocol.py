"""Connections of clients that are silent, slow, endless or too many.

Uvicorn closes a connection that rests after an answer. It waits for ever for a request that has begun or is yet to
begin, keeps a header of any length, and takes connections until the system has no file descriptor left for the
database. A proxy in front guards against all of this; the product is also run without one.
"""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.web.rate_limit import networks

LARGEST_HEAD = 32 * 1024  # bytes of a request's first line and headers; a browser sends about one thousand
SLICE = LARGEST_HEAD // 2
LOOK_SECONDS = 5.0  # between two looks at a connection
# Looks at the same missing or unfinished head, after which no one waits any longer. A phone may lose it twice.
HEAD_LOOKS = 6
BODY_LOOKS = 12  # the same for a body
# The extension of a request's scope that holds its connection: to it a stream may write the chunks of its body itself,
# once its response has started without a length.
STREAM = "three_circles.stream"
RESERVE = 100  # file descriptors kept for the database, files, broker and refusals


def take_all_descriptors() -> None:
    """Raises this process's limit on open files to what it may have; systems start programs with about 1,000."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # only there

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):  # some systems say that there is no limit, and have one
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@cache
def most_connections() -> int:
    """How many connections are served; those above are told to come back later."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415  # only there

        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if limit != resource.RLIM_INFINITY:
            return limit - min(RESERVE, limit // 2)
    return sys.maxsize


def most_streams() -> int:
    """How many connections may be streams, half of them for one network; the rest stay free for pages and votes."""
    return most_connections() * 7 // 10


class BoundedHttpProtocol(HttpToolsProtocol):
    """Uvicorn's connection with bounds on time, length and number.

    Time is looked at from outside every few seconds, so that a request costs nothing more: anyone who owes us the same
    piece as before has not moved.
    """

    peers: ClassVar[Counter[str]] = Counter()  # connections by network
    bound_peers: ClassVar[bool] = False  # whether one network may have three quarters of them; not behind a proxy

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as Uvicorn has it
        super().connection_made(transport)
        self._extensions: dict[str, dict[object, object]] = {STREAM: {"transport": transport}}
        self._network = networks(self.client[0] if self.client else "local")[0]
        self.peers[self._network] += 1
        most = most_connections()
        if len(self.connections) > most or (self.bound_peers and self.peers[self._network] > most * 3 // 4):
            self.limit_concurrency = 0  # Uvicorn answers 503 and closes; anyone who is connected already is served
        self._begun: object = None
        self._head = 0
        self._owed: object = None
        self._looks = 0
        self._timer = self.loop.call_later(LOOK_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._extensions.clear()  # else the connection holds itself, and only the collector could free it
        self.peers[self._network] -= 1
        if not self.peers[self._network]:
            del self.peers[self._network]
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def data_received(self, data: bytes) -> None:
        if len(data) <= SLICE:
            self._feed(data)
            return
        for start in range(0, len(data), SLICE):  # so that a head that comes all at once is counted too
            if not self.transport.is_closing():
                self._feed(data[start : start + SLICE])

    def _feed(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_is_whole() or self._begun is not self.scope:
            self._begun, self._head = self.scope, 0  # what came along with the end of another request is not counted
            return
        self._head += len(data)
        if self._head >= LARGEST_HEAD and not self.transport.is_closing():
            self.refuse(
                431, "The headers of this request are too long. In a browser, deleting this site's cookies helps."
            )

    def _head_is_whole(self) -> bool:
        """Whether the last request that began has become one. Each has a scope of its own."""
        return self.cycle is not None and self.cycle.scope is self.scope

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        owed, patience = self._what_is_owed()
        self._looks = self._looks + 1 if owed is not None and owed == self._owed else 1
        self._owed = owed
        if owed is None or self._looks <= patience:
            self._timer = self.loop.call_later(LOOK_SECONDS, self._look)
        elif patience == BODY_LOOKS or (self.scope is not None and not self._head_is_whole()):
            self.refuse(408, "The rest of this request did not arrive. Please send it again.")
        else:
            self.transport.close()  # nothing had begun

    def _what_is_owed(self) -> tuple[object, int]:
        """What the client has yet to send, if it is its turn, and at how many looks it may be the same."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return (cycle, "head"), HEAD_LOOKS
        return ((cycle, "body"), BODY_LOOKS) if cycle.more_body else (None, 0)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # Uvicorn's words are for its log
        self.refuse(400, "This is not a valid HTTP request.")

    def refuse(self, status: int, detail: str) -> None:
        """Tells why, below the application, and closes."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            title = HTTPStatus(status).phrase
            problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": []}
            body = json.dumps(problem).encode()
            head = b"content-type: application/problem+json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        self.transport.close()
