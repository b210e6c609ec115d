"""Bytes that are no request, too long, too deep or no text: refused with a sentence, and no one else notices."""

import httpx

from tests.cast import ANA
from tests.faults import Fault
from tests.live import Server, StartServer
from tests.rows import opened, reasons
from tests.server.raw import Answer, ask, get, post

GUESSES = f"/api/v1/vignettes/{ANA}/guesses".encode()
FORM = b"application/x-www-form-urlencoded"
HEAD = b"POST /api/v1/learners HTTP/1.1\r\nHost: circles.test\r\n"
LONG = 200_000  # bytes, of one line or of many
DEEP = 20_000  # lists in each other

MALFORMED = {
    "the greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a version to come": b"GET / HTTP/9.9\r\nHost: circles.test\r\n\r\n",
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a tunnel": b"CONNECT circles.test:443 HTTP/1.1\r\nHost: circles.test\r\n\r\n",
    "a method that no one knows": b"BREW / HTTP/1.1\r\nHost: circles.test\r\n\r\n",
    "a blank in a header's name": b"GET / HTTP/1.1\r\nHost : circles.test\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "a length and chunks": HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": HEAD + b"Content-Length: -3\r\n\r\n",
    "a length beyond numbers": HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "a chunk without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "half an address as origin": post(b"/api/v1/learners", b"", b"Origin: http://["),
    "WebSocket": get(GUESSES, b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13"),
}
OVERSIZED = {
    "a long header": get(b"/", b"X-Long: " + b"a" * LONG),
    "a header that does not end": b"GET / HTTP/1.1\r\nHost: circles.test\r\nX-Long: " + b"a" * LONG,
    "many headers": get(b"/", *[b"X: a"] * (LONG // 6)),
    "a long address": get(b"/" + b"a" * LONG),
    "a long cookie": get(b"/practice", b"Cookie: learner=" + b"a" * LONG),
    "a long guess": post(GUESSES, b'{"system":"drive","reason":"' + b"a" * LONG + b'"}'),
    "a guess announced as longer than any disk": HEAD + b"Content-Length: 99999999999999\r\n\r\n",
}
DEEP_JSON = {
    "lists in a guess": post(GUESSES, b"[" * DEEP + b"]" * DEEP),
    "lists as marked words": post(GUESSES, b'{"system":"drive","cues":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "lists for a new group": post(b"/api/v1/groups", b"[" * DEEP + b"]" * DEEP),
    "objects for a new group": post(b"/api/v1/groups", b'{"name":' * 7000 + b"1" + b"}" * 7000),
    "lists that do not end": post(b"/api/v1/groups", b"[" * 60_000),
    "a number without end": post(b"/api/v1/groups", b'{"name":' + b"9" * 60_000 + b"}"),
}
NO_TEXT = {
    "in the path": get(b"/g/\xff\xfe"),
    "escaped in the path": get(b"/vignettes/%ff%fe"),
    "half a character in the path": get(b"/vignettes/%ed%a0%80"),
    "NUL in the path": post(b"/api/v1/groups/AB%00CD/members", b""),
    "in the query": get(b"/api/v1/vignettes?level=%ff"),
    "unescaped in the query": get(b"/practice?after=\xff"),
    "NUL in the query": get(b"/api/v1/vignettes?level=%00"),
    "in a guess": post(GUESSES, b'{"system":"drive","reason":"\xff\xfe"}'),
    "half a character in a guess": post(GUESSES, b'{"system":"drive","reason":"\\ud800"}'),
    "NUL in a guess": post(GUESSES, b'{"system":"drive","reason":"a\\u0000b"}'),
    "in a group's name": post(b"/api/v1/groups", b'{"name":"\xff"}'),
    "NUL in a group's name": post(b"/api/v1/groups", b'{"name":"a\\u0000"}'),
    "in a form": post(f"/vignettes/{ANA}/guesses".encode(), b"system=drive&reason=%ff%00", kind=FORM),
    "unescaped in a form": post(f"/vignettes/{ANA}/guesses".encode(), b"system=drive&reason=\xff\x00", kind=FORM),
    "in a password": post(b"/trainers/sign-in", b"name=%ff%00&password=\xff%00", kind=FORM),
    "in a form with a broken edge": post(b"/trainers/sign-in", b"--y\r\n\xff", kind=b"multipart/form-data; boundary=x"),
    "in a token": get(b"/api/v1/practice/next", b"Authorization: Bearer \xff\xfe"),
    "in cookies": get(b"/trainers/people", b"Cookie: trainer=tr-\xff\xfe; learner=\x80"),
    "NUL in cookies": get(b"/trainers/people", b'Cookie: trainer="tr-\\000"'),
}
SENTENCES = {
    "malformed HTTP": (MALFORMED, "Nothing: the sender is refused with a sentence, everyone else is answered."),
    "oversized headers and bodies": (
        OVERSIZED,
        "That it is too long, and that deleting the site's cookies helps if a browser sent it.",
    ),
    "deep JSON": (DEEP_JSON, "That the request could not be read; the program that sent it has to mend it."),
    "invalid UTF-8 and NUL": (NO_TEXT, "The page again, with what could not be understood."),
}


def refused_kindly(answer: Answer) -> bool:
    """A refusal of ours, with a sentence: as problem details, or as a page."""
    if not 400 <= answer.status < 500:
        return False
    if "json" in answer.headers.get("content-type", ""):
        return bool(answer.problem["status"] == answer.status) and str(answer.problem["detail"]).endswith(".")
    return answer.body.lstrip().startswith(b"<!doctype html>")


def test_what_is_no_request_is_refused_with_a_sentence_and_no_one_else_notices(
    start_server: StartServer, database_url: str, fault: Fault
) -> None:
    server: Server = start_server()
    kept: list[str] = []
    with httpx.Client(base_url=server.base_url, timeout=10, trust_env=False) as client:
        token = client.post("/api/v1/learners").json()["learner_token"]
        somebody = f"Host: circles.test\r\nAuthorization: Bearer {token}".encode()

        def guess_of_someone_else() -> bool:
            body = {"system": "drive", "reason": f"guess {len(kept)}"}
            kept.append(body["reason"])
            return client.post(GUESSES.decode(), json=body, headers={"Authorization": f"Bearer {token}"}).is_success

        for kind, (requests, seen) in SENTENCES.items():
            answers, lost = {}, 0
            for name, request in requests.items():
                guess = request.startswith(b"POST " + GUESSES)
                answers[name] = ask(
                    server.base_url, request.replace(b"Host: circles.test", somebody) if guess else request
                )
                lost += not guess_of_someone_else()
            assert {name: answer for name, answer in answers.items() if not refused_kindly(answer)} == {}
            fault(kind, tried=2 * len(requests), refused=len(requests), lost=lost, seen=seen)
    assert "Traceback" not in (server.folder / "server.log").read_text()
    with opened(database_url) as engine:
        assert reasons(engine) == kept
