"""Hot routes, answered before the framework looks for a route.

Matching, dependencies and the exception stack cost as much as a guess itself. The same functions stand as routes in
their routers too, which describe them in OpenAPI; here they are only found sooner.
"""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from api.kit.errors import Problem, TooLarge
from api.observability.logs import REQUEST_ID, ROUTE
from api.web.problems import answer, from_database

log = structlog.get_logger()

Handler = Callable[[Request, str], Awaitable[Response]]


class FastPathMiddleware:
    """Calls a handler for requests of one method whose path is a prefix, one name, and a suffix.

    A route is given as `PUT /things/{name}/part`.
    """

    def __init__(self, app: ASGIApp, largest_body: int, routes: Mapping[str, Handler]) -> None:
        self.app = app
        self._largest_body = largest_body
        self._routes: dict[str, list[tuple[str, str, str, Handler]]] = {}
        for route, handler in routes.items():
            method, _, path = route.partition(" ")
            prefix, _, suffix = path.partition("{name}")
            self._routes.setdefault(method, []).append((prefix, suffix, path, handler))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # What has a query takes the long way, on which it is looked at.
        if scope["type"] == "http" and not scope["query_string"]:
            path = scope["path"]
            for prefix, suffix, template, handler in self._routes.get(scope["method"], ()):
                if path.startswith(prefix) and path.endswith(suffix):
                    name = path[len(prefix) : len(path) - len(suffix)]
                    if name and "/" not in name:
                        scope[ROUTE] = template
                        await self._answer(handler, name, scope, receive, send)
                        return
        await self.app(scope, receive, send)

    async def _answer(self, handler: Handler, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            if scope["method"] != "GET":
                request._body = await self._read(receive)  # what `request.body()` gives, read under our own limit
            response = await handler(request, name)
        except Problem as problem:
            response = answer(request, problem)
        except (DBAPIError, PoolTimeout) as error:
            response = answer(request, from_database(error))
        except ClientDisconnect:
            return
        except Exception as error:  # as the framework would: one calm answer, and a line in the log
            log.exception(
                "request_failed", request_id=scope.get(REQUEST_ID), route=scope[ROUTE], kind=type(error).__name__
            )
            response = answer(request, Problem())
        await response(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk: bytes = message.get("body", b"")
            body += chunk
            if len(body) > self._largest_body:
                raise TooLarge("Please send something shorter.")
            if not message.get("more_body", False):
                return body
