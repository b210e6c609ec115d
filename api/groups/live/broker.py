"""Tells other processes which groups have changed. A message carries the code alone: a lost one does no harm,
because readers take the state from the database."""

from collections.abc import Callable, Iterable
from typing import Protocol


class Broker(Protocol):
    """Publishes changes and hears those of others. `connected` is False while messages may be lost."""

    connected: bool

    async def publish(self, codes: Iterable[str]) -> bool:
        """Tells the codes, and says whether that worked."""
        ...

    async def listen(self, hear: Callable[[str], None], back: Callable[[], None]) -> None:
        """Calls `hear` for every code, and `back` whenever messages may have been lost before."""
        ...

    async def close(self) -> None:
        """Lets the connections go."""
        ...


class LocalBroker:
    """One process alone: there is no one to tell, and no one speaks."""

    connected = True

    async def publish(self, codes: Iterable[str]) -> bool:  # noqa: ARG002
        return True

    async def listen(self, hear: Callable[[str], None], back: Callable[[], None]) -> None:
        pass

    async def close(self) -> None:
        pass


def make_broker(url: str) -> Broker:
    """The broker for a URL; the local one for none. Valkey and Redis need the extra `scale`."""
    if not url:
        return LocalBroker()
    from api.groups.live.redis_broker import RedisBroker  # noqa: PLC0415  # its library is there only with the extra

    return RedisBroker(url)
