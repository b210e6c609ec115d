"""Prints the faults that a run has noted as one table, and writes it as Markdown."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

HEADS = ("Fault", "On", "Tried", "Refused", "Lost", "What the user sees")
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass
class Row:
    """A fault, summed over the databases that it was tried on."""

    name: str
    seen: str
    tried: int = 0
    refused: int = 0
    lost: int = 0
    databases: set[str] = field(default_factory=set)

    @property
    def cells(self) -> tuple[str, ...]:
        on = " and ".join(DATABASES[kind] for kind in DATABASES if kind in self.databases)
        return (self.name, on, f"{self.tried:,}", f"{self.refused:,}", f"{self.lost:,}", self.seen)


def read(lines: Iterable[str]) -> list[Row]:
    rows: dict[str, Row] = {}
    for line in lines:
        noted = json.loads(line)
        row = rows.setdefault(noted["name"], Row(noted["name"], noted["seen"]))
        row.tried += noted["tried"]
        row.refused += noted["refused"]
        row.lost += noted["lost"]
        row.databases.add(noted["database"])
    return sorted(rows.values(), key=lambda row: row.name.lower())


def markdown(rows: list[Row]) -> Iterator[str]:
    day = datetime.now(UTC)
    yield "# Faults"
    yield ""
    yield (
        "What was broken on purpose, on real processes, and what came of it. `make faults` breaks it all again and "
        f"writes this page; these figures are of {day:%-d %B %Y}. “Tried” counts requests and connections, “refused” "
        "those that were told so, “lost” what had been answered with success and was gone afterwards. Why things are "
        "as they are stands in [decision 0023](decisions/0023-faults.md)."
    )
    yield ""
    yield f"| {' | '.join(HEADS)} |"
    yield "| --- | --- | ---: | ---: | ---: | --- |"
    for row in rows:
        yield f"| {' | '.join(row.cells)} |"


def main(record: Path, page: Path) -> None:
    rows = read(record.read_text().splitlines())
    table = Table(*HEADS, title="Faults", show_lines=True)
    for column in table.columns[2:5]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row.cells)
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    page.write_text("\n".join(markdown(rows)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
