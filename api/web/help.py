"""The help under /help: pages that are made from docs/ before the start, in the product's own frame."""

import re
import struct
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from api.kit import assets
from api.kit.errors import NotFound
from api.web.rendering import render

router = APIRouter(include_in_schema=False)


class HelpPage(NamedTuple):
    title: str
    html: str


@cache
def pages(folder: Path) -> dict[str, HelpPage]:
    """The pages by address below /help/, such as `trainers/`; none where the help has not been made."""
    return {
        str(path.parent.relative_to(folder)).removeprefix(".") + "/" * (path.parent != folder): _read(path)
        for path in folder.rglob("index.html")
    }


def _read(path: Path) -> HelpPage:
    title, html = path.read_text(encoding="utf-8").removeprefix("<title>").split("</title>", 1)
    return HelpPage(title, re.sub(r'<img ([^<>]*?src="([^"<>]+)")', partial(_sized, path.parent), html))


def _sized(folder: Path, image: re.Match[str]) -> str:
    """A picture with its size, so that nothing moves when it comes, and loaded when it is nearly in sight."""
    picture = (folder / image[2]).resolve()
    size = ""
    if picture.suffix == ".png" and picture.is_file():
        with picture.open("rb") as file:
            width, height = struct.unpack(">II", file.read(24)[16:])  # the first chunk of a PNG is its header
        size = f'width="{width}" height="{height}" '
    return f'<img loading="lazy" decoding="async" {size}{image[1]}'


@router.get("/help")
def to_help() -> Response:
    return RedirectResponse("/help/", status_code=308)


@router.get("/help/pictures/{name}")
def picture(name: str) -> Response:
    path = assets.HELP / "pictures" / name
    if path.name != name or not path.is_file():
        raise NotFound("This picture is not in the help.")
    return FileResponse(path, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/help/search.json")
def search_index() -> Response:
    """The sections of the help, for the search in the browser."""
    path = assets.HELP / "search" / "search_index.json"
    if not path.is_file():
        raise NotFound("The help cannot be searched here.")
    return FileResponse(path, media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/help/{address:path}")
def help_page(request: Request, address: str) -> Response:
    """A page of the help. Raises NotFound, also where the help has not been made."""
    found = pages(assets.HELP)
    if not found:
        pages.cache_clear()  # it may be made at this moment
        raise NotFound(
            "The help pages have not been built on this server. The person who runs it can build them with: make docs"
        )
    if address not in found:
        if f"{address}/" in found:
            return RedirectResponse(f"/help/{address}/", status_code=308)
        raise NotFound("This page is not in the help. Open the help’s first page to find what you need.")
    page = found[address]
    return render(request, "help.html", title=page.title, section="help", html=page.html)
