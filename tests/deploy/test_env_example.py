""".env.example explains every setting as the product does, and holds everything that compose.yaml asks for."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from api.kit.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"
PREFIX = "THREE_CIRCLES_"


@dataclass(frozen=True)
class Entry:
    """A variable with the comment above it, or above its group."""

    value: str
    comment: str
    active: bool


def read_entries() -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    comment: list[str] = []
    for line in EXAMPLE.read_text().splitlines():
        if found := re.fullmatch(r"(#?)([A-Z_]+)=(.*)", line):
            entries[found[2]] = Entry(found[3], "\n".join(comment), not found[1])
        elif line.startswith("# "):
            comment.append(line.removeprefix("# "))
        else:
            comment = []
    return entries


ENTRIES = read_entries()


def as_text(default: Any) -> str:
    """How a default is written in the file; folders inside the product are left out, since each has its own place."""
    if isinstance(default, Path):
        return "" if default.is_absolute() else str(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_it_names_every_setting_and_no_other() -> None:
    named = {name.removeprefix(PREFIX).lower() for name in ENTRIES if name.startswith(PREFIX)}

    assert named == set(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_it_explains_a_setting_in_the_words_of_the_product_and_shows_its_default(name: str) -> None:
    entry, field = ENTRIES[PREFIX + name.upper()], Settings.model_fields[name]

    assert entry.comment.splitlines()[0] == field.description
    assert entry.value == as_text(field.default)
    assert not entry.active


def test_every_other_line_is_explained_too() -> None:
    assert [name for name, entry in ENTRIES.items() if not entry.comment] == []


def test_everything_that_compose_asks_for_is_there_with_the_same_default() -> None:
    asked = dict(re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", (ROOT / "compose.yaml").read_text()))

    assert {name: ENTRIES[name].value for name in asked} == asked
    own = {name for name in ENTRIES if not name.startswith(PREFIX)}
    assert own - set(asked) == {"SITE_ADDRESS", "LOG_LEVEL"}


def test_uncommented_as_it_stands_it_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    everything = tmp_path / "env"
    everything.write_text(re.sub(rf"^#({PREFIX})", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE))

    read: BaseSettings = Settings(_env_file=everything)

    assert read == Settings(_env_file=None)
