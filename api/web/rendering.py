"""Pages and fragments: templates, static files with a content hash, and forms that work without JavaScript."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from os.path import splitext
from typing import Annotated, Any

from defusedxml import ElementTree
from fastapi import Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from api.kit import assets
from api.kit.errors import Problem
from api.kit.prose import quoted
from api.kit.systems import NAME, PLAIN_LABEL
from api.persistence.engine import LARGEST_ID
from api.web.compression import TEXTS, coding, compressed
from api.web.dependencies import settings_of

# A number in an address: beyond these bounds there is no row, and a database may not even take the number.
RowNumber = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True)
class Page:
    """What every page shows around its content. `waiting` is how much waits for the trainer's review."""

    title: str
    section: str
    trainer: str | None
    setup: bool
    place: str
    places: Sequence[Any]
    path: str = ""
    waiting: int = 0
    factor_due: date | None = None


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for good."""
    digest = hashlib.sha256((assets.STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@cache
def icon_path(name: str) -> str:
    """The strokes of an icon of the sprite, for pictures that a script draws."""
    sprite = ElementTree.parse(assets.STATIC / "icons.svg")
    strokes = sprite.findall(f"svg:symbol[@id='i-{name}']/svg:path", {"svg": "http://www.w3.org/2000/svg"})
    return " ".join(stroke.attrib["d"] for stroke in strokes)


class OneBlank(Extension):
    """A line break with indentation is for those who read a template; in the page it is one blank."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            text = _INDENTED.sub(" ", token.value) if token.type == "data" else token.value
            yield Token(token.lineno, token.type, text)


_INDENTED = re.compile(r"\n[ \t]+")

templates = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(assets.TEMPLATES),
        extensions=[OneBlank],
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
    )
)


def _day(value: date) -> str:
    """Such as 3 May 2026."""
    return f"{value:%-d %B %Y}"


templates.env.filters["day"] = _day
templates.env.filters["quoted"] = quoted
templates.env.globals.update(static=static, icon_path=icon_path, system_name=NAME, plain_label=PLAIN_LABEL)


def render(
    request: Request,
    template: str,
    *,
    title: str = "",
    section: str = "",
    place: str = "",
    status_code: int = 200,
    problem: Problem | None = None,
    **context: Any,
) -> Response:
    """A page or a fragment from its template. `place` is where it stands within the trainers' pages.

    A form that was refused comes back with `problem`: with its status and headers, and its sentence as `error`.
    """
    places = getattr(request.state, "places", ())
    page = Page(
        title=title,
        section=section or ("trainers" if place else ""),
        trainer=getattr(request.state, "trainer_name", None),
        setup=request.app.state.needs_setup,
        place=place,
        places=places,
        path=request.url.path,
        waiting=request.app.state.count_waiting(request.state.trainer) if place and places else 0,
        factor_due=getattr(request.state, "factor_due", None) if place not in ("", "account") else None,
    )
    return templates.TemplateResponse(
        request,
        template,
        {
            "page": page,
            "title": title,
            "signposting": request.app.state.signposting,
            "error": problem.detail if problem else None,
            **context,
        },
        status_code=problem.status if problem else status_code,
        headers={"Vary": "HX-Request", **(problem.headers if problem else {})},
    )


def fragment(template: str, context: Mapping[str, Any]) -> str:
    """The text of a part of a page."""
    return templates.env.get_template(template).render(context)


def base_url(request: Request) -> str:
    """The address that people type, without a slash at the end."""
    return (settings_of(request).public_url or str(request.base_url)).rstrip("/")


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for the part to swap in, rather than a browser for the whole page."""
    return header(request, b"hx-request") == "true"


def header(request: Request, name: bytes) -> str:
    """A header by its name in small letters, or nothing: `headers.get` takes ten times as long to find nothing."""
    for own, value in request.scope["headers"]:
        if own == name:
            return str(value, "latin-1")
    return ""


class HashedStatic(StaticFiles):
    """Static files; those asked for with their hash never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse) and splitext(response.path)[1] in TEXTS:
            response = await _smaller(response, scope)
        hashed = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "public, max-age=86400"
        return response


async def _smaller(response: FileResponse, scope: Scope) -> Response:
    """The same file compressed, where the client takes it and asks for the whole of it."""
    response.headers["Vary"] = "Accept-Encoding"
    how = coding(scope)
    if how is None or response.status_code != 200 or any(name == b"range" for name, _ in scope["headers"]):
        return response
    body = await run_in_threadpool(compressed, str(response.path), how, response.headers["etag"])
    kept = ("content-type", "last-modified", "vary")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return Response(body, headers=headers | {"ETag": f"W/{response.headers['etag']}", "Content-Encoding": how})
