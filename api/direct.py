"""Hot routes, answered before the framework looks for a route.

Matching, dependencies and the exception stack cost as much as a guess itself. The same functions stand as routes in
their routers too, which describe them in OpenAPI; here they are only found sooner.
"""

import re
from collections.abc import Awaitable, Callable

import structlog
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem, TooLarge, answer, from_database

log = structlog.get_logger()

Handler = Callable[[Request, str], Awaitable[Response]]


class Direct:
    """Calls a handler for requests of one method whose path is the prefix, one name, and the suffix."""

    def __init__(self, app: ASGIApp, largest_body: int, routes: list[tuple[str, str, Handler]]) -> None:
        self.app = app
        self._largest_body = largest_body
        self._routes = [(method, re.compile(path), handler) for method, path, handler in routes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("POST", "PUT"):
            for method, path, handler in self._routes:
                if method == scope["method"] and (match := path.fullmatch(scope["path"])):
                    await self._answer(handler, match[1], scope, receive, send)
                    return
        await self.app(scope, receive, send)

    async def _answer(self, handler: Handler, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            request._body = await self._read(receive)  # what `request.body()` gives, read under our own limit
            response = await handler(request, name)
        except Problem as problem:
            response = answer(request, problem)
        except DBAPIError as error:
            response = answer(request, from_database(error))
        except ClientDisconnect:
            return
        except Exception as error:  # as the framework would: one calm answer, and a line in the log
            log.exception("request_failed", error=type(error).__name__)
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
