"""Reads a plan file. Every fault is told with its line and column, and with what would be right."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from api.kit.refusals import details, told
from api.kit.suggest import did_you_mean
from api.kit.yaml import Document, Fault, clean, parse
from api.session_plans.parts import Notes
from api.session_plans.plan import Plan, Step
from api.session_plans.steps import Guide, Prompt, TakeHome

LARGEST_FILE = 256_000  # bytes; a whole training day is a fifth of this

_STEPS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(get_args(Step)[0])
}
KINDS: tuple[str, ...] = tuple(_STEPS)
_INNER: dict[str, type[BaseModel]] = {"notes": Notes, "prompts": Prompt, "card": TakeHome, "guide": Guide}


def read(text: str) -> tuple[Plan | None, list[Fault]]:
    """The plan in a file's text, or every fault why there is none."""
    plan, _, faults = read_with_places(text)
    return plan, faults


def read_with_places(text: str) -> tuple[Plan | None, Document | None, list[Fault]]:
    """The same, with the document that knows where each part of the plan stands."""
    text, faults = clean(text, LARGEST_FILE, "a plan is a few pages of text")
    if faults:
        return None, None, faults
    document, faults = parse(text, "the plan", "slug: first-look")
    if document is None:
        return None, None, faults
    try:
        return Plan.model_validate(document.data), document, []
    except ValidationError as error:
        return None, document, sorted({_fault(document, detail) for detail in details(error)})


def _fault(document: Document, detail: Any) -> Fault:
    path, kind = _path(detail["loc"])
    message = told(detail)
    if detail["type"] == "extra_forbidden":
        message += did_you_mean(str(path[-1]), _fields(path, kind))
    elif detail["type"] == "union_tag_invalid":
        message = f"the kind “{detail['ctx']['tag']}” is unknown" + did_you_mean(str(detail["ctx"]["tag"]), KINDS)
        path = (*path, "kind")
    elif detail["type"] == "union_tag_not_found":
        message = f"the step does not say its kind; kinds are: {', '.join(KINDS)}"
    return Fault(*document.place(path), f"{name_of(path)}: {message}", path)


def _path(found: tuple[int | str, ...]) -> tuple[tuple[int | str, ...], str | None]:
    """The path as it stands in the file, and the kind of its step; Pydantic puts the names of choices in between."""
    path = list(found)
    kind = None
    if len(path) > 2 and path[0] == "steps":
        kind = str(path.pop(2))
        if path[2:3] == ["minutes"] and len(path) > 3:
            path.pop(3)
    return tuple(part for part in path if part != "[key]"), kind


def _fields(path: tuple[int | str, ...], kind: str | None) -> list[str]:
    """The fields that there are where the path ends."""
    model = next((_INNER[str(part)] for part in reversed(path[:-1]) if part in _INNER), _STEPS[kind] if kind else Plan)
    return list(model.model_fields)


def name_of(path: tuple[int | str, ...]) -> str:
    """The path for people, who count from 1; the lengths below `minutes` are their own names."""
    return ".".join(
        str(part + 1) if isinstance(part, int) and path[place - 1] != "minutes" else str(part)
        for place, part in enumerate(path)
    )
