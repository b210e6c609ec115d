"""Bodies and queries are taken as OpenAPI writes them: no number as text, no loose yes or no, no seconds as a day."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.app import create_app
from api.kit.settings import Settings
from tests.client import SECRET
from tests.editorial.conftest import editor
from tests.editorial.people import Person

__all__ = ["editor"]

Schema = dict[str, Any]

OPENAPI = create_app(Settings(_env_file=None, secret_key=SECRET)).openapi()
SCHEMAS: dict[str, Schema] = OPENAPI["components"]["schemas"]
FLAGS = sorted(
    (method, path, asked["name"])
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
    for asked in operation.get("parameters", ())
    if asked["in"] == "query" and asked["schema"].get("type") == "boolean"
)
BODIES = sorted(name for name in SCHEMAS if name.endswith("Body"))

# What a lax reader takes for a value of this type.
LOOSE: dict[str, tuple[object, ...]] = {
    "integer": ("1", True, 1.5, "1.0"),
    "number": ("1", True),
    "boolean": (0, 1, "true", "yes"),
    "string": (1, True, 1.5),
    "date": (1_800_000_000, "1800000000", "2027-01-01T00:00:00"),
    "array": ("ab", {"0": 1}),
}


def models(of: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for found in of.__subclasses__():
        yield found
        yield from models(found)


def plain(schema: Schema) -> Schema:
    """The schema that a reference names, of what may be null the other."""
    if "$ref" in schema:
        return plain(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return plain(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    return schema


def fitting(schema: Schema) -> Any:
    """A value that fits."""
    schema = plain(schema)
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {name: fitting(part) for name, part in schema["properties"].items()}
        case "array":
            return [fitting(part) for part in schema.get("prefixItems", [schema.get("items")])]
        case "integer":
            return max(1, int(schema.get("minimum", 0)))
        case "boolean":
            return False
        case _:
            return {"date": "2027-01-01"}.get(schema.get("format", ""), "on" if "pattern" in schema else "x")


def spoiled(schema: Schema, value: Any) -> Iterator[Any]:
    """The value with one part of it after the other as a lax reader would take it."""
    schema = plain(schema)
    yield from LOOSE.get(schema.get("format", ""), LOOSE.get(schema["type"], ()))
    if schema["type"] == "object":
        for name, part in schema["properties"].items():
            yield from (value | {name: loose} for loose in spoiled(part, value[name]))
    if schema["type"] == "array":
        parts = schema.get("prefixItems", [schema.get("items")])
        for place, part in enumerate(parts):
            yield from ([*value[:place], loose, *value[place + 1 :]] for loose in spoiled(part, value[place]))


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_taken_as_openapi_writes_it_and_in_no_looser_form(name: str) -> None:
    reader: TypeAdapter[BaseModel] = TypeAdapter(next(model for model in models() if model.__name__ == name))
    good = fitting(SCHEMAS[name])
    if "cues" in good:
        good["cues"] = [[0, 1]]

    reader.validate_python(good)
    tried = list(spoiled(SCHEMAS[name], good))
    assert len(tried) >= 3
    for bad in tried:
        with pytest.raises(ValidationError):
            reader.validate_python(bad)


@pytest.mark.parametrize(("method", "path", "name"), FLAGS)
async def test_a_yes_or_no_of_a_query_is_true_or_false_and_nothing_else(
    client: httpx.AsyncClient, editor: Person, method: str, path: str, name: str
) -> None:
    async def asked(value: str) -> httpx.Response:
        return await client.request(
            method,
            path.replace("{code}", "DDDDDD"),
            params={name: value},
            files={"file": ("a.md", b"nothing")} if method == "post" else None,
            headers=editor.headers,
        )

    def told(answer: httpx.Response) -> bool:
        return f"/{name}" in answer.text and answer.status_code == 422

    for loose in ("1", "0", "yes", "no", "on", "off", "t", "f", "y", "n", "True", "FALSE", " true", ""):
        answer = await asked(loose)
        assert told(answer), (loose, answer.status_code, answer.text)
        assert "true or false" in answer.text
    for exact in ("true", "false"):
        assert not told(await asked(exact)), exact


def test_there_are_such_queries() -> None:
    assert {name for _, _, name in FLAGS} >= {"dry_run", "replace_drafts", "screen"}


@pytest.mark.parametrize("query", ["level", "limit"])
async def test_a_whole_number_in_a_query_is_taken_in_digits_alone(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get("/api/v1/vignettes", params={query: "2"})).status_code == 200

    for loose in ("+2", " 2", "2 ", "2.0", "1_0", "٢", "2e0", ""):
        refused = await client.get("/api/v1/vignettes", params={query: loose})
        assert refused.status_code == 422, (loose, refused.text)
