"""What operators ask: is it up, is it ready, how busy is it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import text
from sqlmodel import Session

from api.kit.errors import NotFound, Unavailable
from api.observability.metrics import REFRESH_SECONDS, Metrics
from api.persistence.dependencies import engine_of, session
from api.persistence.migrations.running import is_behind
from api.web.dependencies import settings_of
from api.web.problems import details, responses

router = APIRouter(tags=["health"])


PROBLEM_PAGES = {"/healthz": details, "/readyz": details, "/metrics": details}


class Health(BaseModel):
    status: str


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/readyz", responses=responses(503))
def readyz(request: Request, db: Annotated[Session, Depends(session)]) -> Health:
    """The database answers, and its schema is this version's or a newer one's."""
    db.connection().execute(text("SELECT 1"))
    if is_behind(engine_of(request)):
        raise Unavailable("The database waits for its migrations: run three-circles migrate.")
    return Health(status="ok")


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus text, for this machine only unless METRICS_PUBLIC says otherwise."""
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if not settings_of(request).metrics_public and (forwarded or not local):
        raise NotFound("Page not found.")
    figures: Metrics = request.app.state.metrics
    figures.look(request.app.state)
    return Response(figures.text(), media_type=CONTENT_TYPE_LATEST)


async def run_metrics(app: FastAPI) -> None:
    """Tells the gauges to the processes that share a port, since any of them may be asked."""
    figures: Metrics = app.state.metrics
    while figures.shared:
        figures.look(app.state)
        await asyncio.sleep(REFRESH_SECONDS)


@router.get("/healthz/stream", include_in_schema=False)
async def try_stream(request: Request) -> StreamingResponse:
    """Two events a second apart, and how the asker looks from here: by this `doctor` sees what a proxy does."""
    seen = {
        "address": request.client.host if request.client else "",
        "forwarded": request.headers.get("x-forwarded-for", ""),
        "scheme": request.url.scheme,
    }

    async def events() -> AsyncIterator[str]:
        yield f"data: {json.dumps(seen)}\n\n"
        await asyncio.sleep(1)
        yield "data: {}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
