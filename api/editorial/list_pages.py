"""Pages over the whole library for trainers: the list, and the map that shows its gaps."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.accounts.dependencies import CurrentTrainer, sign_in_page
from api.accounts.models import Trainer
from api.accounts.permissions import may, require
from api.accounts.trainer import find_trainer
from api.editorial import listing, mapping
from api.editorial.filtering import attention_ids, filters_of
from api.editorial.listing import Filters
from api.kit.systems import SYSTEMS
from api.persistence.dependencies import engine_of
from api.vignettes.codebook import topic_groups, topic_name
from api.vignettes.dependencies import catalogue_of
from api.web.dependencies import settings_of
from api.web.rendering import render, wants_fragment

router = APIRouter(prefix="/trainers", include_in_schema=False)

# What a choice of stories can be exported as; `exchange` knows how.
FORMAT_NAMES = {
    "xlsx": "Excel",
    "csv": "CSV",
    "zip": "Case files",
    "json": "JSON",
    "gift": "Moodle GIFT",
    "qti": "QTI 3",
    "qti21": "QTI 2.1",
    "anki": "Anki",
}
STATUS_NAME = {"draft": "Draft", "in_review": "In review", "published": "Published", "retired": "Archived"}


@router.get("")
def library(request: Request, trainer: Annotated[Trainer | None, Depends(find_trainer)]) -> Response:
    """The list for a signed-in trainer, or the part of it that a search changes; the sign-in form for anyone else."""
    if trainer is None:
        return sign_in_page(request)
    require(trainer, "see_library")
    filters, smallest = filters_of(request), settings_of(request).small_group
    ids = attention_ids(request) if filters.attention else None
    found = listing.find(engine_of(request), trainer, filters, ids, smallest)
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
        "smallest": smallest,
        "topic_name": topic_name,
        "formats": FORMAT_NAMES,
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
        topics=topic_groups(found.skills),
        sorts=listing.SORTS,
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
        say_levels=mapping.say_levels,
        systems=SYSTEMS,
        levels=mapping.LEVELS,
    )
