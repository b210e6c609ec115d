"""Numbers in addresses have bounds: none of them is a fault of the server."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, params
from fastapi.dependencies.models import Dependant

from tests.client import http_client

ODD = (10**30, -(10**30), 0)


def _dependants(routes: list[Any]) -> Iterator[tuple[str, str, Dependant]]:
    """Each address that the product answers, with its method and what it takes."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _dependants(inner.routes)
        elif hasattr(route, "dependant"):
            yield from ((route.path, method, route.dependant) for method in route.methods)


def _numbers(app: FastAPI) -> list[tuple[str, str, str, Any]]:
    found = [
        (path, method, field.name, field)
        for path, method, dependant in _dependants(list(app.routes))
        for field in (*dependant.path_params, *dependant.query_params)
        if "int" in str(field.field_info.annotation)
    ]
    assert len(found) >= 5, "the walk finds the routes with numbers"
    return found


async def test_every_number_in_a_path_or_query_has_bounds(app: FastAPI) -> None:
    unbounded = [
        f"{method} {path} {name}"
        for path, method, name, field in _numbers(app)
        if {"Ge", "Le"} - {type(rule).__name__ for rule in field.field_info.metadata}
    ]

    assert unbounded == []


async def test_a_number_that_no_database_holds_is_never_a_fault(app: FastAPI) -> None:
    async with http_client(app) as client:
        for path, method, name, field in _numbers(app):
            if not isinstance(field.field_info, params.Path):
                continue
            for number in ODD:
                address = path.replace(f"{{{name}}}", str(number)).replace("{code}", "BBBBBB").replace("{slug}", "ana")
                answer = await client.request(method, address)
                assert answer.status_code < 500, (method, address)
