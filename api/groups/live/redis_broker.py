"""The broker on Valkey or Redis."""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "three-circles:groups"
RETRY_SECONDS = 1.0

log = structlog.get_logger()


class RedisBroker:
    """Valkey or Redis publish/subscribe."""

    def __init__(self, url: str) -> None:
        self.connected = False
        self._redis = Redis.from_url(
            url.replace("valkey://", "redis://"), socket_timeout=2, socket_connect_timeout=2, health_check_interval=5
        )

    async def publish(self, codes: Iterable[str]) -> bool:
        """Tells the codes in one message; a broker that is down is no reason to fail."""
        try:
            await self._redis.publish(CHANNEL, " ".join(codes))
        except (RedisError, OSError) as error:
            log.warning("broker_publish_failed", error=type(error).__name__)
            return False
        return True

    async def listen(self, hear: Callable[[str], None], back: Callable[[], None]) -> None:
        """Listens for ever; connects again when the broker was away."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    self.connected = True
                    back()
                    while True:
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=1.0)
                        for code in message["data"].decode().split() if message else ():
                            hear(code)
            except (RedisError, OSError) as error:
                if self.connected:
                    log.warning("broker_lost", error=type(error).__name__)
                self.connected = False
            await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        await self._redis.aclose()
