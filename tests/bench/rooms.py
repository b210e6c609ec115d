"""Groups in their first vote, made over HTTP as a facilitator makes them, and their members' requests as bytes."""

import http.client
import json
import secrets
from dataclasses import dataclass

from api.accounts.tokens import Tokens
from api.kit.systems import VOTES

from .client import source
from .server import SECRET

_TOKENS = Tokens(SECRET)
_JSON = "content-type: application/json"


@dataclass(frozen=True)
class Room:
    """A group whose vote is open."""

    code: str
    uid: str
    key: str

    def new_member(self) -> str:
        """A member's random id. Joining draws no more than this; only the count of members goes up with it."""
        return secrets.token_urlsafe(12)

    @property
    def members(self) -> str:
        """Where members join."""
        return f"/api/v1/groups/{self.code}/members"

    def member(self, token: str) -> str:
        """The id in a member's token."""
        named = _TOKENS.read("member", token)
        assert named is not None
        return named.split(":")[2]

    def token(self, member: str) -> str:
        return _TOKENS.sign("member", f"{self.code}:{self.uid}:{member}")

    def vote(self, member: str, place: int = 0) -> bytes:
        """PUT of a vote as JSON with the member's bearer token; `place` turns through the answers."""
        body = json.dumps({"system": VOTES[place % len(VOTES)]}).encode()
        headers = [_JSON, f"authorization: Bearer {self.token(member)}"]
        return request("PUT", f"/api/v1/groups/{self.code}/guess", headers, body)

    def form(self, member: str, place: int = 0, *, htmx: bool = False) -> tuple[bytes, bytes]:
        """A vote by the form, plain or by htmx, and, as a browser follows the plain one, the page that comes back."""
        cookie = f"cookie: member-{self.code}={self.token(member)}"
        headers = [cookie, "content-type: application/x-www-form-urlencoded", "sec-fetch-site: same-origin"]
        headers += ["hx-request: true"] if htmx else []
        body = b"system=%b" % VOTES[place % 3].encode()
        return request("POST", f"/g/{self.code}/guess", headers, body), request("GET", f"/g/{self.code}", [cookie])

    def events(self, member: str) -> bytes:
        """GET of the JSON stream."""
        return request("GET", f"/api/v1/groups/{self.code}/events", [f"authorization: Bearer {self.token(member)}"])

    def page_events(self, member: str) -> bytes:
        """GET of the stream that a phone's page follows."""
        return request("GET", f"/g/{self.code}/live/member", [f"cookie: member-{self.code}={self.token(member)}"])


def request(method: str, path: str, headers: list[str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", *headers, f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def noop() -> bytes:
    """The baseline's request, with a body of the same kind."""
    return request("POST", "/noop", [_JSON], b'{"system": "drive"}')


def open_rooms(port: int, number: int, vignette: str = "dave") -> list[Room]:
    """So many groups, each with its first vote open."""
    return [_open_room(port, place, vignette) for place in range(number)]


def _open_room(port: int, place: int, vignette: str) -> Room:
    # From an address of its own each, for one address starts at most thirty groups a minute.
    connection = http.client.HTTPConnection("127.0.0.1", port, source_address=source(place))
    made = ask(connection, "POST", "/api/v1/groups", {"name": "Class"})
    code, key = str(made["code"]), str(made["facilitator_key"])
    named = _TOKENS.read("facilitator", key)
    assert named is not None
    ask(connection, "POST", f"/api/v1/groups/{code}/rounds", {"vignette": vignette}, key)
    ask(connection, "POST", f"/api/v1/groups/{code}/phase", {"phase": "voting"}, key)
    connection.close()
    return Room(code, named.split(":")[1], key)


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: object = None, token: str | None = None
) -> dict[str, object]:
    """One request with a JSON body; raises for any answer but a good one."""
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in (200, 201):
        raise RuntimeError(f"{method} {path}: {answer.status} {content!r}")
    told: dict[str, object] = json.loads(content)
    return told
