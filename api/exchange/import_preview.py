"""What an import would do, row by row, before anything is done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from api.exchange.formats.exchanged import from_case
from api.exchange.formats.rows import Finding, Row
from api.vignettes.case import Case
from api.vignettes.reading import read

Action = Literal["create", "update", "unchanged", "fault"]
ACTIONS: tuple[Action, ...] = ("create", "update", "unchanged", "fault")


@dataclass(frozen=True, slots=True)
class ImportStep:
    """What would happen to one row. `changes` names the fields that an update would change; `findings` the faults."""

    place: str
    slug: str | None
    action: Action
    source: str = ""
    case: Case | None = None
    changes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class ImportPreview:
    """Every row's step, in the file's order. A plan with a fault is not carried out at all."""

    steps: tuple[ImportStep, ...]

    @cached_property
    def counts(self) -> dict[Action, int]:
        """How many rows each action has; all four are named."""
        found = Counter(step.action for step in self.steps)
        return {action: found[action] for action in ACTIONS}

    @property
    def refused(self) -> bool:
        return self.counts["fault"] > 0

    @property
    def summary(self) -> str:
        """What would happen, in one sentence."""
        counts = self.counts
        if self.refused:
            rows = (
                f"{counts['fault']} of {len(self.steps)} vignettes {'has' if counts['fault'] == 1 else 'have'} faults"
            )
            return f"{rows}, so nothing changes."
        told = f"{counts['create']} new, {counts['update']} changed, {counts['unchanged']} not changed."
        return told if counts["create"] or counts["update"] else f"Nothing changes: {told}"


def plan(existing: Mapping[str, str], rows: Sequence[Row]) -> ImportPreview:
    """The plan for rows over the library: `existing` gives each slug its current case file.

    A row that was found fault with, and each row whose slug an earlier one has, is a fault. A vignette is unchanged
    when it says the same, however its file is laid out.
    """
    taken: dict[str, str] = {}
    return ImportPreview(tuple(_step(existing, taken, row) for row in rows))


def _step(existing: Mapping[str, str], taken: dict[str, str], row: Row) -> ImportStep:
    if row.case is None or row.findings:
        findings = row.findings or (Finding(row.place, "cannot be read"),)
        return ImportStep(row.place, row.case.head.slug if row.case else None, "fault", findings=findings)
    slug = row.case.head.slug
    if (first := taken.setdefault(slug, row.place)) != row.place:
        twice = Finding(row.place, f"the slug “{slug}” is already used by {first}")
        return ImportStep(row.place, slug, "fault", findings=(twice,))
    current = existing.get(slug)
    if current is None:
        return ImportStep(row.place, slug, "create", row.source, row.case)
    changes = () if current == row.source else _changes(read(current)[0], row.case)
    return ImportStep(row.place, slug, "update" if changes else "unchanged", row.source, row.case, changes)


def _changes(before: Case | None, after: Case) -> tuple[str, ...]:
    """The names of the fields that differ; “everything” where what is there cannot be read."""
    if before is None:
        return ("everything",)
    old, new = from_case(before), from_case(after)
    return tuple(name.replace("_", " ") for name in new if _settled(old[name]) != _settled(new[name]))


def _settled(value: Any) -> Any:
    """Without what means the same: an empty content note is none."""
    return value or None
