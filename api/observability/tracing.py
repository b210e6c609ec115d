"""OpenTelemetry, when the extra `otel` is installed and its own variables say where traces go.

FastAPI's and Starlette's instrumentations would record addresses: ours hold codes and tokens. A span of ours has the
method, the route's template, the status and the request's number; those of the database have statements without values.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import __version__
from api.observability.logs import REQUEST_ID, route_of

LAST_SECONDS = 1.0  # for what waits when the server ends
_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def is_on() -> bool:
    """Whether the standard variables name a receiver and nothing turns tracing off."""
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    return not off and any(os.environ.get(name) for name in _WHERE)


class Tracing:
    """Spans of one process, sent in the background."""

    def __init__(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

        named = {"service.version": __version__}
        if not os.environ.get("OTEL_SERVICE_NAME"):
            named["service.name"] = "three-circles"
        self.provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
        self.provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self.provider.get_tracer("three-circles", __version__)

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, with a span around each request."""
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415  # an extra

        tracer = self._tracer

        async def traced(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return

            with tracer.start_as_current_span(scope["method"], kind=SpanKind.SERVER, record_exception=False) as span:

                async def seen(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        span.set_attribute("http.response.status_code", message["status"])
                        if message["status"] >= 500:
                            span.set_status(StatusCode.ERROR)
                    await send(message)

                try:
                    await app(scope, receive, seen)
                finally:
                    route = route_of(scope)
                    span.update_name(f"{scope['method']} {route}")
                    span.set_attributes({
                        "http.request.method": scope["method"],
                        "http.route": route,
                        "three_circles.request_id": str(scope.get(REQUEST_ID, "")),
                    })  # fmt: skip

        return traced

    def follow(self, engine: Engine) -> None:
        """Spans for the statements of an engine."""
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415  # an extra

        SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=self.provider, skip_dep_check=True)

    def close(self) -> None:
        """Sends what waits; a receiver that is away does not hold up the end of the server."""
        sending = threading.Thread(target=self.provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)


def start_tracing() -> "Tracing | None":
    """The tracing of this process, or None when it is off: then nothing of it is even imported."""
    return Tracing() if is_on() else None


@asynccontextmanager
async def following(tracing: Tracing | None, engine: Engine) -> AsyncIterator[None]:
    """The statements of an engine as spans, while it is used."""
    if tracing is None:
        yield
        return
    tracing.follow(engine)
    yield
    await asyncio.to_thread(tracing.close)
