"""Bytes straight to a server, as no client of HTTP would send them."""

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back: status 0 when the connection ended without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


def connect(base_url: str, timeout: float = 10.0) -> socket.socket:
    address = urlsplit(base_url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout)


def ask(base_url: str, request: bytes) -> Answer:
    """Sends the bytes and reads the answer."""
    with connect(base_url) as line:
        with suppress(OSError):  # refused while it was still being said: the answer is there all the same
            line.sendall(request)
        return read_answer(line)


def read_answer(line: socket.socket) -> Answer:
    """The first answer on this connection."""
    try:
        with line.makefile("rb") as file:
            first = file.readline().split()
            headers: dict[str, str] = {}
            while (text := file.readline().decode("latin-1").strip()) != "":
                name, _, value = text.partition(":")
                headers[name.lower()] = value.strip()
            body = file.read(int(headers.get("content-length", "0")))
    except ConnectionError:
        return Answer(0, {}, b"")
    return Answer(int(first[1]) if len(first) > 1 else 0, headers, body)


def get(path: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: circles.test", *headers, b"", b""])


def post(path: bytes, body: bytes, *headers: bytes, kind: bytes = b"application/json") -> bytes:
    lines = [
        b"POST " + path + b" HTTP/1.1",
        b"Host: circles.test",
        b"Content-Type: " + kind,
        b"Content-Length: %d" % len(body),
        *headers,
        b"",
        body,
    ]
    return b"\r\n".join(lines)
