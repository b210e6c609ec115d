"""The broker that carries live updates between processes."""

from api.kit.settings import Settings
from api.operations.findings import Finding, good, notice, trouble

ABOUT = "Broker"


def look_at_broker(settings: Settings) -> list[Finding]:
    if not settings.broker_url:
        return [good(ABOUT, "none is set, so one process works alone.")]
    try:
        from redis import Redis  # noqa: PLC0415  # there only with the extra `scale`
        from redis.exceptions import RedisError  # noqa: PLC0415

        from api.groups.live.redis_broker import CHANNEL  # noqa: PLC0415
    except ModuleNotFoundError:
        return [trouble(ABOUT, "its library is not installed.", "Install three-circles with the extra “scale”.")]
    url = settings.broker_url.replace("valkey://", "redis://")
    try:
        with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as broker:
            heard = broker.pubsub_numsub(CHANNEL)
    except (RedisError, OSError, ValueError) as error:
        act = (
            "Check that it runs and that THREE_CIRCLES_BROKER_URL is right. Until then, groups update every 2 seconds."
        )
        return [trouble(ABOUT, f"it does not respond ({type(error).__name__}).", act)]
    listeners = int(heard[0][1])
    if not listeners:
        return [
            notice(ABOUT, "it responds, but no server is connected to it.", "Start the servers with the same setting.")
        ]
    return [good(ABOUT, f"it responds, and {listeners} processes are connected.")]
