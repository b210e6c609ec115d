"""The server process: the first lines that a person reads, and Uvicorn."""

import gc
import socket as socket_module
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from api.accounts.tokens import Tokens
from api.accounts.trainer import needs_setup, set_up_link
from api.app import create_app
from api.groups.live.hub import STALE_SECONDS
from api.kit.network import is_loopback, network_address
from api.kit.settings import Settings
from api.observability.logs import set_up_logs
from api.observability.metrics import share_figures
from api.persistence.engine import make_engine
from api.persistence.migrations.running import upgrade
from api.web.http_protocol import BoundedHttpProtocol, take_all_descriptors

# Requests under way get this long after SIGTERM; they need a commit, not more.
GRACE_SECONDS = 2
# On a bad link an answer may take longer to arrive than Uvicorn's five seconds: the next request would meet a closed
# connection.
KEEP_ALIVE_SECONDS = 30
SEND_BUFFER = 64 * 1024  # bytes; the largest page and script fit, and the system keeps twice as much

# After this many new objects the garbage collector looks at the young ones. Requests make few cycles, and the usual
# 700 had it walk the whole application again and again: a quarter of the server's time.
COLLECT_AFTER = 20_000


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serves until a signal ends it."""
    set_up_logs()
    take_all_descriptors()
    config = uvicorn.Config(
        "api.server:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=BoundedHttpProtocol,
        ws="none",  # nothing here speaks it
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    socket = config.bind_socket()
    # Connections take this over: the system's own bound is megabytes for each reader that does not read.
    socket.setsockopt(socket_module.SOL_SOCKET, socket_module.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket_module, "TCP_USER_TIMEOUT"):
        # So is this: a reader that takes nothing is cut off by the system too, with what waits for it.
        limit = int(STALE_SECONDS * 1000)
        socket.setsockopt(socket_module.IPPROTO_TCP, socket_module.TCP_USER_TIMEOUT, limit)
    socket.listen(config.backlog)  # before the address is printed: anyone who reads it may come at once
    upgrade_and_welcome(settings, host, socket.getsockname()[1])
    if workers > 1:
        with share_figures():
            Multiprocess(config, sockets=[socket]).run()
    else:
        uvicorn.Server(config).run(sockets=[socket])


def application() -> FastAPI:
    """The application of one server process, whose collector is spared once it has started."""
    set_up_logs()
    settings = Settings()
    BoundedHttpProtocol.bound_peers = settings.rate_limit and not settings.trusted_proxies
    app = create_app(settings)
    started = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with started(app) as state:
            spare_the_collector()
            yield state

    app.router.lifespan_context = lifespan
    return app


def spare_the_collector() -> None:
    """Leaves what was made at the start out of garbage collection, and collects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 50, 100)


def upgrade_and_welcome(settings: Settings, host: str, port: int) -> None:
    """Migrates, then prints where to go."""
    engine = make_engine(settings.resolved_database_url())
    upgrade(engine)
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104  # compared, not bound
    named = (network_address() or "127.0.0.1") if everywhere else host
    base = settings.public_url or f"http://{f'[{named}]' if ':' in named else named}:{port}"
    lines = [
        f"Three Circles is running at {base}",
        f"  Practise        {base}/practice",
        f"  Start a group   {base}/groups/new",
    ]
    if needs_setup(engine):
        lines.append(f"  First trainer   {set_up_link(Tokens(*settings.resolved_secret_keys()), base)}")
        lines.append("                  (this link works once, within seven days)")
    if not settings.public_url and is_loopback(host):
        lines.append("  Phones          cannot reach this address. To lead a group, stop and start again with")
        lines.append("                  make run HOST=0.0.0.0   or   three-circles serve --host 0.0.0.0")
        if address := network_address():
            lines.append(f"                  and open http://{address}:{port} (phones must be in the same network)")
    lines.append("  Stop with Ctrl+C")
    engine.dispose()
    Console(highlight=False, soft_wrap=True).print("\n".join(lines), markup=False)
    sys.stdout.flush()
