"""The JSON Schema of the front matter, with which editors complete and check while typing."""

from typing import Any

from api.vignettes.case import FrontMatter
from api.vignettes.codebook import SKILLS


def front_matter_schema() -> dict[str, Any]:
    """The schema, with the known skills listed."""
    schema = FrontMatter.model_json_schema()
    schema["properties"]["skills"]["items"] = {"enum": sorted(SKILLS)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Front matter of a case file"}
