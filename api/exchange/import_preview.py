"""What an import would do, row by row, before anything is done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from api.exchange.formats.columns import COLUMNS, cells
from api.exchange.formats.rows import Finding, Row
from api.vignettes.case import Case
from api.vignettes.reading import read

Action = Literal["create", "update", "unchanged", "fault"]
LONGEST_SHOWN = 60  # characters of a text that differs

ACTIONS: tuple[Action, ...] = ("create", "update", "unchanged", "fault")


@dataclass(frozen=True, slots=True)
class ImportStep:
    """What would happen to one row. `changes` says what an update would change, or why a row is left alone; `findings`
    are the faults. `replaces` says whose draft an update takes the place of: it needs a yes first."""

    place: str
    slug: str | None
    action: Action
    source: str = ""
    case: Case | None = None
    changes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """What a story's texts are now: what is published, what is worked on, and which texts are older than the published.

    `draft_by` is who saved the draft; None where the draft is what the same person brought in, or no one needs asking.
    """

    published: str | None = None
    draft: str | None = None
    draft_by: str | None = None
    older: frozenset[str] = frozenset()

    @property
    def newest(self) -> str:
        return self.draft or self.published or ""


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


def plan(existing: Mapping[str, Present], rows: Sequence[Row], *, replace: bool = True) -> ImportPreview:
    """The plan for rows over the library: `existing` gives each slug its present texts.

    A row that was found fault with, and each row whose slug an earlier one has, is a fault. A story is unchanged when
    it says the same, however its file is laid out, and when the row says what was published, now or before, since then
    the file is older than what is there. Without `replace`, drafts of other people are left alone.
    """
    taken: dict[str, str] = {}
    return ImportPreview(tuple(_step(existing, taken, row, replace) for row in rows))


def _step(existing: Mapping[str, Present], taken: dict[str, str], row: Row, replace: bool) -> ImportStep:
    if row.passed:
        return ImportStep(row.place, None, "unchanged", changes=tuple(found.message for found in row.findings))
    if row.case is None or row.findings:
        findings = row.findings or (Finding(row.place, "cannot be read"),)
        return ImportStep(row.place, row.case.head.slug if row.case else None, "fault", findings=findings)
    slug = row.case.head.slug
    if (first := taken.setdefault(slug, row.place)) != row.place:
        twice = Finding(row.place, f"the slug “{slug}” is already used by {first}")
        return ImportStep(row.place, slug, "fault", findings=(twice,))
    present = existing.get(slug)
    if present is None:
        return ImportStep(row.place, slug, "create", row.source, row.case, row.notes)
    changes = () if present.newest == row.source else _changes(read(present.newest)[0], row.case)
    if changes and (older := _why_older(present, row)):
        return ImportStep(row.place, slug, "unchanged", row.source, row.case, (older,))
    whose = f"the draft that {present.draft_by} saved" if changes and present.draft_by else None
    if whose and not replace:
        return ImportStep(
            row.place, slug, "unchanged", row.source, row.case, (f"{whose} is left alone",), replaces=whose
        )
    told = (f"takes the place of {whose}", *changes) if whose else changes
    return ImportStep(row.place, slug, "update" if changes else "unchanged", row.source, row.case, told, replaces=whose)


def _why_older(present: Present, row: Row) -> str | None:
    """Why what is there is newer than the row, if it is."""
    assert row.case is not None
    if present.draft and present.published and not _differences(read(present.published)[0], row.case):
        by = f" that {present.draft_by} saved" if present.draft_by else ""
        return f"as published; the newer draft{by} is left alone"
    if row.source in present.older or row.case.model_dump_json() in present.older:
        return "as published earlier; the newer version is left alone"
    return None


def _differences(before: Case | None, after: Case) -> list[tuple[str, Any, Any]]:
    """Each field that differs, under the name that a spreadsheet has for it, with what was there and what comes."""
    if before is None:
        return [("everything", None, None)]
    old, new = cells(before), cells(after)
    return [
        (column.name, was, now)
        for column, was, now in zip(COLUMNS, old, new, strict=True)
        if (was or None) != (now or None)
    ]


def _changes(before: Case | None, after: Case) -> tuple[str, ...]:
    """What differs, in words; “everything” where what is there cannot be read."""
    return tuple(_told(*difference) for difference in _differences(before, after))


def _told(name: str, was: Any, now: Any) -> str:
    if was is None and now is None:
        return name
    if was in (None, ""):
        return f"{name}: filled in with “{_short(str(now))}”"
    if now in (None, ""):
        return f"{name}: emptied, was “{_short(str(was))}”"
    before, after = _apart(str(was), str(now))
    return f"{name}: changed from “{before}” to “{after}”"


def _apart(was: str, now: str) -> tuple[str, str]:
    """Both texts, long ones from a few words before the first place where they differ."""
    if max(len(was), len(now)) <= LONGEST_SHOWN:
        return _short(was), _short(now)
    first = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    start = was.rfind(" ", 0, max(0, first - 15)) + 1
    lead = "… " if start else ""
    return lead + _short(was[start:]), lead + _short(now[start:])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else line[:LONGEST_SHOWN].rstrip() + " …"
