"""Errors that people can act on: each carries its status, and is told as a page or as problem details (RFC 9457).

How a part of the site tells its own is said by its routers (`PROBLEM_PAGES`), which `app.py` puts together.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.kit.errors import (
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    Problem,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unprocessable,
)
from api.observability.logs import REQUEST_ID, route_of
from api.persistence.engine import is_unavailable
from api.web.rendering import render

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"

# Tells a problem below the paths that it is registered for; None leaves it to the page of errors.
ProblemPage = Callable[[Request, Problem], Response | None]


UNREADABLE = "We could not read the request. It is not UTF-8 text, or it is nested too deeply."


class BadHost(Problem):
    status, title = 400, "This is not the address of this site"


class ProblemDetails(BaseModel):
    """RFC 9457 problem details, the body of every refusal."""

    type: str = Field("about:blank", description="A URI for this kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list)
    request_id: str = Field("", description="The request's number in the server's logs.")


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the refusals that a call can give."""
    body = {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}}
    return {status: {"description": HTTPStatus(status).phrase, **body} for status in {*statuses, 422, 429, 500}}


def field_errors(error: ValidationError | RequestValidationError) -> list[FieldError]:
    """Pydantic's findings as JSON pointers and sentences."""
    return [
        {"pointer": "/" + "/".join(str(step) for step in detail["loc"]), "detail": detail["msg"]}
        for detail in error.errors()
    ]


def register(app: FastAPI) -> None:
    """Translates every error once."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == HTTPStatus.BAD_REQUEST:  # the framework's word for a body that is no text
            return answer(request, Unprocessable(UNREADABLE))
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods_of(request))
        return answer(request, from_status(error.status_code, headers, str(error.detail)))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, Unprocessable("Please check the fields listed in `errors`.", field_errors(error)))

    async def database(request: Request, error: Exception) -> Response:
        assert isinstance(error, DBAPIError | PoolTimeout)
        return answer(request, from_database(error))

    async def unexpected(request: Request, error: Exception) -> Response:
        named = {"request_id": request.scope.get(REQUEST_ID), "route": route_of(request.scope)}
        log.error("request_failed", kind=type(error).__name__, **named)
        return answer(request, Problem())

    app.add_exception_handler(Problem, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(DBAPIError, database)
    app.add_exception_handler(PoolTimeout, database)
    app.add_exception_handler(Exception, unexpected)


def _methods_of(request: Request) -> list[str]:
    """What may be done at this address: the framework names the methods of its first route alone."""
    routes = request.app.router.routes
    asked = ({**request.scope, "method": method} for method in METHODS)
    return [scope["method"] for scope in asked if any(route.matches(scope)[0] is Match.FULL for route in routes)]


def from_database(error: DBAPIError | PoolTimeout) -> Problem:
    """What a database error means to the person who asked."""
    if isinstance(error, PoolTimeout) or is_unavailable(error):
        return Unavailable("The database is not responding. Please try again in a moment.")
    if isinstance(error, DataError):  # such as the character NUL, which PostgreSQL cannot store in text
        return Unprocessable(
            "The text contains a character or number that we cannot save. Please remove it and try again."
        )
    return Problem()


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

_DETAIL = {
    404: "Check the address. If it is right, the page may have been removed.",
    405: "This page does not accept that kind of request.",
    413: "Please send something shorter.",
}


def from_status(status: int, headers: dict[str, str], detail: str) -> Problem:
    """A framework's own refusal in our words."""
    refusals = (Unauthorized, Forbidden, NotFound, Conflict, PreconditionFailed, TooLarge, Unprocessable)
    kinds = {kind.status: kind for kind in refusals}
    problem = Problem.__new__(kinds.get(status, Problem))
    Problem.__init__(problem, _DETAIL.get(status, detail), headers=headers)
    problem.status = status
    if status not in kinds:
        problem.title = HTTPStatus(status).phrase
    return problem


def answer(request: Request, problem: Problem) -> Response:
    """The response that tells the problem."""
    if metrics := getattr(request.app.state, "metrics", None):
        metrics.problems.labels(type(problem).__name__, str(problem.status)).inc()
    path = request.url.path
    pages: Mapping[str, ProblemPage] = request.app.state.problem_pages
    for start, page in pages.items():
        if path.startswith(start) and (response := page(request, problem)) is not None:
            return response
    return error_page(request, problem)


def details(request: Request, problem: Problem) -> Response:
    """The problem for programs."""
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "errors": problem.errors,
        "request_id": request.scope.get(REQUEST_ID, ""),
    }
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=PROBLEM_JSON)


def error_page(request: Request, problem: Problem, back_url: str = "/") -> Response:
    """The problem for people, with a link back to where they can go on."""
    return render(
        request,
        "error.html",
        title=problem.title,
        problem=problem,
        status=problem.status,
        detail=problem.detail,
        back_url=back_url,
        number=request.scope.get(REQUEST_ID, ""),
    )
