"""Group commit: every guess that arrives while one commit is under way goes into the next one.

Under no load a guess is committed at once; under load the batch grows by itself, so there is no timer to tune.
A caller is answered only after the commit that holds its item.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.kit.errors import Unavailable
from api.persistence.engine import is_unavailable, write_engine

Item = TypeVar("Item")
Answer = TypeVar("Answer")

QUEUE_LIMIT = 10_000
BATCH_LIMIT = 1_000
# How many turns of the event loop a commit waits at most for what still comes in.
TURNS = 16
# Two processes can give the same learner's next attempt the same number; the later one counts again.
TRIES = 3

log = structlog.get_logger()


class Writer(Generic[Item, Answer]):
    """One thread with one connection that writes items in batches.

    `write` takes a connection inside a transaction and the batch, and gives one answer for each item in order;
    an answer that is an exception is raised to that caller alone.
    """

    def __init__(
        self,
        engine: Engine,
        write: Callable[[Connection, Sequence[Item]], Sequence[Answer | Exception]],
        observe: Callable[[Sequence[object], float], None] | None = None,
    ) -> None:
        self._engine = write_engine(engine)
        self._write = write
        self._observe = observe or (lambda _answers, _seconds: None)
        self._queue: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._wake = threading.Event()
        self._submitted = self._settled = 0  # items, ever
        self._draining: list[tuple[int, asyncio.Future[None]]] = []  # each with how many have to be settled
        self._busy = False  # from the first item on, until what was taken is answered; known to the event loop only
        self._since = self._taken = 0.0  # since when the oldest waits, and when the batch under way was taken
        self.refused_at = -inf  # when the last item was not taken, on the monotonic clock
        self._stopping = False
        self._hurried = False
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Starts the thread; answers come back on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def hurry(self) -> None:
        """Says that the server is about to stop: a database that refuses a batch now is not asked again."""
        self._hurried = True

    async def stop(self) -> None:
        """Writes what is queued, then ends; later items are refused."""
        self._stopping = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join)

    @property
    def depth(self) -> int:
        """How many items wait."""
        return len(self._queue)

    def waiting_seconds(self) -> float:
        """How long the oldest item has waited at most; without end when no more are taken."""
        if len(self._queue) >= QUEUE_LIMIT:
            return inf
        return monotonic() - self._since if self._busy else 0.0

    async def submit(self, item: Item) -> Answer:
        """The item's answer, once it is on disk. Raises Unavailable when the database cannot take it now."""
        if self._stopping or self._loop is None or len(self._queue) >= QUEUE_LIMIT:
            self.refused_at = monotonic()
            self._observe([Unavailable()], 0.0)
            raise Unavailable
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._queue.append((item, future))
        self._submitted += 1
        if not self._busy:
            self._busy = True
            self._since = monotonic()
            self._loop.call_soon(self._gather, 0, 0)
        return await future

    async def drained(self) -> None:
        """Returns once everything that has been submitted is on disk, or refused."""
        if self._loop is None or self._settled == self._submitted:
            return
        future: asyncio.Future[None] = self._loop.create_future()
        self._draining.append((self._submitted, future))
        await future

    def _gather(self, seen: int, turns: int) -> None:
        """Wakes the thread once a turn of the event loop has brought nothing new: what is already at hand goes along.

        Without load that is the next turn. It is bounded, so that steady load cannot keep a commit waiting.
        """
        assert self._loop is not None
        waiting = len(self._queue)
        if seen < waiting < BATCH_LIMIT and turns < TURNS:
            self._loop.call_soon(self._gather, waiting, turns + 1)
        else:
            self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if size := min(len(self._queue), BATCH_LIMIT):
                self._commit([self._queue.popleft() for _ in range(size)])
            if self._stopping and not self._queue:
                return

    def _commit(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        self._taken = began = monotonic()
        answers = self._refuse(len(batch)) if self._given_up else self._answers([item for item, _ in batch])
        self._observe(answers, monotonic() - began)
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._settle, [future for _, future in batch], answers)

    def _answers(self, items: list[Item]) -> Sequence[Answer | Exception]:
        for tries_left in reversed(range(TRIES if len(items) == 1 else 1)):
            try:
                with self._engine.begin() as connection:
                    return self._write(connection, items)
            except Exception as error:  # whatever it is, the thread lives on and every caller is told
                if isinstance(error, DBAPIError) and is_unavailable(error):
                    log.warning("write_refused", items=len(items), error=type(error.orig).__name__)
                    # A server that is about to stop does not wait for the lock again for anyone who comes next.
                    self._given_up = self._hurried
                    return self._refuse(len(items))
                if len(items) == 1 and not (isinstance(error, IntegrityError) and tries_left):
                    # Only its kind: the message of a database holds what people wrote.
                    log.error("write_failed", error=type(error).__name__)  # noqa: TRY400
                    return [error]
        # Something in the batch is bad: each is written alone, so that only the bad one fails.
        return [self._answers([item])[0] for item in items]

    def _refuse(self, count: int) -> list[Answer | Exception]:
        self.refused_at = monotonic()
        return [Unavailable() for _ in range(count)]

    def _settle(self, futures: list[asyncio.Future[Answer]], answers: Sequence[Answer | Exception]) -> None:
        for future, answer in zip(futures, answers, strict=True):
            if future.done():  # the caller has gone
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._settled += len(futures)
        for waited_for, waiter in self._draining:
            if waited_for <= self._settled and not waiter.done():
                waiter.set_result(None)
        self._draining = [one for one in self._draining if not one[1].done()]
        self._since = self._taken  # anyone who still waits came while that batch was written
        self._busy = bool(self._queue)
        if self._busy and self._loop is not None:
            self._loop.call_soon(self._gather, 0, 0)
