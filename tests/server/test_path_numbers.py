"""Numbers in addresses have bounds: none of them is a fault of the server."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, params
from fastapi.dependencies.models import Dependant

from tests.cast import ANA
from tests.client import http_client
from tests.editorial.people import make_person

# Places in a list, which are looked for there and never in the database.
PLACES = "/trainers/plans/{slug}/steps/{number}"
TOO_FAR = (10**30, -(10**30), 2**31, 2**63, 0)


def _dependants(routes: list[Any]) -> Iterator[tuple[str, str, Dependant]]:
    """Each address that the product answers, with its method and what it takes."""
    for route in routes:
        if hasattr(route, "dependant"):
            yield from ((route.path, method, route.dependant) for method in route.methods)


def _numbers(app: FastAPI) -> list[tuple[str, str, Any]]:
    found = [
        (path, method, field)
        for path, method, dependant in _dependants(list(app.routes))
        for field in (*dependant.path_params, *dependant.query_params)
        if "int" in str(field.field_info.annotation)
    ]
    assert len(found) >= 5, "the walk finds the routes with numbers"
    return found


async def test_every_number_in_a_path_or_query_has_bounds(app: FastAPI) -> None:
    unbounded = [
        f"{method} {path} {field.name}"
        for path, method, field in _numbers(app)
        if not path.startswith(PLACES) and {"Ge", "Le"} - {type(rule).__name__ for rule in field.field_info.metadata}
    ]

    assert unbounded == []


async def test_a_number_that_no_database_holds_is_refused_as_such(app: FastAPI) -> None:
    async with http_client(app) as client:
        admin = make_person(app.state.engine, client, "Tomasz", "admin")
        for path, method, field in _numbers(app):
            for number in TOO_FAR:
                address = path.replace("{code}", "BBBBBB").replace("{slug}", ANA)
                if isinstance(field.field_info, params.Path):
                    address = address.replace(f"{{{field.name}}}", str(number))
                elif number:
                    address += f"?{field.alias}={number}"
                else:
                    continue  # nought is a fair number of things to leave out
                signed_in = await client.request(method, address, headers=admin.headers)
                stranger = await client.request(method, address)
                assert signed_in.status_code in {404, 422}, (method, address, signed_in.status_code)
                assert stranger.status_code in {401, 404, 422}, (method, address, stranger.status_code)
