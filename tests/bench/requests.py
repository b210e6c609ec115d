"""Requests as bytes, written before the clock starts: learners who each answer many vignettes, one of them twice."""

import json
import random
import secrets
from collections.abc import Callable, Sequence
from itertools import islice
from urllib.parse import urlencode

from api.accounts.tokens import Tokens
from api.kit.systems import ANSWERS

from .server import SECRET

Build = Callable[[str, str, random.Random], bytes]  # a token, a slug

_TOKENS = Tokens(SECRET)
_EACH = 60  # stories; at most half of what one learner may answer in a minute


def write(build: Build, number: int, slugs: Sequence[str]) -> list[bytes]:
    """So many requests of new learners, in an order that mixes learners and vignettes."""
    chance = random.Random(number)
    requests: list[bytes] = []
    while len(requests) < number:
        token = _TOKENS.sign("learner", secrets.token_urlsafe(16))
        chosen = chance.sample(slugs, min(_EACH, len(slugs)))
        requests.extend(build(token, slug, chance) for slug in [*chosen, chosen[0]])
    requests = list(islice(requests, number))
    chance.shuffle(requests)
    return requests


def noop(_token: str, _slug: str, _chance: random.Random) -> bytes:
    return _post("/noop", ["content-type: application/json"], b'{"system": "drive"}')


def as_json(token: str, slug: str, chance: random.Random) -> bytes:
    return _json(token, slug, {"system": chance.choice(ANSWERS), "confidence": "sure"})


def with_cues(token: str, slug: str, chance: random.Random) -> bytes:
    start = chance.randrange(100)
    return _json(token, slug, {"system": chance.choice(ANSWERS), "cues": [[start, start + 20], [150, 160]]})


def as_form(token: str, slug: str, chance: random.Random) -> bytes:
    return _form(token, slug, chance, [])


def as_htmx(token: str, slug: str, chance: random.Random) -> bytes:
    return _form(token, slug, chance, ["hx-request: true"])


def _json(token: str, slug: str, guess: dict[str, object]) -> bytes:
    headers = ["content-type: application/json", f"authorization: Bearer {token}"]
    return _post(f"/api/v1/vignettes/{slug}/guesses", headers, json.dumps(guess).encode())


def _form(token: str, slug: str, chance: random.Random, headers: list[str]) -> bytes:
    body = urlencode({"system": chance.choice(ANSWERS), "confidence": "sure"}).encode()
    kind = "content-type: application/x-www-form-urlencoded"
    own = [kind, f"cookie: learner={token}", "sec-fetch-site: same-origin", *headers]
    return _post(f"/vignettes/{slug}/guesses", own, body)


def _post(path: str, headers: list[str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", *headers, f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
