"""One request on a connection is one request: nothing hides a second in it, whatever a proxy in front made of it."""

import socket
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from tests.live import StartServer
from tests.rows import opened

HIDDEN = b"POST /api/v1/groups HTTP/1.1\r\nHost: circles.test\r\nContent-Type: application/json\r\n" + (
    b"Content-Length: 2\r\n\r\n{}"
)
HEAD = b"POST /api/v1/learners HTTP/1.1\r\nHost: circles.test\r\n"
LENGTH = b"Content-Length: %d\r\n" % (len(HIDDEN) + 5)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BODY = b"\r\n0\r\n\r\n" + HIDDEN
AMBIGUOUS = {
    "a length and chunks": LENGTH + CHUNKED + BODY,
    "chunks and a length": CHUNKED + LENGTH + BODY,
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n" + BODY,
    "two lengths in one": b"Content-Length: 0, 5\r\n" + BODY,
    "a signed length": b"Content-Length: +5\r\n" + BODY,
    "chunks by another name": LENGTH + b"Transfer-Encoding: xchunked\r\n" + BODY,
    "chunks, then something else": LENGTH + b"Transfer-Encoding: chunked, identity\r\n" + BODY,
    "a blank before the colon": LENGTH + b"Transfer-Encoding : chunked\r\n" + BODY,
    "a folded header": LENGTH + b"Transfer-Encoding:\r\n chunked\r\n" + BODY,
    "a tab before chunked": LENGTH + b"Transfer-Encoding:\tchunked\r\n" + BODY,
    "chunks twice": LENGTH + CHUNKED + b"Transfer-Encoding: identity\r\n" + BODY,
    "a header in a header": b"X: a\rTransfer-Encoding: chunked\r\n" + LENGTH + BODY,
    "a size beyond numbers": CHUNKED + b"\r\nffffffffffffffff1\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_second_request_hides_in_an_ambiguous_one(start_server: StartServer, database_url: str) -> None:
    address = urlsplit(start_server().base_url)
    answers = {}
    for name, request in AMBIGUOUS.items():
        with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20) as connection:
            connection.sendall(HEAD + request)
            connection.shutdown(socket.SHUT_WR)
            answers[name] = b"".join(iter(lambda: connection.recv(65_536), b""))
    with opened(database_url) as engine, engine.connect() as connection:
        groups = connection.execute(text("SELECT count(*) FROM room")).scalar_one()

    # One answer each; where the length holds, the rest was its body.
    assert {name: answer.count(b"HTTP/1.1 ") for name, answer in answers.items()} == dict.fromkeys(AMBIGUOUS, 1)
    assert groups == 0
