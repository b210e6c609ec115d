"""Puts a plan into the fields of a form, and what was typed there back into the plan.

Whatever no one changed stays in the file as it was, also where a form could not show it.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from api.session_plans.editor.fields import PLAN_FIELDS, Field, Path, prompt_fields, step_fields

Posted = Mapping[str, Sequence[str]]
MOST_DIGITS = 6
# As other programs end lines; pasted words bring them along.
_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a step as fields: one number for all lengths, or one for each length that takes part."""

    own: bool
    same: str
    each: tuple[tuple[int, str], ...]


def shown(field: Field, data: Any) -> list[str]:
    """What the fields of this name hold; a list has one for each line, and a flag that is set has “on”."""
    found = _dig(data, field.path)
    value = field.default if found is None else found
    match field.widget:
        case "lines":
            return [_words(each) for each in value] if isinstance(value, list | tuple) else []
        case "checks":
            return [each for each, _ in field.choices if isinstance(value, list | tuple) and each in value]
        case "flag":
            return ["on"] if value is True else []
        case "lengths":
            return [", ".join(map(_words, value)) if isinstance(value, list | tuple) else _words(value)]
        case "number":
            return [str(value) if isinstance(value, int) and not isinstance(value, bool) else ""]
        case _:
            return [_words(value)]


def shown_minutes(data: Any, lengths: Sequence[int]) -> Minutes:
    """The minutes of a step as written; `lengths` are the plan's."""
    found = _dig(data, ("minutes",))
    if isinstance(found, dict):
        named = sorted({*lengths, *(key for key in found if isinstance(key, int))})
        return Minutes(True, "", tuple((length, _number(found.get(length))) for length in named))
    same = _number(found)
    return Minutes(False, same, tuple((length, same) for length in lengths))


def prompts_in(data: Any) -> int:
    """How many questions to oneself a step as written has."""
    found = _dig(data, ("prompts",))
    return len(found) if isinstance(found, list) else 0


def compose_plan(data: Mapping[str, Any], posted: Posted) -> dict[str, Any]:
    """The plan with what was typed into its own fields."""
    made = deepcopy(dict(data))
    for field in PLAN_FIELDS:
        _take(made, field, posted)
    return made


def compose_step(step: Mapping[str, Any], posted: Posted, lengths: Sequence[int]) -> dict[str, Any]:
    """The step with what was typed into the fields of its kind."""
    made = deepcopy(dict(step))
    for field in step_fields(step.get("kind")):
        if field.widget == "minutes":
            _take_minutes(made, posted, lengths)
        elif field.widget == "prompts":
            _take_prompts(made, posted)
        elif field.path[0] != "guide" or _has_guide(step, posted):
            _take(made, field, posted)
    _leave_out_blank(made, step, posted)
    return made


def _take(data: dict[str, Any], field: Field, posted: Posted) -> None:
    if field.name not in posted:
        return
    typed = _typed(field, posted[field.name])
    if typed == _typed(field, shown(field, data)):
        return
    if field.optional and typed in ([], [""]):
        _drop(data, field.path)
    else:
        _put(data, field.path, _value(field, typed))


def _typed(field: Field, values: Sequence[str]) -> list[str]:
    """What was typed, whatever a browser makes of line ends and blank lines."""
    plain = [_BREAK.sub("\n", value).strip() for value in values]
    match field.widget:
        case "lines":
            return [value for value in plain if value]
        case "flag":
            return ["on"] if "on" in plain else []
        case "checks":
            return [each for each, _ in field.choices if each in plain]
        case "text":
            return plain[:1] or [""]
        case _:
            return [plain[0].replace("\n", "") if plain else ""]  # which a line cannot hold


def _value(field: Field, typed: list[str]) -> Any:
    match field.widget:
        case "lines" | "checks":
            return typed
        case "flag":
            return typed == ["on"]
        case "number":
            return _whole(typed[0])
        case "lengths":
            return [_whole(part) for part in typed[0].replace(",", " ").split()]
        case _:
            return typed[0]


def _take_minutes(step: dict[str, Any], posted: Posted, lengths: Sequence[int]) -> None:
    if "minutes" not in posted:
        return
    before = shown_minutes(step, lengths)
    own = "own" in posted["minutes"]
    if not own:
        same = _one(posted, "minutes.same", before.same)
        if before.own or same != before.same:
            _put(step, ("minutes",), _whole(same))
        return
    each = tuple((length, _one(posted, f"minutes.{length}", value)) for length, value in before.each)
    if not before.own or each != before.each:
        _put(step, ("minutes",), {length: _whole(value) for length, value in each if value})


def _take_prompts(step: dict[str, Any], posted: Posted) -> None:
    """The questions, and one more where someone wrote it; one that was blanked goes."""
    found = _dig(step, ("prompts",))
    before = found if isinstance(found, list) else []
    scratch: dict[str, Any] = {"prompts": [*deepcopy(before), {}]}
    kept = []
    for number in range(len(before) + 1):
        question, examples, own_words = prompt_fields(number)
        blank = not any(
            _typed(field, posted.get(field.name, ("",))) not in ([], [""]) for field in (question, examples)
        )
        was_blank = number < len(before) and not any(
            _typed(field, shown(field, scratch)) not in ([], [""]) for field in (question, examples)
        )
        if question.name not in posted and number < len(before):
            kept.append(before[number])
        elif not blank or was_blank:
            for field in (question, examples, own_words):
                _take(scratch, field, posted)
            kept.append(scratch["prompts"][number])
    if kept != before:
        step["prompts"] = kept


def _has_guide(step: Mapping[str, Any], posted: Posted) -> bool:
    lines = next(field for field in step_fields("pause") if field.path == ("guide", "lines"))
    return step.get("guide") is not None or bool(_typed(lines, posted.get(lines.name, ())))


def _leave_out_blank(made: dict[str, Any], before: Mapping[str, Any], posted: Posted) -> None:
    """A card without words and a guide without lines go, where someone emptied them."""
    for group, names in (("card", ("title", "ending")), ("guide", ("lines",))):
        inner = made.get(group)
        touched = inner != before.get(group) and any(f"{group}.{name}" in posted for name in names)
        if isinstance(inner, dict) and touched and not any(inner.get(name) for name in names):
            del made[group]


def _dig(data: Any, path: Path) -> Any:
    for part in path:
        inner = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
        if part not in inner:
            return None
        data = inner[part]
    return data


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    """Sets what the path leads to; what stands in the way and could not be shown as a form gives way."""
    inner: Any = data
    for part, after in pairwise(path):
        found = inner.get(part) if isinstance(inner, dict) else inner[part]
        if not isinstance(found, list if isinstance(after, int) else dict):
            inner[part] = {}
        inner = inner[part]
    inner[path[-1]] = value


def _drop(data: dict[str, Any], path: Path) -> None:
    inner = _dig(data, path[:-1])
    if isinstance(inner, dict):
        inner.pop(path[-1], None)


def _one(posted: Posted, name: str, otherwise: str) -> str:
    return posted[name][0].strip() if posted.get(name) else otherwise


def _words(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if isinstance(value, bool | int | float) else ""


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _whole(typed: str) -> int | str:
    """The number, or what was typed instead: the check says what is the matter with it."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else typed
