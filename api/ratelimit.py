"""Limits on what can be guessed or flooded. Clients are told apart in memory only; no address is stored."""

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter

from api.problems import TooMany
from api.settings import Settings

# A whole class shares one address, so per address the limits leave room for two thousand phones at once.
GUESSES = RateLimitItemPerMinute(120)
GUESSES_PER_ADDRESS = RateLimitItemPerSecond(2000, 10)
LEARNERS_PER_ADDRESS = RateLimitItemPerMinute(3000)
GROUPS_PER_ADDRESS = RateLimitItemPerMinute(30)
WRONG_CODES_PER_ADDRESS = RateLimitItemPerMinute(30)
SIGN_INS_PER_NAME = RateLimitItemPerMinute(5)
SIGN_INS_PER_ADDRESS = RateLimitItemPerMinute(30)


class Limiter:
    """Fixed windows per client, in this process or shared through the broker's store."""

    def __init__(self, settings: Settings) -> None:
        self.enabled = settings.rate_limit
        storage: Storage
        if settings.broker_url:
            storage = RedisStorage(
                "async+" + settings.broker_url.replace("valkey://", "redis://"), implementation="redispy"
            )
        else:
            storage = MemoryStorage()
        self._windows = FixedWindowRateLimiter(storage)

    async def take(self, item: RateLimitItem, *client: str) -> None:
        """Counts one request of this client; raises TooMany with the seconds to wait when there were too many."""
        if self.enabled and not await self._windows.hit(item, *client):
            raise TooMany(item.get_expiry())

    async def check(self, item: RateLimitItem, *client: str) -> None:
        """Counts nothing; raises TooMany when this client has used up its window."""
        if self.enabled and not await self._windows.test(item, *client):
            raise TooMany(item.get_expiry())


def address(request: Request) -> str:
    """The client's network address, used as a key in memory for the length of a window."""
    return request.client.host if request.client else "local"


async def take(request: Request, item: RateLimitItem, *client: str) -> None:
    limiter: Limiter = request.app.state.limiter
    await limiter.take(item, *client)
