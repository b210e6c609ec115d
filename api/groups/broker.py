"""Tells other processes which groups have changed. A message carries the code alone: a lost one does no harm,
because readers take the state from the database."""

from collections.abc import Callable, Iterable
from typing import Protocol


class Broker(Protocol):
    """Publishes changes and hears those of others. `connected` is False while messages may be lost."""

    connected: bool

    async def publish(self, codes: Iterable[str]) -> None: ...
    async def listen(self, hear: Callable[[str], None]) -> None: ...
    async def close(self) -> None: ...


class LocalBroker:
    """One process alone: there is nobody to tell."""

    connected = True

    async def publish(self, codes: Iterable[str]) -> None:
        """Nobody else listens."""

    async def listen(self, hear: Callable[[str], None]) -> None:
        """Nobody else speaks."""

    async def close(self) -> None:
        """Nothing is open."""


def make_broker(url: str) -> Broker:
    """The broker for a URL; the local one for none. Valkey and Redis need the extra `scale`."""
    if not url:
        return LocalBroker()
    from api.groups.redis_broker import RedisBroker  # noqa: PLC0415  # its library is there only with the extra

    return RedisBroker(url)
