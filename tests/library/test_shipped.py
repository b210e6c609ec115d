"""The stories that come with the product."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from api import assets
from api.library.case import Case
from api.library.checking import case_files, check
from api.library.schema import front_matter_schema
from api.library.systems import SYSTEMS
from api.library.writing import write

PATHS = case_files([assets.VIGNETTES])


def shipped(path: Path) -> Case:
    case, faults = check(path.read_text(encoding="utf-8"), path.stem)
    assert faults == []
    assert case is not None
    return case


def front_matter(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_shipped_story_is_good_and_can_be_written_again(path: Path) -> None:
    case = shipped(path)

    assert check(write(case), path.stem) == (case, [])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_front_matter_of_a_shipped_story_fits_the_schema(path: Path) -> None:
    jsonschema.validate(front_matter(path), front_matter_schema(), jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    schema = front_matter_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    changes: list[dict[str, Any]] = [{"level": 4}, {"slug": "No slug"}, {"tag": []}, {"skills": ["joy"]}, {"title": ""}]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(front_matter(PATHS[0]) | change, schema, jsonschema.Draft202012Validator)


def test_the_schema_file_for_editors_is_the_generated_one() -> None:
    assert json.loads((assets.VIGNETTES / "schema.json").read_text(encoding="utf-8")) == front_matter_schema()


def test_there_are_four_stories_of_each_system() -> None:
    assert Counter(shipped(path).head.key.dominant for path in PATHS) == dict.fromkeys(SYSTEMS, 4)


def test_every_level_is_there() -> None:
    assert {shipped(path).head.level for path in PATHS} == {1, 2, 3}


def test_no_two_people_share_a_name() -> None:
    names = [shipped(path).head.person for path in PATHS]

    assert len(names) == len(set(names))
