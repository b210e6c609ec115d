"""The JSON Schema of a plan file, with which editors complete and check while typing."""

from typing import Any

from api.session_plans.plan import Plan


def plan_schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Plan.model_json_schema(),
        "title": "A session plan",
    }
