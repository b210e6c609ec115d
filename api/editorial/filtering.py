"""The filters of the trainers' list, as an address has them."""

from collections.abc import Callable
from typing import Any, get_args

from fastapi import Request

from api.editorial.listing import SORTS, STATUSES, Filters
from api.kit.systems import System

LONGEST_SEARCH = 200


def attention_ids(request: Request) -> frozenset[int]:
    """The stories that the analysis marks. It stands above the editorial pages, so the application hands this in."""
    found: Callable[[], frozenset[int]] = request.app.state.attention_ids
    return found()


def filters_of(request: Request) -> Filters:
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
        sort=one_of("sort", tuple(SORTS)),
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
    )
