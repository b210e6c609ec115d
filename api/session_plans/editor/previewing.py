"""A step as far as it is written, so that its faces can be shown. Pure."""

import re
from copy import deepcopy
from typing import Any, Final

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from api.session_plans.editor.fields import Field, prompt_fields, step_fields
from api.session_plans.editor.forms import prompts_in
from api.session_plans.plan import Step

BLANK: Final = "…"
_STEP: TypeAdapter[Step] = TypeAdapter(Step)


_TAG = re.compile(r"<[a-z][^<>]*>")
_NAMES = re.compile(r' (?:id|aria-labelledby|aria-describedby)="[^"]*"')


def as_picture(face: str) -> Markup:
    """A face to look at, without the names of its parts: beside another face of the same step they would clash."""
    return Markup(_TAG.sub(lambda tag: _NAMES.sub("", tag[0]), face))  # noqa: S704  our own template, already escaped


def step_as_far(written: Any) -> Step | None:
    """The step with dots where nothing stands yet; None where something else has to be mended first."""
    if not isinstance(written, dict):
        return None
    step = deepcopy(written)
    notes = step.setdefault("notes", {})
    if isinstance(notes, dict):
        for name, blank in (("say", []), ("watch", []), ("end", "")):
            notes.setdefault(name, blank)
    for field in _all_fields(step):
        _fill(step, field)
    # Their limits matter to the plan, not to the look of one step.
    step["minutes"] = 1
    try:
        return _STEP.validate_python(step)
    except ValidationError:
        return None


def _all_fields(step: dict[str, Any]) -> list[Field]:
    prompts = [field for number in range(prompts_in(step)) for field in prompt_fields(number)]
    own = [field for field in step_fields(step.get("kind")) if not (prompts and field.widget == "prompts")]
    return [*own, *prompts] if step.get("kind") == "private" else own


def _fill(step: dict[str, Any], field: Field) -> None:
    inner: Any = step
    for part in field.path[:-1]:
        known = inner if isinstance(inner, dict) else dict(enumerate(inner)) if isinstance(inner, list) else {}
        inner = known.get(part)
    name = field.path[-1]
    if not isinstance(inner, dict) or (field.optional and not isinstance(inner.get(name), str)):
        return
    value = inner.get(name)
    if field.widget in ("line", "text") and (value is None or (isinstance(value, str) and not value.strip())):
        inner[name] = BLANK
    elif field.widget == "choice" and not value:
        inner[name] = "none"
    elif field.widget == "lines" and not value:
        inner[name] = [BLANK, BLANK] if name == "examples" else [BLANK]
    elif field.widget == "lines" and name == "examples" and isinstance(value, list) and len(value) == 1:
        inner[name] = [*value, BLANK]
    elif field.widget == "prompts" and not value:
        inner[name] = [{"question": BLANK, "examples": [BLANK, BLANK]}]
