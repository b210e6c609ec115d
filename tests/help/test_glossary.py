"""The glossary and the code have the same words."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import api.app  # noqa: F401  # brings every table along

ROOT = Path(__file__).parents[2]
_ROWS = [line.split("|") for line in (ROOT / "docs/glossary.md").read_text().splitlines() if line.startswith("| ")]
_ROWS = [row for row in _ROWS if row[1].strip() not in ("word", "---")]


def _ticked(cell: int) -> list[str]:
    return [name for row in _ROWS for name in re.findall(r"`([^`]+)`", row[cell])]


@pytest.mark.parametrize("name", sorted(set(_ticked(3))))
def test_what_the_glossary_names_is_in_the_code(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    if (ROOT / name.replace(".", "/")).with_suffix(".py").exists():
        return

    assert hasattr(import_module(module), attribute)


def test_every_table_is_in_the_glossary_once() -> None:
    assert sorted(_ticked(4)) == sorted(SQLModel.metadata.tables)
