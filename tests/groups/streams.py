"""Event streams: inside this process straight through the application, and over a socket to a server."""

import asyncio
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI
from starlette.types import Message

PATIENCE = 10.0


@dataclass(frozen=True)
class Event:
    """One message of a stream."""

    id: int | None
    data: Any
    name: str = "message"


class Feed:
    """Collects what a stream sends, and waits for parts of it."""

    def __init__(self) -> None:
        self.text = ""
        self.events: list[Event] = []
        self.comments = 0
        self.retry: int | None = None
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = False
        self._news = asyncio.Condition()
        self._rest = ""

    async def take(self, chunk: str) -> None:
        self.text += chunk
        self._rest += chunk
        *blocks, self._rest = self._rest.split("\n\n")
        for block in blocks:
            self._read(block)
        await self.tell()

    async def tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def finish(self) -> None:
        self.ended = True
        await self.tell()

    def _read(self, block: str) -> None:
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "" in fields:
            self.comments += 1
        if "data" in fields:
            number = int(fields["id"]) if "id" in fields else None
            self.events.append(Event(number, json.loads(fields["data"]), fields.get("event", "message")))

    async def until(self, there: Callable[["Feed"], bool], patience: float = PATIENCE) -> None:
        """Waits until it is so. The error says what came instead."""
        try:
            async with asyncio.timeout(patience), self._news:
                await self._news.wait_for(lambda: there(self))
        except TimeoutError:
            raise AssertionError(f"it did not come; the last was {self.text[-600:]!r}, ended: {self.ended}") from None

    async def event(self, wanted: Callable[[Any], bool] = lambda data: True, patience: float = PATIENCE) -> Event:
        """The newest message, once one comes whose data is as wanted."""
        await self.until(lambda feed: bool(feed.events) and wanted(feed.events[-1].data), patience)
        return self.events[-1]


class Reader(Feed):
    """A stream read inside this process."""

    def __init__(self, app: FastAPI, path: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._app = app
        address = urlsplit(path)
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": address.path,
            "raw_path": address.path.encode(),
            "query_string": address.query.encode(),
            "root_path": "",
            "headers": [(b"host", b"circles.test")]
            + [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
            "client": ("127.0.0.1", 1),
            "server": ("circles.test", 80),
            "state": {},
        }
        self._left = asyncio.Event()
        self._chunks: asyncio.Queue[str | None] = asyncio.Queue()

    async def __aenter__(self) -> "Reader":
        self._answering = asyncio.create_task(self._answer())
        self._reading = asyncio.create_task(self._read_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._left.set()
        async with asyncio.timeout(PATIENCE):
            await self._answering
            await self._reading

    async def _answer(self) -> None:
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            # The hub writes without waiting, so nothing here may wait either.
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
                return
            self._chunks.put_nowait(message.get("body", b"").decode())
            if not message.get("more_body", False):
                self._chunks.put_nowait(None)
                self._left.set()

        await self._app(self._scope, receive, send)
        self._chunks.put_nowait(None)

    async def _read_on(self) -> None:
        while (chunk := await self._chunks.get()) is not None:
            await self.take(chunk)
        await self.finish()


@dataclass
class Line:
    """A stream read over a connection of its own; `reconnects` as a browser does when it breaks off."""

    base_url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    verify: ssl.SSLContext | bool = True
    feed: Feed = field(default_factory=Feed)

    async def __aenter__(self) -> Feed:
        self._running = asyncio.create_task(self._run())
        return self.feed

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        timeout = httpx.Timeout(10, read=None)
        try:
            async with (
                httpx.AsyncClient(
                    base_url=self.base_url, timeout=timeout, verify=self.verify, trust_env=False
                ) as client,
                client.stream("GET", self.path, headers=dict(self.headers)) as answer,
            ):
                self.feed.status = answer.status_code
                self.feed.headers = dict(answer.headers)
                async for chunk in answer.aiter_text():
                    await self.feed.take(chunk)
        except httpx.TransportError:
            pass  # the server has gone
        await self.feed.finish()
