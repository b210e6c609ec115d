"""Pages over the whole library for trainers: the list, and the map that shows its gaps."""

from collections.abc import Callable
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.accounts.dependencies import CurrentTrainer, sign_in_page
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.accounts.trainer import find_trainer
from api.editorial import listing, mapping
from api.editorial.listing import STATUSES, Filters
from api.kit.systems import SYSTEMS, System
from api.persistence.dependencies import engine_of
from api.vignettes.dependencies import catalogue_of
from api.web.dependencies import settings_of
from api.web.rendering import render, wants_fragment

router = APIRouter(prefix="/trainers", include_in_schema=False)

STATUS_NAME = {"draft": "Draft", "in_review": "In review", "published": "Published", "retired": "Archived"}
LONGEST_SEARCH = 200


def _attention_ids(request: Request) -> frozenset[int]:
    """The stories that the analysis marks. It stands above the editorial pages, so the application hands this in."""
    found: Callable[[], frozenset[int]] = request.app.state.attention_ids
    return found()


def _filters(request: Request) -> Filters:
    """The filters of the address. What is not one of the choices is taken as no choice."""
    asked = {name: value.replace("\0", "") for name, value in request.query_params.items()}

    def one_of(name: str, choices: tuple[Any, ...]) -> Any:
        return asked.get(name, "") if asked.get(name) in choices else ""

    level, page = one_of("level", ("1", "2", "3")), asked.get("page", "")
    return Filters(
        q=asked.get("q", "").strip()[:LONGEST_SEARCH],
        level=int(level) if level else None,
        skill=asked.get("skill", "")[:40],
        system=one_of("system", get_args(System)),
        note=one_of("note", ("with", "without")),
        status=one_of("status", STATUSES),
        attention=asked.get("attention") == "1",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
    )


@router.get("")
def library(request: Request, trainer: Annotated[Trainer | None, Depends(find_trainer)]) -> Response:
    """The list for a signed-in trainer, or the part of it that a search changes; the sign-in form for anyone else."""
    if trainer is None:
        return sign_in_page(request)
    require(trainer, "see_library")
    filters = _filters(request)
    ids = _attention_ids(request) if filters.attention else None
    found = listing.find(engine_of(request), trainer, filters, ids)
    catalogue = catalogue_of(request)
    page = min(filters.page, found.pages)
    context: dict[str, Any] = {
        "found": found,
        "filters": filters,
        "page_number": page,
        "reconstructed": {
            line.slug
            for line in found.lines
            if line.slug in catalogue.vignettes and catalogue.vignettes[line.slug].case.head.reconstructed
        },
        "smallest": settings_of(request).small_group,
        "status_name": STATUS_NAME,
        "address": lambda **changes: _address(filters, **changes),
    }
    if wants_fragment(request):
        return render(request, "editorial/_found.html", **context)
    return render(
        request,
        "editorial/library.html",
        title="Stories",
        place="stories",
        problems=catalogue.problems,
        systems=SYSTEMS,
        may_publish=may(trainer, "publish"),
        **context,
    )


def _address(filters: Filters, **changes: object) -> str:
    asked = filters.query() | {name: str(value) for name, value in changes.items()}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/trainers?{query}" if query else "/trainers"


@router.get("/map")
def library_map(request: Request, trainer: CurrentTrainer) -> Response:
    """Systems, levels and skills, with the gaps."""
    require(trainer, "see_library")
    return render(
        request,
        "editorial/map.html",
        title="Library map",
        place="map",
        map=mapping.draw(engine_of(request)),
        cells=mapping.cells(),
        systems=SYSTEMS,
        levels=mapping.LEVELS,
    )
