"""What each fault did: how much was tried, refused and lost, and what the user sees. `make faults` prints it.

Slow ones carry the marker `faults` and run there alone; quick ones run with every test.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

RECORD = "THREE_CIRCLES_FAULTS"  # the file that takes a line for each fault; without it the tests only look

Fault = Callable[..., None]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps only the tests that tell of a fault, when there is a file to tell it to."""
    if os.environ.get(RECORD):
        others = [item for item in items if "fault" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Fault:
    """Notes what a fault did, and fails when anything was lost."""

    def note(name: str, *, tried: int, refused: int, lost: int, seen: str, on: str = "") -> None:
        assert lost == 0, f"{name}: {lost} of {tried} were lost"
        assert 0 <= refused <= tried
        assert tried > 0
        if path := os.environ.get(RECORD):
            asked = getattr(getattr(request.node, "callspec", None), "params", {})
            database = on or asked.get("database_kind", "sqlite")
            row = {"name": name, "tried": tried, "refused": refused, "lost": lost, "seen": seen, "database": database}
            with Path(path).open("a") as file:
                file.write(json.dumps(row) + "\n")

    return note
