"""What operators ask: is it up, is it ready, how busy is it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session

from api.db import session
from api.migrations.running import is_current
from api.problems import NotFound, Unavailable, responses

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.guesses = Counter("three_circles_guesses_total", "Guesses written to disk.", registry=self.registry)
        self.batch = Histogram(
            "three_circles_commit_batch_size",
            "Guesses in one commit.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000),
            registry=self.registry,
        )
        self.streams = Gauge("three_circles_streams", "Open streams.", registry=self.registry)
        self.dropped = Gauge("three_circles_streams_dropped", "Streams that took nothing.", registry=self.registry)
        self.queue = Gauge("three_circles_writer_queue", "Guesses that wait for a commit.", registry=self.registry)

    def committed(self, size: int) -> None:
        self.guesses.inc(size)
        self.batch.observe(size)


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", responses=responses(503))
def readyz(request: Request, db: Annotated[Session, Depends(session)]) -> Health:
    """The database answers and its migrations are current."""
    db.connection().execute(text("SELECT 1"))
    if not is_current(request.app.state.engine):
        raise Unavailable("The database waits for its migrations: run three-circles migrate.")
    return Health(status="ok")


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus text, for this machine only unless METRICS_PUBLIC says otherwise."""
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if not request.app.state.settings.metrics_public and (forwarded or not local):
        raise NotFound("There is nothing here.")
    figures: Metrics = request.app.state.metrics
    figures.queue.set(request.app.state.writer.depth)
    figures.streams.set(request.app.state.hub.open_streams)
    figures.dropped.set(request.app.state.hub.dropped)
    return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)
