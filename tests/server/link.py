"""A link that is slow and loses packets: two network namespaces, and what passes packets between them.

The kernel's own `netem` is not in every kernel; TUN devices are. Whole packets are held back and dropped, so both
sides send again as TCP does on a bad mobile network.
"""

import asyncio
import ctypes
import fcntl
import heapq
import os
import select
import struct
import subprocess
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

from tests.missing import missing

SITE, PHONES = "10.83.0.1", "10.83.0.2"

Answer = TypeVar("Answer")

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000


class Link:
    """`delay` is in seconds each way, `loss` the share of packets lost each way."""

    def __init__(self, delay: float, loss: float) -> None:
        self._delay, self._loss = delay, loss
        self._ends: list[int] = []
        self.site, self.phones = f"circles-{os.getpid()}-site", f"circles-{os.getpid()}-phones"
        self.passed = self.dropped = 0
        self._stop = os.pipe()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)

    def __enter__(self) -> "Link":
        try:
            for name, address in ((self.site, SITE), (self.phones, PHONES)):
                _ip("netns", "add", name)
                self._ends.append(_tun(name, address))
        except (OSError, subprocess.CalledProcessError) as error:
            self._remove()
            missing(f"no network namespace with a TUN device can be made here: {error}")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.write(self._stop[1], b"x")
        self._thread.join(5)
        self._remove()

    def program(self, path: Path, program: Path) -> Path:
        """A program that runs the given one in the site's namespace."""
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.site} {program} "$@" --host {SITE}\n')
        path.chmod(0o755)
        return path

    async def inside(self, namespace: str, work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """Runs the work on an event loop of its own, whose connections begin in the namespace."""
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()

        def run() -> None:
            try:
                _enter(namespace)
                answer = asyncio.run(work())
            except BaseException as error:
                loop.call_soon_threadsafe(done.set_exception, error)
            else:
                loop.call_soon_threadsafe(done.set_result, answer)

        threading.Thread(target=run, daemon=True).start()  # a namespace once entered stays with its thread
        return await done

    def _remove(self) -> None:
        for end in self._ends:
            os.close(end)
        for name in (self.site, self.phones):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def _pass_on(self) -> None:
        chance = Random(20)
        other = {self._ends[0]: self._ends[1], self._ends[1]: self._ends[0]}
        under_way: list[tuple[float, int, int, bytes]] = []
        while True:
            patience = max(0.0, under_way[0][0] - monotonic()) if under_way else None
            ready, _, _ = select.select([*other, self._stop[0]], [], [], patience)
            if self._stop[0] in ready:
                return
            for end in ready:
                packet = os.read(end, 65536)
                if chance.random() < self._loss:
                    self.dropped += 1
                    continue
                self.passed += 1
                heapq.heappush(under_way, (monotonic() + self._delay, self.passed, other[end], packet))
            while under_way and under_way[0][0] <= monotonic():
                _, _, end, packet = heapq.heappop(under_way)
                os.write(end, packet)


def _tun(namespace: str, address: str) -> int:
    """A device of this address in the namespace; what is read from the number given back are its packets."""
    end = os.open("/dev/net/tun", os.O_RDWR)
    asked = fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22s", b"circles%d", _IFF_TUN | _IFF_NO_PI, b""))
    device = asked[:16].rstrip(b"\0").decode()
    _ip("link", "set", device, "netns", namespace)
    _ip("-n", namespace, "address", "add", f"{address}/24", "dev", device)
    _ip("-n", namespace, "link", "set", device, "up")
    _ip("-n", namespace, "link", "set", "lo", "up")
    return end


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _enter(namespace: str) -> None:
    """Moves the calling thread, and no one else, into the namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/var/run/netns/{namespace}").open() as file:
        if libc.setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "the namespace cannot be entered")
