"""OpenID Connect towards one institution: where it is found, the code for an ID token, and whether that token holds.

Whatever is asked for over the network has bounds: seconds, bytes, no compression, no redirect. It waits on the event
loop, so no one else waits. Passwords of people never come here; their tokens are read once and kept nowhere.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic, time
from typing import Any, Final, NoReturn, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
import structlog
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from api.accounts.institutions import NotSignedIn, ProviderAway, Transaction
from api.accounts.providers import Provider, is_safe_address

SECONDS: Final = 8.0  # for one answer, from the first byte sent to the last that came
LARGEST_ANSWER: Final = 256_000  # bytes
LEEWAY: Final = 120  # seconds that two clocks may differ
KEPT_SECONDS: Final = 3600.0  # until the institution's addresses and keys are asked for again
REST_SECONDS: Final = 10.0  # after a failure, and between two looks for a new key: everyone else is told at once
LONGEST_SUBJECT: Final = 255  # characters, as the standard says
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"

# Signatures with a public key alone: neither `none` nor one that takes our own secret or their public key for a secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What an institution says about itself."""

    authorization: str
    token: str
    keys: str
    end_session: str | None
    names_itself: bool
    basic: bool


def description_of(provider: Provider) -> str:
    """Where an institution tells what it is."""
    return provider.issuer.rstrip("/") + "/.well-known/openid-configuration"


class Web:
    """Asks institutions, with bounds. One for the whole process, opened when first needed."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self, provider: Provider, url: str, form: dict[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and the JSON object of an answer: a GET, or a POST with a form. Raises ProviderAway."""
        if self._client is None:
            limits = httpx.Limits(max_connections=20, max_keepalive_connections=4)
            self._client = httpx.AsyncClient(timeout=SECONDS, limits=limits, follow_redirects=False)
        try:
            async with (
                asyncio.timeout(SECONDS),
                self._client.stream(
                    "GET" if form is None else "POST",
                    url,
                    data=form,
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
                ) as answer,
            ):
                body = bytearray()
                async for part in answer.aiter_raw():
                    body += part
                    if len(body) > LARGEST_ANSWER:
                        raise ValueError("too large")
            found = json.loads(body)
            if not isinstance(found, dict):
                raise TypeError("no object")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, TypeError, RecursionError) as error:
            log.warning("provider_unreachable", provider=provider.key, error=type(error).__name__)
            raise ProviderAway(provider) from None
        return answer.status_code, found

    async def clock(self, provider: Provider) -> datetime | None:
        """What time it is there, as its answers say; None where they do not."""
        if self._client is None:
            return None
        try:
            async with self._client.stream("GET", description_of(provider)) as answer:
                found = parsedate_to_datetime(answer.headers["date"])
        except (httpx.HTTPError, KeyError, ValueError):
            return None
        return found if found.tzinfo else None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()


class Client:
    """This service at one institution."""

    def __init__(self, provider: Provider, web: Web) -> None:
        self.provider = provider
        self._web = web
        self._lock = asyncio.Lock()
        self._endpoints: Endpoints | None = None
        self._keys: KeySet | None = None
        self._until = self._rested = 0.0  # on the monotonic clock

    async def authorization_address(self, transaction: Transaction, *, afresh: bool = False) -> str:
        """Where the browser goes to sign in; `afresh` asks for the person again even where they are signed in there."""
        endpoints = await self.endpoints()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": transaction.redirect,
            "scope": " ".join(dict.fromkeys(("openid", *self.provider.scopes))),
            "state": transaction.state,
            "nonce": transaction.nonce,
            "code_challenge": create_s256_code_challenge(transaction.verifier),
            "code_challenge_method": "S256",
        }
        if afresh:
            asked |= {"prompt": "login", "max_age": "0"}
        return _with_query(endpoints.authorization, asked)

    async def end_session_address(self, back: str) -> str | None:
        """Where the browser ends the sign-in at the institution too; None where it offers nothing or is away.

        We keep no token that could be shown there, so most institutions ask the person once more.
        """
        try:
            address = (await self.endpoints()).end_session
        except ProviderAway:
            return None
        if address is None:
            return None
        return _with_query(address, {"client_id": self.provider.client_id, "post_logout_redirect_uri": back})

    async def redeem(self, code: str, transaction: Transaction, issuer: str | None) -> dict[str, Any]:
        """The claims of the person's ID token. `issuer` is what the way back said of itself.

        Raises NotSignedIn for what does not hold, ProviderAway.
        """
        endpoints = await self.endpoints()
        if issuer != self.provider.issuer and (issuer is not None or endpoints.names_itself):
            self._refuse("issuer")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": transaction.redirect,
            "code_verifier": transaction.verifier,
        }
        status, answer = await self._web.ask(
            self.provider, endpoints.token, form | self._who(endpoints), self._headers(endpoints)
        )
        if status != httpx.codes.OK or not isinstance(token := answer.get("id_token"), str):
            log.warning(
                "provider_refused", provider=self.provider.key, status=status, error=str(answer.get("error"))[:60]
            )
            if status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise ProviderAway(self.provider)
            raise NotSignedIn(_AGAIN)
        return await self._verified(token, nonce=transaction.nonce, access_token=answer.get("access_token"))

    async def logged_out(self, token: str) -> tuple[str | None, str | None, str, datetime]:
        """Subject and session that a logout token ends there, its own number, and until when that is to be kept.

        Raises NotSignedIn for a token that does not hold, ProviderAway.
        """
        header, claims = await self._decoded(token)
        events = claims.get("events")
        subject, session, number = claims.get("sub"), claims.get("sid"), claims.get("jti")
        if (
            "nonce" in claims
            or not isinstance(events, dict)
            or not isinstance(events.get(LOGOUT_EVENT), dict)
            or not isinstance(number, str)
            or not (isinstance(subject, str) or isinstance(session, str))
            or header.get("typ", "logout+jwt").lower() not in ("logout+jwt", "jwt")
        ):
            self._refuse("logout")
        self._check(
            CodeIDToken(
                claims | {"sub": subject or "-"}, header, self._wanted(), {"client_id": self.provider.client_id}
            )
        )
        return subject, session, number, datetime.now(UTC) + timedelta(seconds=KEPT_SECONDS)

    async def endpoints(self) -> Endpoints:
        """What the institution says about itself, asked once an hour. Raises ProviderAway, at once while it rests."""
        if self._endpoints is None or monotonic() >= self._until:
            async with self._lock:
                if self._endpoints is None or monotonic() >= self._until:
                    await self._look()
        return cast(Endpoints, self._endpoints)

    async def _look(self) -> None:
        """Reads addresses and keys; what was known before lasts on while the institution is away."""
        if monotonic() < self._rested:
            if self._endpoints is None:
                raise ProviderAway(self.provider)
            return
        self._rested = monotonic() + REST_SECONDS
        try:
            endpoints = await self._discovered()
            keys = await self._current_keys(endpoints)
        except ProviderAway:
            if self._endpoints is None:
                raise
            self._until = max(self._until, self._rested)
            return
        self._endpoints, self._keys, self._until = endpoints, keys, monotonic() + KEPT_SECONDS

    async def _discovered(self) -> Endpoints:
        status, found = await self._web.ask(self.provider, description_of(self.provider))
        asked = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if status != httpx.codes.OK or found.get("issuer") != self.provider.issuer or not all(map(self._usable, asked)):
            log.warning(
                "provider_misdescribed",
                provider=self.provider.key,
                status=status,
                issuer=str(found.get("issuer"))[:200],
            )
            raise ProviderAway(self.provider)
        authorization, token, keys = cast(list[str], asked)
        end = found.get("end_session_endpoint")
        methods = found.get("token_endpoint_auth_methods_supported")
        return Endpoints(
            authorization,
            token,
            keys,
            end if self._usable(end) else None,
            found.get("authorization_response_iss_parameter_supported") is True,
            not isinstance(methods, list) or "client_secret_basic" in methods,
        )

    async def _current_keys(self, endpoints: Endpoints) -> KeySet:
        status, found = await self._web.ask(self.provider, endpoints.keys)
        keys = found.get("keys")
        if status != httpx.codes.OK or not isinstance(keys, list):
            raise ProviderAway(self.provider)
        usable = []
        for key in keys[:100]:
            # One that we cannot read may be for something else: the others count.
            if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig":
                try:
                    usable.extend(KeySet.import_key_set({"keys": [key]}).keys)
                except (JoseError, ValueError, TypeError, KeyError):
                    log.warning("provider_key_unreadable", provider=self.provider.key)
        return KeySet(usable)

    async def _verified(self, token: str, *, nonce: str, access_token: object) -> dict[str, Any]:
        header, claims = await self._decoded(token)
        params = {"client_id": self.provider.client_id, "nonce": nonce, "access_token": access_token}
        self._check(CodeIDToken(claims, header, self._wanted(), params))
        subject = claims["sub"]
        if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
            self._refuse("sub")
        return claims

    async def _decoded(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of a token that one of the institution's keys has signed; of a new key it is asked once."""
        await self.endpoints()
        for last in (False, True):
            try:
                read = jwt.decode(token, self._keys or KeySet([]), algorithms=list(ALGORITHMS))
            except InvalidKeyIdError:
                if last or monotonic() < self._rested:
                    self._refuse("kid")
                async with self._lock:
                    await self._look()
            except (JoseError, ValueError, TypeError, RecursionError) as error:
                self._refuse(type(error).__name__)
            else:
                return dict(read.header), dict(read.claims)
        raise AssertionError

    def _wanted(self) -> dict[str, dict[str, object]]:
        return {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }

    def _check(self, claims: CodeIDToken) -> None:
        try:
            claims.validate(now=int(time()), leeway=LEEWAY)
        except (ExpiredTokenError, InvalidClaimError, MissingClaimError) as error:
            if isinstance(error, ExpiredTokenError) or getattr(error, "claim", "") in ("iat", "nbf"):
                issued = claims.get("iat")
                apart = round(time() - issued) if isinstance(issued, int | float) else None
                log.warning("provider_clock", provider=self.provider.key, seconds=apart)
                raise NotSignedIn(
                    f"The clocks of {self.provider.name} and of this site do not agree. Please tell the person who "
                    "runs this site: “three-circles doctor” shows which one is wrong."
                ) from None
            self._refuse(getattr(error, "claim", type(error).__name__))
        except JoseError as error:
            self._refuse(type(error).__name__)

    def _refuse(self, what: str) -> NoReturn:
        """Ends in NotSignedIn. The log has what did not hold and nothing of the person."""
        log.warning("provider_token_refused", provider=self.provider.key, what=what)
        raise NotSignedIn(_AGAIN)

    def _usable(self, address: object) -> bool:
        """An https address; plain http only where the institution itself is on this machine."""
        if not isinstance(address, str) or len(address) > 2000 or not is_safe_address(address):
            return False
        return urlsplit(address).scheme == "https" or urlsplit(self.provider.issuer).scheme == "http"

    def _secret(self) -> str:
        try:
            return self.provider.secret()
        except (OSError, UnicodeDecodeError):
            log.warning("provider_secret_unreadable", provider=self.provider.key)
            raise ProviderAway(self.provider) from None

    def _who(self, endpoints: Endpoints) -> dict[str, str]:
        if not self.provider.client_secret_file:
            return {"client_id": self.provider.client_id}
        if endpoints.basic:
            return {}
        return {"client_id": self.provider.client_id, "client_secret": self._secret()}

    def _headers(self, endpoints: Endpoints) -> dict[str, str]:
        if not self.provider.client_secret_file or not endpoints.basic:
            return {}
        auth = httpx.BasicAuth(quote(self.provider.client_id, safe=""), quote(self._secret(), safe=""))
        return {"Authorization": auth._auth_header}


_AGAIN: Final = (
    "Something did not match on the way back from your institution, so we did not sign you in. Please try again."
)


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"
