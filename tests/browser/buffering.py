"""A proxy that holds streams back, as some firewalls and virus scanners do until they have seen all of an answer."""

import socket
from typing import Literal

from tests.browser.wire import Wire

Holds = Literal["all", "events", "later"]

STREAM = b"text/event-stream"
END_OF_HEAD = b"\r\n\r\n"


class Buffering(Wire):
    """Passes everything on but streams: all of them, their events but not their heads, or what comes after `begin`."""

    def __init__(self, base_url: str, holds: Holds) -> None:
        super().__init__(base_url)
        self._holds = holds
        self._holding = holds != "later"
        self.held = 0  # bytes

    def begin(self) -> None:
        self._holding = True

    def _pass(self, source: socket.socket, target: socket.socket, from_browser: bool) -> None:
        if from_browser:
            super()._pass(source, target, from_browser)
            return
        stream = False
        try:
            while data := source.recv(65536):
                begins = not stream and STREAM in data
                stream = stream or begins
                if not (stream and self._holding):
                    target.sendall(data)
                    continue
                if begins and self._holds == "events":
                    head, _, data = data.partition(END_OF_HEAD)
                    target.sendall(head + END_OF_HEAD)
                self.held += len(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of the two has gone
            pass
