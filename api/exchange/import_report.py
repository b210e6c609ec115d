"""What trainers are told of an import: row by row what it would do, or has done."""

from dataclasses import dataclass
from typing import Any, Self

from api.exchange.import_preview import ImportPreview

SHOWN = 300  # rows; of a longer file the ones with faults come first, then what changes


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the report: where it stands, what happens to it, and why."""

    place: str
    slug: str
    action: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import would do or has done. `more` is the number of rows that are not shown.

    `asked` are the drafts of others that it would take the place of, each with its story and who saved it.
    """

    summary: str
    counts: dict[str, int]
    lines: tuple[ImportRow, ...]
    more: int
    asked: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a row has a fault, so that nothing changes."""
        return self.counts.get("fault", 0) > 0

    @classmethod
    def of(cls, plan: ImportPreview) -> Self:
        order = {"fault": 0, "create": 1, "update": 2, "unchanged": 3}
        steps = sorted(plan.steps, key=lambda step: order[step.action])
        lines = tuple(
            ImportRow(
                step.place,
                step.slug or "",
                step.action,
                (*(f"{f.place}: {f.message}" for f in step.findings), *step.changes),
            )
            for step in steps[:SHOWN]
        )
        return cls(
            plan.summary,
            {str(action): count for action, count in plan.counts.items()},
            lines,
            max(0, len(steps) - SHOWN),
            tuple(f"{step.slug}: {step.replaces}" for step in plan.steps if step.replaces),
        )

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Self:
        lines = tuple(ImportRow(**line | {"told": tuple(line["told"])}) for line in kept["lines"])
        return cls(kept["summary"], kept["counts"], lines, kept["more"], tuple(kept.get("asked", ())))
