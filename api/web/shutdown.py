"""Hears the signal that ends the server, before the server waits for its connections to close."""

import signal
import threading
from collections.abc import Callable
from types import FrameType


def on_shutdown_signal(*acts: Callable[[], None]) -> Callable[[], None]:
    """Calls each of `acts` when SIGTERM or SIGINT comes, then what was to be called before; gives back how to undo it.

    An open stream would otherwise keep the server waiting until its time is up.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None  # only the main thread may, and there no server of ours waits
    earlier = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        for act in acts:
            act()
        before = earlier[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for number in earlier:
        signal.signal(number, handle)

    def restore() -> None:
        for number, before in earlier.items():
            signal.signal(number, before)

    return restore
