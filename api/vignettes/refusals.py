"""Pydantic's refusals of a story's fields, in words that say what would be right."""

from collections.abc import Mapping
from typing import Any

from api.kit.refusals import told as told_plainly
from api.kit.suggest import did_you_mean
from api.vignettes.case import FrontMatter

_RIGHT = {
    "slug": "small letters, digits and single hyphens, such as ana-the-race",
    "level": "1, 2 or 3",
    "blend": "a whole number from 0 to 100",
}
_SHAPES = ("too_long", "too_short", "string_too_long", "string_too_short", "missing", "extra_forbidden")


def told(detail: Mapping[str, Any], fields: Mapping[str, object] = FrontMatter.model_fields) -> str:
    """What would be right, and what stands there instead where that is short. `fields` are the names there are."""
    path, kind = detail["loc"], detail["type"]
    if kind == "extra_forbidden":
        return "is not a field of a story" + did_you_mean(str(path[-1])[:40], fields)
    if kind == "literal_error":
        *others, last = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"use {', '.join(others)} or {last}{_instead(detail)}"
    part = "blend" if "blend" in path else path[0] if path else ""
    if kind not in _SHAPES and part in _RIGHT:
        return f"use {_RIGHT[part]}{_instead(detail)}"
    if kind == "list_type":
        return "is a list"
    if kind == "too_short" and part == "blend":
        return "has two numbers, the low and the high"
    if kind == "dict_type":
        return "is a set of fields"
    return told_plainly(detail)


def _instead(detail: Mapping[str, Any]) -> str:
    given = detail.get("input")
    return f"; here it is “{given}”" if isinstance(given, str | int | float) and 0 < len(str(given)) <= 40 else ""
