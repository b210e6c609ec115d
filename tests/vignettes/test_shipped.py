"""The stories that come with the product."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import jsonschema
import pytest
import yaml

from api.kit import assets
from api.kit.systems import SYSTEMS
from api.stats.association import cramers_v
from api.vignettes.case import About, Case
from api.vignettes.case_file_writer import write
from api.vignettes.checking import case_files, check, words
from api.vignettes.codebook import CUE_LABEL, SKILLS
from api.vignettes.plain_telling import plain_findings
from api.vignettes.schema import front_matter_schema

PATHS = case_files([assets.VIGNETTES])
MOST_ASSOCIATION = 0.2  # Cramér's V: below it, an attribute says next to nothing about the key


@cache
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


def test_each_system_leads_forty_stories_that_get_harder() -> None:
    found = Counter((shipped(path).head.level, shipped(path).head.key.dominant) for path in PATHS)

    assert found == {(level, system): number for level, number in {1: 16, 2: 14, 3: 10}.items() for system in SYSTEMS}


def test_every_pair_and_every_kind_of_cue_is_practised_by_eight_stories() -> None:
    practised = Counter(skill for path in PATHS for skill in shipped(path).head.skills)

    assert {skill: practised[skill] for skill in SKILLS if practised[skill] < 8} == {}


def test_at_least_fifty_stories_are_of_ordinary_struggles() -> None:
    assert sum("everyday-struggle" in shipped(path).head.tags for path in PATHS) >= 50


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_shipped_story_is_plain_to_follow(path: Path) -> None:
    assert list(plain_findings(shipped(path))) == []


def test_the_length_of_a_story_does_not_tell_its_system() -> None:
    lengths = [(len(words(shipped(path).story)), shipped(path).head.key.dominant) for path in PATHS]
    middle = median(length for length, _ in lengths)

    assert cramers_v([(str(length > middle), system) for length, system in lengths]) < MOST_ASSOCIATION


def test_a_cue_that_a_story_says_it_practises_is_marked_in_it() -> None:
    for path in PATHS:
        case = shipped(path)
        assert set(case.head.skills) & CUE_LABEL.keys() <= {cue.type for cue in case.cues}, path.stem


@pytest.mark.parametrize("attribute", About.model_fields)
def test_who_the_person_is_does_not_tell_the_system_or_the_level(attribute: str) -> None:
    heads = [shipped(path).head for path in PATHS]
    kinds = [str(getattr(head.about, attribute)) for head in heads]
    by_system = cramers_v(zip(kinds, (head.key.dominant for head in heads), strict=True))
    by_level = cramers_v(zip(kinds, (str(head.level) for head in heads), strict=True))

    table = Counter(zip(kinds, (head.key.dominant for head in heads), strict=True))
    print(f"{attribute}: V {by_system:.3f} with the system, {by_level:.3f} with the level")
    for kind in sorted(set(kinds)):
        print(f"  {kind:20}", *(f"{system} {table[kind, system]:2}" for system in SYSTEMS))
    assert len(set(kinds)) > 1
    assert by_system < MOST_ASSOCIATION
    assert by_level < MOST_ASSOCIATION


def test_no_two_files_share_seven_words_in_a_row() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for path in PATHS:
        case = shipped(path)
        for text in (case.story, case.why, *case.others.values(), *case.questions):
            said = [word.lower() for word in words(text)]
            for run in zip(*(said[start:] for start in range(7)), strict=False):
                owners.setdefault(run, set()).add(path.stem)

    assert {" ".join(run): sorted(files) for run, files in owners.items() if len(files) > 1} == {}


def test_what_could_sting_is_told_before_the_story_opens() -> None:
    stings = re.compile(
        r"\b(ill|hospital|operation|died|dead|funeral|mugged|landlord|debt|redundan\w+|laid off)\b", re.I
    )
    for path in PATHS:
        case = shipped(path)
        note = case.head.content_note
        harsh = any(cue.type == "threat.self_attack" and cue.strength == "clear" for cue in case.cues)
        assert note or not harsh, f"{path.stem}: harsh self-talk without a content note"
        assert note or not stings.search(case.story), f"{path.stem}: {stings.search(case.story)} without a content note"
        # The note follows “This story …”.
        assert note is None or (note.startswith("mentions ") and not note.endswith(".")), path.stem


def test_no_two_people_share_a_name() -> None:
    names = [shipped(path).head.person for path in PATHS]

    assert len(names) == len(set(names))
