"""A proxy that holds streams back, as some firewalls and virus scanners do until they have seen all of an answer."""

import socket
from typing import Literal

from tests.browser.wire import Wire

STREAM = b"text/event-stream"
END_OF_HEAD = b"\r\n\r\n"


class Buffering(Wire):
    """Passes everything on but the events of streams; `all` holds back the head of a stream's answer as well."""

    def __init__(self, base_url: str, holds: Literal["all", "events"]) -> None:
        super().__init__(base_url)
        self._holds = holds
        self.held = 0  # bytes

    def _pass(self, source: socket.socket, target: socket.socket, from_browser: bool) -> None:
        if from_browser:
            super()._pass(source, target, from_browser)
            return
        holding = False
        try:
            while data := source.recv(65536):
                if not holding and STREAM in data:
                    holding = True
                    head, _, data = data.partition(END_OF_HEAD)
                    if self._holds == "events":
                        target.sendall(head + END_OF_HEAD)
                if holding:
                    self.held += len(data)
                else:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of the two has gone
            pass
