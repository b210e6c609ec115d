"""The unit for systemd, as systemd itself reads and judges it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "three-circles.service"
MOST_EXPOSED = 15  # of 100, as `systemd-analyze security` counts

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ, reason="no systemd-analyze here"
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    here = tmp_path / UNIT.name
    program = tmp_path / "three-circles"
    program.touch(mode=0o755)
    here.write_text(UNIT.read_text().replace("/opt/three-circles/bin/three-circles", str(program)))

    finished = analyze("verify", "--man=no", here)

    assert (finished.returncode, finished.stderr) == (0, "")


def test_little_of_the_machine_is_exposed_to_the_service() -> None:
    finished = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", UNIT)

    assert finished.returncode == 0, finished.stdout
