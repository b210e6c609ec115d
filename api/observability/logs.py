"""Logs: readable lines on a terminal, JSON elsewhere; never a request's body, token, address or path.

An exception's message may quote what someone wrote, so where logs are kept only its kind and its places are told.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import structlog
from starlette.types import Scope
from structlog.typing import EventDict, Processor

# Where a request's id and the template of its route stand in its scope.
REQUEST_ID = "three_circles.request"
ROUTE = "three_circles.route"
_HERE = Path(__file__).parents[2]

Tell = Callable[[Scope, int, float], None]


def set_up_logs() -> None:
    """Has the product and its libraries write to standard error, above the level of LOG_LEVEL."""
    level = getattr(logging, os.environ.get("LOG_LEVEL", "WARNING").upper(), logging.WARNING)
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*processors(), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *processors()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler])


def processors() -> list[Processor]:
    """What every line goes through, no matter who writes it."""
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if sys.stderr.isatty() else tell_places_only,
    ]


def tell_places_only(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Puts an exception's kind and the places that it went through in the stead of its message."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        event["places"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(_HERE)) if path.is_relative_to(_HERE) else path.name


def request_teller() -> Tell:
    """Writes one line for each request, whatever LOG_LEVEL is."""
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[*processors(), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )

    def tell(scope: Scope, status: int, began: float) -> None:
        log.info(
            "request",
            request_id=scope[REQUEST_ID],
            method=scope["method"],
            route=route_of(scope),
            status=status,
            ms=round(1e3 * (perf_counter() - began), 1),
        )

    return tell


def route_of(scope: Scope) -> str:
    """The template of a request's route, with its names in place of what they stood for."""
    if direct := scope.get(ROUTE):
        return str(direct)
    found = getattr(scope.get("route"), "path", None)
    return str(found) if found else "/static" if scope["path"].startswith("/static/") else "(none)"
