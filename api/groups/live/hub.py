"""Live updates: each change is read once, rendered once for each kind of reader, and offered to every stream.

A message is the whole present state, so a stream that could not take one simply gets the next. Nothing is queued
for a slow reader, and no reader waits for another.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import uniform
from time import monotonic
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from api.groups.live.broker import Broker
from api.groups.state import GroupState, OwnVote, Votes, read_states, read_votes
from api.kit.errors import Busy
from api.observability.metrics import Metrics
from api.web.http_protocol import STREAM, most_streams
from api.web.load_shedding import LoadShedder
from api.web.problems import answer
from api.web.rate_limit import Limiter, address

PUSH_SECONDS = 0.25  # at most four updates a second
SLOW_PUSH_SECONDS = 1.0  # at most one, while answers wait
HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 2.0  # how old what is seen may be while the broker is away
STALE_SECONDS = 60.0  # a stream that takes nothing for so long is dropped
YIELD_EVERY = 200  # streams written before other work gets its turn

_FULL = "The server is busy and cannot update this page live. The page will try again automatically."
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

Renderer = Callable[[GroupState, OwnVote | None], bytes]

log = structlog.get_logger()


class Chunk:
    """A piece of a stream, with its length before it as HTTP/1.1 sends it: made once for all who get it."""

    __slots__ = ("framed", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self.framed = b"%x\r\n%b\r\n" % (len(plain), plain)


_BEAT = Chunk(b": \n\n")
# Pages hear theirs: one that hears nothing knows that something on the way holds the stream back.
_PAGE_BEAT = Chunk(b"event: beat\ndata: {}\n\n")


class Stream:
    """One reader. What its connection does not take at once is not written at all.

    Where the server names its connection the same bytes are written straight to it, so that thousands who are behind
    hold one copy of a message between them. Elsewhere `send` is stepped by hand.
    """

    __slots__ = (
        "behind_since", "dropped", "kind", "leading", "member", "send", "task", "transport", "version", "written_at"
    )  # fmt: skip

    def __init__(self, scope: Scope, send: Send, kind: str, member: str | None, leading: int | None = None) -> None:
        self.send = send
        self.transport: asyncio.Transport | None = scope.get("extensions", {}).get(STREAM, {}).get("transport")
        self.kind = kind
        self.member = member
        self.leading = leading  # a facilitator's ends when their link is withdrawn
        self.version = -1
        self.behind_since: float | None = None
        self.written_at = monotonic()
        self.task = asyncio.current_task()
        self.dropped = False

    def drop(self) -> None:
        """Ends a stream that takes nothing: its connection is closed."""
        self.dropped = True
        if self.task:
            self.task.cancel()

    def offer(self, chunk: Chunk, moment: float) -> bool:
        """Writes the chunk if the connection takes it now."""
        if self.transport is None:
            taken = self._step(chunk.plain, more=True)
        elif taken := not self.transport.get_write_buffer_size() and not self.transport.is_closing():
            self.transport.write(chunk.framed)
        if taken:
            self.behind_since = None
            self.written_at = moment
        else:
            self.behind_since = self.behind_since or moment
        return taken

    def end(self, last: bytes = b"") -> bool:
        """Writes what is last and ends the response, if the connection takes it now."""
        return self._step(last, more=False)

    def _step(self, data: bytes, *, more: bool) -> bool:
        """Uvicorn waits before it writes, never halfway."""
        step: Coroutine[Any, Any, None] = self.send(  # type: ignore[assignment]
            {"type": "http.response.body", "body": data, "more_body": more}
        )
        try:
            step.send(None)
        except StopIteration:
            return True
        except OSError:  # the connection has just gone; its own task sees it
            return False
        step.close()
        return False


@dataclass(slots=True)
class _Live:
    """A group with streams in this process."""

    streams: set[Stream] = field(default_factory=set)
    read: bool = False
    state: GroupState | None = None
    votes: Votes = field(default_factory=dict)


class Hub:
    """The streams of this process, and what their groups last looked like."""

    def __init__(
        self, engine: Engine, broker: Broker, renderers: Mapping[str, Renderer], metrics: Metrics, pressure: LoadShedder
    ) -> None:
        self._engine = engine
        self._broker = broker
        self._renderers = renderers
        self._metrics = metrics
        self._pressure = pressure
        self._groups: dict[str, _Live] = {}
        self._streams = 0  # open, or about to be
        self._networks: Counter[str] = Counter()  # and of which networks
        self._changed: dict[str, float] = {}  # and since when, on the monotonic clock
        self._to_publish: set[str] = set()
        self._wake = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Starts pushing and listening on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._tasks = [
            self._loop.create_task(self._push_for_ever()),
            self._loop.create_task(self._broker.listen(self._hear, self._hear_all)),
        ]

    @property
    def open_streams(self) -> int:
        return sum(len(live.streams) for live in self._groups.values())

    def has_room(self, network: str | None) -> bool:
        """Whether one more stream fits: of all, and of this network where it is named."""
        most = most_streams()
        return self._streams < most and (network is None or self._networks[network] < most // 2)

    @contextmanager
    def counted(self, network: str) -> Iterator[None]:
        """Counts a stream of this network for as long as it is open."""
        self._streams += 1
        self._networks[network] += 1
        try:
            yield
        finally:
            self._streams -= 1
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]

    @property
    def hears(self) -> bool:
        """Whether changes of other processes are heard as they happen."""
        return self._broker.connected

    def changed(self, code: str) -> None:
        """A group has changed here; may be called from any thread."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self.mark, code)

    def mark(self, code: str) -> None:
        """The same, from the event loop itself: to wake it would cost each vote a system call."""
        self._to_publish.add(code)
        self._hear(code)

    def _hear(self, code: str) -> None:
        if code in self._groups:
            self._changed.setdefault(code, monotonic())
        self._wake.set()

    def _hear_all(self) -> None:
        """The broker is back: what it would have told in the meantime is looked up."""
        self._look_at_all()
        self._wake.set()

    def _look_at_all(self) -> None:
        self._changed = dict.fromkeys(self._groups, monotonic()) | self._changed

    def end_streams_soon(self) -> None:
        """Ends every stream, so that a server told to stop can; may be called from a signal handler."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._end_streams)

    def _end_streams(self) -> None:
        self._closing = True
        for live in self._groups.values():
            for stream in list(live.streams):
                if not stream.end():
                    stream.drop()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broker.close()

    async def follow(self, stream: Stream, code: str, receive: Receive) -> None:
        """Serves a stream until its reader leaves or the server stops."""
        live = self._groups.setdefault(code, _Live())
        live.streams.add(stream)
        self._hear(code)
        try:
            while not self._closing and (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not stream.dropped:
                raise
        finally:
            live.streams.discard(stream)
            if not live.streams and self._groups.get(code) is live:
                del self._groups[code]

    async def _push_for_ever(self) -> None:
        polled = beaten = due = monotonic()
        late = 0.0
        while True:
            try:
                async with asyncio.timeout(PUSH_SECONDS * 2):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            moment = monotonic()
            if not self._broker.connected and moment - polled > POLL_SECONDS:
                polled = moment
                self._look_at_all()
            await self._push()
            if moment - beaten > HEARTBEAT_SECONDS / 3:
                beaten = moment
                self._beat(moment)
            # From when it was due, not from when it was done: else four changes a second would wait longer each time,
            # until two go together.
            pause = SLOW_PUSH_SECONDS if self._pressure.slows_streams(late) else PUSH_SECONDS
            due = max(due, moment - pause) + pause
            ready = max(due, monotonic())
            await asyncio.sleep(ready - monotonic())
            late = monotonic() - ready

    async def _push(self) -> None:
        to_publish, self._to_publish = self._to_publish, set()
        if to_publish and not await self._broker.publish(to_publish):
            self._to_publish |= to_publish  # until the broker is back
        codes, self._changed = self._changed, {}
        behind = {
            c: live for c, live in self._groups.items() if live.read and any(s.behind_since for s in live.streams)
        }
        groups = {code: self._groups[code] for code in codes if code in self._groups}
        if groups:
            try:
                await asyncio.to_thread(self._read, groups)
            except SQLAlchemyError as error:
                log.warning("live_read_failed", error=type(error).__name__)
                self._changed |= codes  # since when they wait stays known
                return
        for code, live in (behind | groups).items():
            if self._groups.get(code) is live:
                if await self._offer(live) and code in codes:
                    self._metrics.lag.observe(monotonic() - codes[code])
            else:  # its last reader left meanwhile, and the next one came
                self._hear(code)

    def _read(self, groups: dict[str, "_Live"]) -> None:
        """Brings the groups' states up to date, with the votes stored since the last look."""
        since: dict[int, int] = {}
        with self._engine.connect() as connection:
            states = read_states(connection, list(groups))
            for code, live in groups.items():
                state, known = states.get(code), live.state
                if state is not None and state.round is not None:
                    same = known is not None and known.round is not None and known.round.id == state.round.id
                    since[state.round.id] = known.version if same and known is not None else -1
            votes = read_votes(connection, since)
        for code, live in groups.items():
            live.read = True
            state = live.state = states.get(code)
            fresh = votes.get(state.round.id, {}) if state and state.round else {}
            again = state is None or state.round is None or since[state.round.id] == -1
            live.votes = fresh if again else live.votes | fresh

    async def _offer(self, live: _Live) -> int:
        """Offers the present state to the group's streams that have not had it; says how many took it."""
        state = live.state
        if state is None:
            for stream in list(live.streams):
                stream.end(b"event: ended\ndata: {}\n\n")
            return 0
        number = state.ballot
        chunks: dict[tuple[str, OwnVote | None], Chunk] = {}
        moment = monotonic()
        taken = passed_over = 0
        for count, stream in enumerate(list(live.streams)):
            if stream.version == state.version:
                continue
            if stream.leading not in (None, state.leading):
                stream.end()  # it comes back, and is told that its link was withdrawn
                continue
            own = live.votes.get((number, stream.member)) if stream.member else None
            if (chunk := chunks.get((stream.kind, own))) is None:
                data = self._renderers[stream.kind](state, own)
                chunk = chunks[stream.kind, own] = Chunk(b"id: %d\ndata: %b\n\n" % (state.version, data))
            if stream.offer(chunk, moment):
                stream.version = state.version
                taken += 1
            else:
                passed_over += 1
            if count % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
        if passed_over:
            self._metrics.passed_over.inc(passed_over)
        return taken

    def _beat(self, moment: float) -> None:
        """Keeps quiet connections open through proxies, and drops those that take nothing."""
        for live in self._groups.values():
            for stream in list(live.streams):
                if stream.behind_since and moment - stream.behind_since > STALE_SECONDS:
                    stream.drop()
                    self._metrics.dropped.inc()
                elif moment - stream.written_at > HEARTBEAT_SECONDS * 2 / 3:
                    stream.offer(_BEAT if stream.kind == "json" else _PAGE_BEAT, moment)


class EventStream(Response):
    """The response of a stream; no session or connection of the database is held while it is open.

    Where there are too many already it is refused: pages then look again by themselves every few seconds.
    """

    def __init__(
        self, request: Request, code: str, kind: str, member: str | None = None, leading: int | None = None
    ) -> None:
        super().__init__()
        self._hub: Hub = request.app.state.hub
        self._limiter: Limiter = request.app.state.limiter
        self._network = address(request)
        self._code, self._kind, self._member, self._leading = code, kind, member, leading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._hub.has_room(self._network if self._limiter.enabled else None):
            self._limiter.strikes.note("streams")
            await answer(Request(scope), Busy(_FULL))(scope, receive, send)
            return
        with self._hub.counted(self._network):
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # Each reader waits for another time before it comes back, so that a restart brings no stampede.
        retry = b"retry: %d\n\n" % uniform(1000, 5000)  # noqa: S311  # no secret
        await send({"type": "http.response.body", "body": retry, "more_body": True})
        stream = Stream(scope, send, self._kind, self._member, self._leading)
        await self._hub.follow(stream, self._code, receive)
