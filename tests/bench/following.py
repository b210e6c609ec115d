"""Many open streams in a process of their own, which notes when each message came whole.

Raw sockets and epoll: one core of it has to keep up with one core of server that writes to thousands.
"""

import gc
import multiprocessing
import re
import resource
import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from .client import source

_AT_ONCE = 100  # streams that open together
_PATIENCE = 60.0
_MESSAGE = b"\r\nid: "  # after the length of a chunk
_END = b"\n\n\r\n"
_ANSWERED = re.compile(rb'"answered": ?(\d+)')


@dataclass
class Arrivals:
    """What came: moments of the monotonic clock, which all processes of a machine share."""

    messages: list[tuple[float, int, int]] = field(default_factory=list)  # moment, number of the stream, version
    answered: dict[tuple[int, int], int] = field(default_factory=dict)  # by the number of the room, and version
    ended: int = 0
    seconds: float = 0.0  # of processor time that the reading took

    def firsts(self) -> dict[int, float]:
        """When each version first came to anyone."""
        first: dict[int, float] = {}
        for moment, _, version in self.messages:
            first.setdefault(version, moment)
        return first


class Followers:
    """The other end of the pipe to the process with the streams."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def start(self) -> None:
        """From now on messages are noted."""
        self._ask("start")

    def stop(self) -> Arrivals:
        arrivals = self._ask("stop")
        assert isinstance(arrivals, Arrivals)
        return arrivals

    def _ask(self, word: str) -> object:
        self._pipe.send(word)
        return self._pipe.recv()


@contextmanager
def followers(port: int, requests: Sequence[bytes], rooms: Sequence[int] | None = None) -> Iterator[Followers]:
    """A process with a stream for each request; all are open inside the block. `rooms` tells whose each one is."""
    _raise_limit(len(requests) + 200)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_follow, args=(port, requests, rooms or [0] * len(requests), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(600) or ours.recv() != "open":
            raise RuntimeError("the streams did not open")
        yield Followers(ours)
    finally:
        process.terminate()
        process.join(10)


def _raise_limit(files: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard < files else files, hard))


def _follow(port: int, requests: Sequence[bytes], rooms: Sequence[int], pipe: Connection) -> None:
    gc.disable()  # a collection would be taken for a late message
    streams: list[socket.socket] = []
    for start in range(0, len(requests), _AT_ONCE):
        streams += _open(port, requests[start : start + _AT_ONCE], start)
    pipe.send("open")
    poll = select.epoll()
    poll.register(pipe.fileno(), select.EPOLLIN)
    for stream in streams:
        stream.setblocking(False)
        poll.register(stream.fileno(), select.EPOLLIN)
    _Reader(poll, streams, rooms, pipe).read()


def _open(port: int, requests: Sequence[bytes], start: int) -> list[socket.socket]:
    """Opens some streams together; each is open when its first line has come."""
    streams = []
    for place, request in enumerate(requests):
        # A few addresses would do, but each stream's own is what a limit per address is to be tried with.
        stream = socket.create_connection(("127.0.0.1", port), _PATIENCE, source(start + place))
        stream.sendall(request)
        streams.append(stream)
    for stream in streams:
        received = b""
        while b"\nretry: " not in received:
            data = stream.recv(65536)
            received += data
            if not data or not received.startswith(b"HTTP/1.1 200"[: len(received)]):
                raise RuntimeError(f"a stream did not open: {received!r}")
    return streams


class _Reader:
    def __init__(
        self, poll: select.epoll, streams: Sequence[socket.socket], rooms: Sequence[int], pipe: Connection
    ) -> None:
        self._poll, self._rooms, self._pipe = poll, rooms, pipe
        self._streams = {stream.fileno(): (number, stream) for number, stream in enumerate(streams)}
        self._parts: dict[int, bytes] = {}
        self._arrivals = Arrivals()

    def read(self) -> None:
        """Until it is told to stop."""
        asked = self._pipe.fileno()
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != asked:
                    self._take(descriptor)
                elif self._obey():
                    return

    def _obey(self) -> bool:
        try:
            word = self._pipe.recv()
        except EOFError:
            return True
        if word == "start":
            self._arrivals = Arrivals()
            self._worked = time.process_time()
            self._pipe.send("started")
            return False
        self._arrivals.seconds = time.process_time() - self._worked
        self._pipe.send(self._arrivals)
        return False

    def _take(self, descriptor: int) -> None:
        number, stream = self._streams[descriptor]
        try:
            data = stream.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        moment = time.monotonic()
        if not data:
            self._arrivals.ended += 1
            self._poll.unregister(descriptor)
            return
        if earlier := self._parts.pop(descriptor, None):
            data = earlier + data
        if not data.endswith(_END):
            self._parts[descriptor] = data
            return
        place = data.find(_MESSAGE)
        while place >= 0:
            end = data.index(b"\n", place + 6)
            version = int(data[place + 6 : end])
            self._arrivals.messages.append((moment, number, version))
            following = data.find(_MESSAGE, end)
            told = self._rooms[number], version
            if told not in self._arrivals.answered:
                found = _ANSWERED.search(data, end, following if following >= 0 else len(data))
                self._arrivals.answered[told] = int(found[1]) if found else -1
            place = following
