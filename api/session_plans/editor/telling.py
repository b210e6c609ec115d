"""What the check says of a plan, sorted to the fields that it is about. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from api.kit.yaml import Fault
from api.session_plans.editor.fields import Field, Path
from api.session_plans.editor.sheet import PlanDraft, plainly

# Shown next to a field that is simply still blank.
_KINDLY: Final = {
    "is empty": "this is still blank",
    "is missing": "this is still blank",
    "needs at least 1": "add at least one line",
    "needs at least 2": "add at least two lines",
}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a field. Advice keeps nothing back."""

    text: str
    advice: bool


@dataclass(frozen=True, slots=True)
class FormMessages:
    """Notes by the name of their field, and those that belong to none."""

    fields: dict[str, list[Note]]
    others: list[Note]

    @property
    def faults(self) -> int:
        notes = [*self.others, *(note for found in self.fields.values() for note in found)]
        return sum(not note.advice for note in notes)


def messages_for(sheet: PlanDraft, at: Path, fields: Sequence[Field]) -> FormMessages:
    """The notes on the part of the plan at a path; with the path () those on everything but its single steps."""
    told = FormMessages({}, [])
    for fault, advice in findings(sheet):
        if fault.path[: len(at)] != at or (not at and len(fault.path) > 1 and fault.path[0] == "steps"):
            continue
        rest = fault.path[len(at) :]
        field = _field(rest, fields)
        if field is None:
            told.others.append(Note(fault.message, advice))
        else:
            told.fields.setdefault(field.name, []).append(Note(_told(field, rest, fault), advice))
    return told


def findings(sheet: PlanDraft) -> Iterable[tuple[Fault, bool]]:
    """Every fault, then all advice; with each whether it is advice."""
    yield from ((fault, False) for fault in sheet.checked.faults)
    yield from ((fault, True) for fault in sheet.checked.advice)


def count(sheet: PlanDraft, number: int) -> tuple[int, int]:
    """Faults and advice of the step at this place, counted from 0."""
    found = [advice for fault, advice in findings(sheet) if fault.path[:2] == ("steps", number)]
    return len(found) - sum(found), sum(found)


def _field(rest: Path, fields: Sequence[Field]) -> Field | None:
    """The field that the path leads into; or the first of those below it, where a whole group is missing."""
    inside = [field for field in fields if rest[: len(field.path)] == field.path]
    if inside:
        return max(inside, key=lambda field: len(field.path))
    return next((field for field in fields if rest and field.path[: len(rest)] == rest), None)


def _told(field: Field, rest: Path, fault: Fault) -> str:
    beyond = rest[len(field.path) :]
    text = plainly(fault).removeprefix(f"{field.name}: ")
    text = _KINDLY.get(text, text)
    if field.widget == "lines" and beyond and isinstance(beyond[0], int):
        return f"Line {beyond[0] + 1}: {text}"
    if field.widget == "minutes" and beyond:
        return f"In {beyond[0]} minutes: {text}"
    return text[:1].upper() + text[1:]
