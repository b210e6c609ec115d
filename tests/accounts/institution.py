"""An institution of the tests' own, which tells and signs whatever a test wants; no socket stands between."""

import asyncio
import hashlib
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from api.accounts.oidc import Web
from tests.accounts.people import Guests
from tests.client import MakeSettings, running

ISSUER = "https://login.leeds.example"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
PUBLIC = "http://circles.test"


@dataclass
class Institution:
    """Discovery, keys and tokens. `claims` go into the next token, over what belongs there; None leaves one out."""

    key: ECKey | OctKey = field(default_factory=lambda: KEY)
    told_keys: list[ECKey] = field(default_factory=lambda: [KEY])
    header: dict[str, str] = field(default_factory=lambda: {"alg": "ES256", "kid": "one"})
    claims: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    token: str | None = None  # instead of a signed one
    answer: httpx.Response | None = None  # to everything
    slow: float = 0.0
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """As a network would bring it: not read yet."""
        whole = await self._answer(request)
        return httpx.Response(whole.status_code, headers=whole.headers, stream=httpx.ByteStream(whole.content))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.answer is not None:
            return self.answer
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.described())
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.told_keys]})
        return self._redeemed(dict(parse_qsl((await request.aread()).decode())), request.headers)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "end_session_endpoint": f"{ISSUER}/out",
        } | self.about

    def sign_in(self, address: str) -> dict[str, str]:
        """What the institution sends back with someone who came to this address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{ISSUER}/authorize?tenant=1&")
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def signed(self, claims: dict[str, Any]) -> str:
        if self.token is not None:
            return self.token
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(dict(self.header), kept, self.key, algorithms=["ES256", "HS256"])

    def _redeemed(self, form: dict[str, str], headers: httpx.Headers) -> httpx.Response:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        assert b64decode(headers["authorization"].removeprefix("Basic ")) == b"circles:s%2Fecret"
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": "circles",
            "sub": "ada-1",
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "name": "Ada Byron",
        }
        fresh = {"auth_time": now} if "max_age" in asked else {}
        return httpx.Response(200, json={"id_token": self.signed(usual | fresh | self.claims), "token_type": "Bearer"})


def described(folder: Path, more: str = "") -> str:
    """The file of the operator, with one institution."""
    (folder / "leeds-secret").write_text("s/ecret\n")
    path = folder / "institutions.yaml"
    path.write_text(
        f"""providers:
  - key: leeds
    name: Leeds University
    issuer: {ISSUER}
    client_id: circles
    client_secret_file: {folder / "leeds-secret"}
{more}"""
    )
    return str(path)


@dataclass
class Campus:
    """An application that knows one institution, and who comes to it."""

    app: FastAPI
    institution: Institution
    guests: Guests

    async def go(self, browser: httpx.AsyncClient, query: str = "") -> dict[str, str]:
        """To the institution and signed in there; gives what it sends back."""
        away = await browser.get(f"/trainers/sign-in/leeds{query}")
        assert away.status_code == 303, away.text
        return self.institution.sign_in(away.headers["location"])

    async def back(self, browser: httpx.AsyncClient, sent: dict[str, str]) -> httpx.Response:
        return await browser.get("/trainers/sign-in/leeds/back", params=sent)

    async def come(self, browser: httpx.AsyncClient, query: Any = "", **claims: Any) -> httpx.Response:
        """There and back."""
        self.institution.claims = claims
        return await self.back(browser, await self.go(browser, query))


@asynccontextmanager
async def campus(make_settings: MakeSettings, tmp_path: Path, more: str = "", **changes: Any) -> AsyncIterator[Campus]:
    institution = Institution()
    settings = make_settings(public_url=PUBLIC, providers_file=described(tmp_path, more), **changes)
    async with running(settings) as app, AsyncExitStack() as stack:
        put_in_place(app, institution)
        yield Campus(app, institution, Guests(app, stack))


def put_in_place(app: FastAPI, institution: Institution) -> None:
    """Answers whatever the application asks over the network."""
    web = app.state.institutions._web
    assert isinstance(web, Web)
    web._client = httpx.AsyncClient(transport=httpx.MockTransport(institution), follow_redirects=False)
