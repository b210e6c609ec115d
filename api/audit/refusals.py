"""Writes down what a signed-in person asked for and was not given."""

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit.trail import record_refused

_FORBIDDEN = 403
# Of an address only what names a story, a person or a version; the rest may be a code or a token.
_NAMED = ("slug", "trainer_id", "number")


class ForbiddenAuditMiddleware:
    """Looks at every answer that is not open to anyone who asks. It stands behind the hot routes, which have none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def listen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        await self.app(scope, receive, listen)
        if status == _FORBIDDEN and (trainer := state.get("trainer")) is not None:
            await run_in_threadpool(record_refused, scope["app"].state.engine, trainer, "ask", _what(scope))


def _what(scope: Scope) -> str:
    """Such as `POST /trainers/vignettes/ana-the-race/publish`."""
    path = getattr(scope.get("route"), "path", "") or scope["path"].partition("/")[0]
    for name, value in scope.get("path_params", {}).items():
        if name in _NAMED:
            path = path.replace(f"{{{name}}}", str(value))
    return f"{scope['method']} {path}"
