"""Pydantic's refusals in words that someone who writes a plan understands."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from api.kit.yaml import MOST_FAULTS, lower_first

_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "extra_forbidden": lambda _: "there is no such field here",
    "string_type": lambda _: "is text; in quotes if YAML would read it as something else",
    "string_too_short": lambda _: "is empty",
    "string_too_long": lambda limits: f"has more than {limits['max_length']} characters",
    "string_pattern_mismatch": lambda _: "has small letters, digits and single hyphens, such as first-look",
    "too_short": lambda limits: f"needs at least {limits['min_length']}",
    "too_long": lambda limits: f"has room for {limits['max_length']} at most",
    "tuple_type": lambda _: "is a list; begin each line with a hyphen",
    "int_type": lambda _: "is a whole number",
    "int_parsing": lambda _: "is a whole number",
    "int_from_float": lambda _: "is a whole number",
    "bool_type": lambda _: "is true or false",
    "bool_parsing": lambda _: "is true or false",
    "greater_than_equal": lambda limits: f"is {limits['ge']} or more",
    "less_than_equal": lambda limits: f"is {limits['le']} or less",
    "literal_error": lambda limits: f"is one of: {limits['expected']}",
    "model_type": lambda _: "is a set of fields, each on a line of its own",
    "model_attributes_type": lambda _: "is a set of fields, each on a line of its own",
}


def details(error: ValidationError) -> Iterable[Any]:
    """What was refused; a list is not called short where one of its own lines is at fault."""
    found = error.errors()[:MOST_FAULTS]
    for detail in found:
        path = detail["loc"]
        inner = any(len(other["loc"]) > len(path) and other["loc"][: len(path)] == path for other in found)
        if not (inner and detail["type"] == "too_short"):
            yield detail


def told(detail: Any) -> str:
    """What would be right."""
    word = _WORDS.get(detail["type"])
    return word(detail.get("ctx", {})) if word else lower_first(detail["msg"])
