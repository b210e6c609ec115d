"""The plans that come with the product."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from api.kit import assets
from api.kit.settings import Settings
from api.session_plans.checking import check_file, plan_files
from api.session_plans.plan import Plan
from api.session_plans.plan_writer import write
from api.session_plans.reading import KINDS, read
from api.session_plans.schema import plan_schema
from api.session_plans.seed import SLIDES
from api.session_plans.signposting import load_signposting
from api.session_plans.steps import PauseStep, PrivateStep, RoundStep
from api.vignettes.checking import case_files, check_files

FOLDER = assets.VIGNETTES / "plans"
PATHS = plan_files([FOLDER])
LEVELS = {case.head.slug: case.head.level for _, case, _ in check_files(case_files([assets.VIGNETTES])) if case}
MAIN = FOLDER / "building-self-compassion.yaml"


def shipped(path: Path) -> Plan:
    checked = check_file(path, LEVELS)
    assert (checked.faults, checked.advice) == ([], [])
    assert checked.plan is not None
    return checked.plan


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_shipped_plan_is_good_and_can_be_written_again(path: Path) -> None:
    plan = shipped(path)

    assert read(write(plan)) == (plan, [])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_shipped_plan_fits_the_schema(path: Path) -> None:
    # JSON knows no whole numbers as names, so the lengths of `minutes` become text on the way.
    document = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))))

    jsonschema.validate(document, plan_schema(), jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    good = json.loads(json.dumps(yaml.safe_load(MAIN.read_text(encoding="utf-8"))))
    changes = [{"slug": "No slug"}, {"step": []}, {"lengths": []}, {"steps": [good["steps"][0] | {"kind": "dance"}]}]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(good | change, schema, jsonschema.Draft202012Validator)


def test_the_schema_file_for_editors_is_the_generated_one() -> None:
    assert json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")) == plan_schema()


@pytest.mark.parametrize("path, minutes", [(MAIN, {60: 57, 90: 88, 120: 116}), (FOLDER / "first-look.yaml", {20: 20})])
def test_the_plans_for_members_have_the_lengths_that_were_asked_for(path: Path, minutes: dict[int, int]) -> None:
    plan = shipped(path)

    assert {length: plan.minutes_in(length) for length in plan.lengths} == minutes


@pytest.mark.parametrize(
    "length, left_out", [(60, {"review", "what-is-compassion", "why-build-it", "person-2"}), (90, set()), (120, set())]
)
def test_every_slide_of_the_seed_is_served_except_in_the_short_session(length: int, left_out: set[str]) -> None:
    served = {slide for step in shipped(MAIN).steps_in(length) for slide in step.serves}

    assert set(SLIDES) - served == left_out


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_length_says_which_of_its_steps_to_skip_when_running_late(path: Path) -> None:
    plan = shipped(path)
    for length in plan.lengths:
        (late,) = [line for line in plan.before if line.startswith(f"{length} minutes, if you are running late: ")]
        named = set(re.findall("“(.+?)”", late))

        assert named
        assert named <= {step.title for step in plan.steps_in(length)}
        shown = plan.before_in(length)
        assert [line for line in shown if "running late" in line] == ["I" + late.partition(", i")[2]]
        assert set(shown[1:]) == {line for line in plan.before if "running late" not in line}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_shipped_plan_says_how_to_run_it_online_and_alone(path: Path) -> None:
    openings = {line.partition(":")[0] for line in shipped(path).before}

    assert {"Running it online", "Running it alone"} <= openings


def test_the_slides_are_served_in_the_order_of_the_seed() -> None:
    served = [slide for step in shipped(MAIN).steps for slide in step.serves]

    assert served == list(SLIDES)


def test_the_main_plan_has_every_kind_of_step() -> None:
    assert {step.kind for step in shipped(MAIN).steps} == set(KINDS)


def test_julie_and_dave_are_the_two_people() -> None:
    assert [step.vignette for step in shipped(MAIN).steps if isinstance(step, RoundStep)] == ["julie", "dave"]


def test_training_is_half_a_day_or_a_whole_one_with_harder_stories() -> None:
    plan = shipped(FOLDER / "training-day.yaml")
    levels = [LEVELS[step.vignette] for step in plan.steps if isinstance(step, RoundStep)]

    assert (plan.audience, plan.lengths) == ("training", (180, 360))
    assert [plan.minutes_in(length) for length in plan.lengths] == [180, 360]
    assert sorted(set(levels)) == [2, 3]


def test_no_one_who_uses_a_guide_is_without_another_way() -> None:
    pauses = [step for path in PATHS for step in shipped(path).steps if isinstance(step, PauseStep)]

    assert all(len(step.instead) >= 2 for step in pauses)


def test_the_private_part_asks_the_three_questions_then_when_and_where_and_makes_a_card() -> None:
    (step,) = [step for step in shipped(MAIN).steps if isinstance(step, PrivateStep)]

    assert len(step.prompts) == 4
    assert step.prompts[3].question.startswith("When and where")
    assert step.card is not None


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_is_private_says_that_it_is_never_sent(path: Path) -> None:
    private = [step for step in shipped(path).steps if step.kind in ("circles", "private")]

    assert all("Only on this phone. It is never sent." in step.phone for step in private)


def test_the_content_note_of_a_story_is_spoken_before_it_is_read() -> None:
    notes = {
        case.head.slug: case.head.content_note for _, case, _ in check_files(case_files([assets.VIGNETTES])) if case
    }
    for path in PATHS:
        for step in shipped(path).steps:
            if isinstance(step, RoundStep) and (note := notes[step.vignette]):
                assert note in " ".join(step.notes.say), (path.stem, step.title)


def test_the_lines_on_where_to_find_help_are_englands_and_marked_as_defaults() -> None:
    found, faults = load_signposting(Settings.model_fields["signposting_file"].default)

    assert faults == []
    assert found is not None
    assert (found.nation, found.defaults) == ("England", True)
    assert [line.call or line.text for line in found.lines] == ["999", "111", "116 123", "SHOUT to 85258", None]
    assert found.checked is not None
