"""Reads the tables of the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def text_of(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows_under(text: str, heading: str) -> list[list[str]]:
    """The cells of every table below `## heading`, without heads."""
    part = re.split(rf"^## {re.escape(heading)}$", text, flags=re.M)[1]
    part = re.split(r"^## ", part, flags=re.M)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    heads = {index - 1 for index, line in enumerate(lines) if set(line) <= set("|- ")}
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for index, line in enumerate(lines)
        if index not in heads and index - 1 not in heads
    ]


def named_tests(text: str) -> set[tuple[str, str]]:
    """Each `tests/….py::test_…` of a document."""
    return set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text))
