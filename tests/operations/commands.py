"""The product's commands as people type them."""

import subprocess
from pathlib import Path

from tests.live import clean_environment
from tests.prepared import run_prepared


def command(*words: str | Path, path: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
    """Runs `three-circles …` with these settings, and on this PATH if one is given."""
    environment = clean_environment(**settings)
    if path:
        environment["PATH"] = path
    return run_prepared(tuple(map(str, words)), Path(settings["DATA_DIR"]), environment)
