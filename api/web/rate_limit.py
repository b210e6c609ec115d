"""Limits on what can be guessed or flooded. Clients are told apart in memory only; no address is stored.

Every number stands here and, with the test that shows it, in the table of `docs/operate.md`.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Final, Protocol

import structlog
from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError

from api.kit.errors import NotFound, TooMany
from api.kit.settings import Settings

log = structlog.get_logger()

# A whole school shares one address, so per address the limits leave room for two thousand phones at once.
GUESSES = RateLimitItemPerMinute(120)
GUESSES_PER_ADDRESS = RateLimitItemPerSecond(20_000, 10)
LEARNERS_PER_ADDRESS = RateLimitItemPerMinute(3000)
LEARNERS_PER_ADDRESS_A_DAY = RateLimitItemPerDay(30_000)
JOINS_PER_ADDRESS = RateLimitItemPerMinute(2500)
JOINS_PER_ADDRESS_A_DAY = RateLimitItemPerDay(30_000)
GROUPS_PER_ADDRESS = RateLimitItemPerMinute(30)
GROUPS_PER_ADDRESS_A_DAY = RateLimitItemPerDay(500)
DEVICE_CODES_PER_ADDRESS = RateLimitItemPerMinute(30)
DEVICE_CODES_PER_ADDRESS_A_DAY = RateLimitItemPerDay(2000)
WRONG_CODES = RateLimitItemPerMinute(60)  # of a trainer who is signed in
WRONG_CODES_PER_ADDRESS = RateLimitItemPerMinute(60)
SIGN_INS_PER_ADDRESS = RateLimitItemPerMinute(30)
SIGN_INS_PER_NAME = RateLimitItemPerMinute(5)  # of one name, from one address
SIGN_INS_PER_NAME_EVERYWHERE = RateLimitItemPerMinute(30)
SIGN_INS_PER_DEVICE = RateLimitItemPerMinute(5)  # of a device on which this name has signed in before
CODES_PER_ACCOUNT = RateLimitItemPerMinute(5)  # of a second factor, by someone who has shown the first
CODES_PER_ACCOUNT_A_DAY = RateLimitItemPerDay(60)

# Requests: those that find a place wait for a password, the others are refused at once.
PASSWORDS_SIDE_BY_SIDE: Final = 12

# An IPv6 /48 is one customer with 65,536 networks; it may do as much as so many of them.
NETWORKS_PER_SITE: Final = 16
MOST_CLIENTS = 200_000  # told apart in one window; beyond that all begin it again
LONGEST_ADDRESS = 64
TOLD_SECONDS = 60.0
_HOUR: Final = 3600

NAMES: Final = {id(item): name.lower() for name, item in globals().items() if isinstance(item, RateLimitItem)}
_SITES: Final = {
    id(item): type(item)(item.amount * NETWORKS_PER_SITE, item.multiples)
    for item in list(globals().values())
    if isinstance(item, RateLimitItem)
}


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
        if count == 1 and len(counts) > MOST_CLIENTS:
            counts.clear()
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


class Strikes:
    """Tells the log that a limit was met: at once, and then once a minute for each kind with how often."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()

    def note(self, kind: str) -> None:
        """To be called on the event loop."""
        if kind in self._waiting:
            self._waiting[kind] += 1
        else:
            self._tell(kind, 1)

    def _tell(self, kind: str, count: int) -> None:
        log.warning("limit_met", kind=kind, count=count)
        self._waiting[kind] = 0
        asyncio.get_running_loop().call_later(TOLD_SECONDS, self.tell_rest, kind)

    def tell_rest(self, kind: str) -> None:
        """What came since the last line, when its minute is over."""
        if count := self._waiting.pop(kind, 0):
            self._tell(kind, count)


class Limiter:
    """Fixed windows per client, in this process or shared through the broker's store."""

    def __init__(self, settings: Settings) -> None:
        self.enabled = settings.rate_limit
        self._here = MemoryWindows()
        self._shared: Windows = SharedWindows(settings.broker_url) if settings.broker_url else self._here
        self.strikes = Strikes()
        self.passwords = asyncio.Semaphore(PASSWORDS_SIDE_BY_SIDE)

    async def take(self, item: RateLimitItem, *client: str) -> None:
        """Counts one request of this client; raises TooMany with the seconds to wait when there were too many."""
        if self.enabled and not await self._shared.hit(item, *client):
            self._refuse(item)

    async def take_from(self, request: Request, item: RateLimitItem, *kind: str) -> None:
        """As `take`, for the network that the request comes from, and more coarsely for the site that it is part of."""
        network, site = _networks(request)
        await self.take(item, *kind, network)
        if site and self.enabled and not await self._shared.hit(_SITES[id(item)], *kind, site):
            self._refuse(item)

    def take_here(self, request: Request, who: str) -> None:
        """Counts a guess in this process alone: two ways to a store would cost as much again."""
        if not self.enabled:
            return
        network, site = _networks(request)
        count = self._here.count
        if not count(GUESSES, who):
            self._refuse(GUESSES)
        if not count(GUESSES_PER_ADDRESS, network) or (site and not count(_SITES[id(GUESSES_PER_ADDRESS)], site)):
            self._refuse(GUESSES_PER_ADDRESS)

    async def check(self, item: RateLimitItem, *client: str) -> None:
        """Counts nothing; raises TooMany when this client has used up its window."""
        if self.enabled and not await self._shared.test(item, *client):
            self._refuse(item)

    async def check_from(self, request: Request, item: RateLimitItem, *kind: str) -> None:
        """As `check`, for the network that the request comes from and for its site."""
        network, site = _networks(request)
        await self.check(item, *kind, network)
        if site and self.enabled and not await self._shared.test(_SITES[id(item)], *kind, site):
            self._refuse(item)

    def _refuse(self, item: RateLimitItem) -> None:
        self.strikes.note(NAMES[id(item)])
        if item.get_expiry() > _HOUR:
            whose = "for this account" if item is CODES_PER_ACCOUNT_A_DAY else "from your network"
            raise TooMany(_HOUR, f"Too many requests have come {whose} today. Please try again tomorrow.")
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
    """The network that a request comes from, as a key in memory: an IPv4 address or an IPv6 /64."""
    return _networks(request)[0]


def _networks(request: Request) -> tuple[str, str | None]:
    client = request.scope["client"]
    return networks(client[0][:LONGEST_ADDRESS]) if client else ("local", None)


@lru_cache(maxsize=8192)
def networks(host: str) -> tuple[str, str | None]:
    """The smallest network that one client may hold, and the site around it if there is one.

    Anyone who has an IPv6 address has the 2⁶⁴ of its /64 too, and often a /48. What is no address counts as it stands.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return host, None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped), None
        number = int(found)
        return str(IPv6Network((number >> 64 << 64, 64))), str(IPv6Network((number >> 80 << 80, 48)))
    return str(found), None


async def take(request: Request, item: RateLimitItem, *client: str) -> None:
    """Counts one request of this client, which is no address."""
    limiter = limiter_of(request)
    await limiter.take(item, *client)


async def take_from(request: Request, item: RateLimitItem, *kind: str) -> None:
    """Counts one request of the network that it comes from. `kind` parts what shares a limit."""
    limiter = limiter_of(request)
    await limiter.take_from(request, item, *kind)


@asynccontextmanager
async def wrong_codes(request: Request, kind: str, who: str = "") -> AsyncIterator[None]:
    """Counts the codes that open nothing, of `who` or else of the network that they come from.

    Beyond the limit nothing is looked up any more: TooMany, be the code right or wrong.
    """
    limiter = limiter_of(request)
    if who:
        await limiter.check(WRONG_CODES, kind, who)
    else:
        await limiter.check_from(request, WRONG_CODES_PER_ADDRESS, kind)
    try:
        yield
    except NotFound:
        if who:
            await limiter.take(WRONG_CODES, kind, who)
        else:
            await limiter.take_from(request, WRONG_CODES_PER_ADDRESS, kind)
        raise


def limiter_of(request: Request) -> Limiter:
    limiter: Limiter = request.app.state.limiter
    return limiter
