"""A library of 42 stories, from which three sets can be made."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from api.kit import assets
from api.measuring.sets import LEVELS
from api.vignettes.checking import case_files
from api.vignettes.reading import read


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Seven shipped stories of each system and level that have one good answer."""
    folder, taken = tmp_path / "cases", Counter[tuple[str, int]]()
    folder.mkdir()
    for path in case_files([assets.VIGNETTES]):
        case = read(path.read_text(encoding="utf-8"))[0]
        if case is not None and len(case.acceptable) == 1 and case.head.level in LEVELS:
            cell = (case.head.key.dominant, case.head.level)
            taken[cell] += 1
            if taken[cell] <= 7:
                shutil.copy(path, folder)
    return folder
