"""Limits on what can be guessed or flooded. Clients are told apart in memory only; no address is stored."""

from time import monotonic
from typing import Protocol

import structlog
from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from api.problems import TooMany
from api.settings import Settings

log = structlog.get_logger()

# A whole class shares one address, so per address the limits leave room for two thousand phones at once.
GUESSES = RateLimitItemPerMinute(120)
GUESSES_PER_ADDRESS = RateLimitItemPerSecond(20_000, 10)
LEARNERS_PER_ADDRESS = RateLimitItemPerMinute(3000)
GROUPS_PER_ADDRESS = RateLimitItemPerMinute(30)
WRONG_CODES_PER_ADDRESS = RateLimitItemPerMinute(60)
SIGN_INS_PER_NAME = RateLimitItemPerMinute(5)
SIGN_INS_PER_ADDRESS = RateLimitItemPerMinute(30)


class Windows(Protocol):
    """Counts hits in fixed windows; each says whether there is room."""

    async def hit(self, item: RateLimitItem, *client: str) -> bool: ...
    async def test(self, item: RateLimitItem, *client: str) -> bool: ...


class MemoryWindows:
    """Fixed windows of one process. A window is shared by all clients and dropped whole, so that a hit costs the
    same however many there are; the in-memory storage of `limits` walks every key at each hit."""

    def __init__(self) -> None:
        # By identity: the limits are the constants above, and hashing one costs more than counting.
        self._windows: dict[int, tuple[float, dict[tuple[str, ...], int]]] = {}

    async def hit(self, item: RateLimitItem, *client: str) -> bool:
        return self.count(item, *client)

    def count(self, item: RateLimitItem, *client: str) -> bool:
        """Counts one, and says whether there was room."""
        counts = self._window(item)
        counts[client] = count = counts.get(client, 0) + 1
        return count <= item.amount

    async def test(self, item: RateLimitItem, *client: str) -> bool:
        return self._window(item).get(client, 0) < item.amount

    def _window(self, item: RateLimitItem) -> dict[tuple[str, ...], int]:
        now = monotonic()
        end, counts = self._windows.get(id(item), (0.0, {}))
        if now >= end:
            counts = {}
            self._windows[id(item)] = (now + item.get_expiry(), counts)
        return counts


class Limiter:
    """Fixed windows per client, in this process or shared through the broker's store."""

    def __init__(self, settings: Settings) -> None:
        self.enabled = settings.rate_limit
        self._here = MemoryWindows()
        self._shared: Windows = SharedWindows(settings.broker_url) if settings.broker_url else self._here

    async def take(self, item: RateLimitItem, *client: str) -> None:
        """Counts one request of this client; raises TooMany with the seconds to wait when there were too many."""
        if self.enabled and not await self._shared.hit(item, *client):
            raise TooMany(item.get_expiry())

    def take_here(self, item: RateLimitItem, *client: str) -> None:
        """As `take`, counted by this process alone: for guesses, where two ways to a store would cost as much again."""
        if self.enabled and not self._here.count(item, *client):
            raise TooMany(item.get_expiry())

    async def check(self, item: RateLimitItem, *client: str) -> None:
        """Counts nothing; raises TooMany when this client has used up its window."""
        if self.enabled and not await self._shared.test(item, *client):
            raise TooMany(item.get_expiry())


class SharedWindows:
    """Fixed windows in the broker's store, the same for all processes. While the store is away nothing is limited:
    a class that votes matters more than a limit."""

    def __init__(self, broker_url: str) -> None:
        from redis.exceptions import RedisError  # noqa: PLC0415  # there only with the extra `scale`

        url = "async+" + broker_url.replace("valkey://", "redis://")
        storage = RedisStorage(url, implementation="redispy", socket_timeout=1, socket_connect_timeout=1)
        self._windows = FixedWindowRateLimiter(storage)
        self._away = (RedisError, StorageError, OSError)

    async def hit(self, item: RateLimitItem, *client: str) -> bool:
        try:
            return await self._windows.hit(item, *client)
        except self._away as error:
            log.warning("rate_limit_unavailable", error=type(error).__name__)
            return True

    async def test(self, item: RateLimitItem, *client: str) -> bool:
        try:
            return await self._windows.test(item, *client)
        except self._away as error:
            log.warning("rate_limit_unavailable", error=type(error).__name__)
            return True


def address(request: Request) -> str:
    """The client's network address, used as a key in memory for the length of a window."""
    client = request.scope["client"]
    return str(client[0]) if client else "local"


async def take(request: Request, item: RateLimitItem, *client: str) -> None:
    limiter: Limiter = request.app.state.limiter
    await limiter.take(item, *client)
