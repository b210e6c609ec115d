"""The product's commands as people type them."""

import subprocess
from pathlib import Path

from tests.live import PROGRAM, clean_environment


def command(*words: str | Path, path: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
    """Runs `three-circles …` with these settings, and on this PATH if one is given."""
    environment = clean_environment(**settings)
    if path:
        environment["PATH"] = path
    return subprocess.run(
        [PROGRAM, *map(str, words)],
        cwd=settings["DATA_DIR"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
