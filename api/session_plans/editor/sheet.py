"""A plan file while it is being written: what it holds, good or not, and what the check says of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.kit.yaml import Fault, clean, parse
from api.session_plans.checking import Checked, check, tolerance
from api.session_plans.parts import Number
from api.session_plans.plan import Length, Plan
from api.session_plans.reading import LARGEST_FILE, name_of

_LENGTHS: TypeAdapter[list[int]] = TypeAdapter(list[Length])
_MINUTES: TypeAdapter[int] = TypeAdapter(Number)


@dataclass(frozen=True, slots=True)
class Sum:
    """What the steps of one length add up to, in minutes; `fits` where that is near enough."""

    length: int
    minutes: int
    steps: int
    fits: bool
    room: int


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan file with its data as written; `data` is None where it is no readable YAML."""

    text: str
    data: Mapping[str, Any] | None
    checked: Checked

    @property
    def plan(self) -> Plan | None:
        return self.checked.plan

    @property
    def faults(self) -> list[Fault]:
        return self.checked.faults

    @property
    def good(self) -> bool:
        return self.plan is not None and not self.faults

    @property
    def title(self) -> str:
        found = (self.data or {}).get("title")
        return found.strip()[:80] if isinstance(found, str) and found.strip() else "A plan without a title"

    @property
    def steps(self) -> list[Any]:
        """The steps as written, whatever they are."""
        found = (self.data or {}).get("steps")
        return found if isinstance(found, list) else []

    @property
    def lengths(self) -> list[int]:
        """The plan's lengths in minutes, each once; none where they cannot be read."""
        try:
            return sorted(set(_LENGTHS.validate_python((self.data or {}).get("lengths"))))
        except ValidationError:
            return []


def parse_draft(text: str, slug: str | None, levels: Mapping[str, int]) -> PlanDraft:
    """The sheet of a file's text. `levels` are the vignettes that there are, by slug."""
    plain, faults = clean(text, LARGEST_FILE, "a plan is a few pages of text")
    document = None if faults else parse(plain, "the plan", "slug: first-look")[0]
    return PlanDraft(text, document.data if document else None, check(text, levels, slug))


def sums(sheet: PlanDraft) -> tuple[Sum, ...]:
    """For each length what the steps add up to, also while the plan has faults."""
    return tuple(_sum(sheet, length) for length in sheet.lengths)


def _sum(sheet: PlanDraft, length: int) -> Sum:
    minutes = [found for step in sheet.steps if (found := minutes_of(step, length)) is not None]
    room = tolerance(length)
    return Sum(length, sum(minutes), len(minutes), abs(sum(minutes) - length) <= room, room)


def minutes_of(step: Any, length: int) -> int | None:
    """The minutes that a step as written takes in a length; None where it takes no part or says nothing readable."""
    found = step.get("minutes") if isinstance(step, dict) else None
    found = found.get(length) if isinstance(found, dict) else found
    try:
        return _MINUTES.validate_python(found)
    except ValidationError:
        return None


def plainly(fault: Fault) -> str:
    """The fault's message without the path that it begins with, for those who see the field itself."""
    return fault.message.removeprefix(f"{name_of(fault.path)}: ") if fault.path else fault.message
