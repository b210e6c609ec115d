"""The institutions of this installation, what goes wrong with them, and what a way there and back is bound to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from fastapi import Request

from api.accounts.providers import Provider
from api.kit.errors import NotFound, Problem

if TYPE_CHECKING:
    from api.accounts.oidc import Client, Web


class ProviderAway(Problem):
    """The institution does not answer, or not as the standard says."""

    status, title = 503, "Your institution cannot be reached"

    def __init__(self, provider: Provider) -> None:
        super().__init__(
            f"We cannot reach {provider.name} to sign you in at the moment. Please try again in a minute.",
            headers={"Retry-After": "60"},
        )


class NotSignedIn(Problem):
    """The way back from the institution does not hold: no one is signed in by it."""

    status, title = 400, "You are not signed in yet"


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one way to the institution and back is bound to; none of it is told to anyone but the institution."""

    redirect: str
    state: str
    nonce: str
    verifier: str


class Institutions:
    """The institutions of this installation, in the order of the operator's file."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._clients: dict[str, Client] = {}
        self._web: Web | None = None
        if providers:
            from api.accounts.oidc import Client, Web  # noqa: PLC0415  # 17 MB and a while, spared where there are none

            self._web = web = Web()
            self._clients = {provider.key: Client(provider, web) for provider in providers}

    @property
    def providers(self) -> tuple[Provider, ...]:
        return tuple(client.provider for client in self._clients.values())

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._clients)

    def client(self, key: str) -> Client:
        """Raises NotFound."""
        if key not in self._clients:
            raise NotFound("This institution is not set up here. Go to Trainers and choose how to sign in.")
        return self._clients[key]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._web is not None:
            await self._web.close()


def institutions_of(request: Request) -> Institutions:
    found: Institutions = request.app.state.institutions
    return found
