"""Adds to OpenAPI the models of what is parsed or answered by hand."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema


def describe(app: FastAPI, *models: type[BaseModel]) -> None:
    """Puts the models' schemas among the components."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            _, definitions = models_json_schema(
                [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
            )
            schema["components"]["schemas"] |= definitions["$defs"]
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]
