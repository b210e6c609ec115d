"""From a plan file into the fields of a form and back."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.kit.plain_text import tidy
from api.session_plans.editor.fields import KIND_NAME, new_step, step_fields
from api.session_plans.editor.forms import compose_plan, compose_step
from api.session_plans.editor.previewing import as_picture, step_as_far
from api.session_plans.editor.sheet import parse_draft
from api.session_plans.editor.view_models import StepForm, view_about, view_face, view_step
from api.session_plans.plan import Plan
from api.session_plans.plan_writer import write, write_data
from api.session_plans.reading import read
from api.web.rendering import templates
from tests.session_plans.editor.reading_forms import sent_by
from tests.session_plans.sample import LEVELS, SAMPLE
from tests.session_plans.strategies import plans

_parts: Any = templates.env.get_template("session_plans/editor/_parts.html").module


def sent(form: StepForm) -> dict[str, list[str]]:
    """What a browser sends of the form as the templates draw it."""
    return sent_by("".join(_parts.one_field(view) for group in form.groups for view in group.fields), None)


def through_forms(text: str) -> str:
    """The file after every form of the plan was opened and saved as it was."""
    sheet = parse_draft(text, None, LEVELS)
    assert sheet.data is not None
    data = compose_plan(sheet.data, sent(view_about(sheet)))
    steps = [
        compose_step(step, sent(view_step(sheet, number, {})), sheet.lengths) if isinstance(step, dict) else step
        for number, step in enumerate(sheet.steps)
    ]
    return write_data({**data, "steps": steps} if "steps" in data else data)


def changed(number: int, **typed: list[str]) -> Plan:
    """The sample after someone typed into a step's form."""
    sheet = parse_draft(SAMPLE, None, LEVELS)
    assert sheet.data is not None
    fields = {name.replace("__", "."): values for name, values in typed.items()}
    step = compose_step(sheet.steps[number], sent(view_step(sheet, number, {})) | fields, sheet.lengths)
    plan, faults = read(write_data({**sheet.data, "steps": [*sheet.steps[:number], step, *sheet.steps[number + 1 :]]}))
    assert plan is not None, faults
    return plan


@given(plans())
@settings(max_examples=25)
def test_a_plan_comes_through_its_forms_unchanged(plan: Plan) -> None:
    assert read(through_forms(write(plan))) == (plan, [])


_texts = st.text(st.characters(codec="utf-8"), max_size=8).map(tidy)  # as every entrance brings it in
_scalars = st.none() | st.booleans() | st.integers(-5, 300) | _texts
_things = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
_names = sorted({str(field.path[0]) for kind in KIND_NAME for field in step_fields(kind)} | {"extra"})
_odd_steps = st.builds(
    lambda kind, rest: {"kind": kind, **rest},
    st.sampled_from([*KIND_NAME, "dance"]),
    st.dictionaries(st.sampled_from(_names), _things, max_size=6),
)


@given(st.lists(_odd_steps | _scalars, max_size=2), st.dictionaries(st.sampled_from(["title", "lengths"]), _things))
@settings(max_examples=25)
def test_what_is_no_good_plan_comes_through_its_forms_unchanged_too(steps: list[Any], rest: dict[str, Any]) -> None:
    data = {"slug": "odd", **rest, "steps": steps}
    text = write_data(deepcopy(data))

    assert through_forms(text) == text


@given(_odd_steps)
def test_whatever_stands_in_a_step_its_preview_does_not_break(step: dict[str, Any]) -> None:
    before = deepcopy(step)

    view_face(step, {}, None)

    assert step == before


def test_every_new_step_has_its_faces_at_once() -> None:
    for kind in KIND_NAME:
        assert step_as_far(new_step(kind)) is not None, kind


def test_a_face_to_look_at_loses_the_names_of_its_parts_and_no_word() -> None:
    face = '<section id="a" class="b" aria-labelledby="c"><p>Say id="a" or &lt;b id="c"&gt;.</p></section>'

    assert as_picture(face) == '<section class="b"><p>Say id="a" or &lt;b id="c"&gt;.</p></section>'


def test_words_typed_into_a_field_stand_in_the_file() -> None:
    step = changed(0, title=["Good evening"], wall=["Hello.\r\n\r\nCome in.\r\n"], notes__end=["Begin softly."]).steps[
        0
    ]

    assert (step.title, step.wall, step.notes.end) == ("Good evening", "Hello.\n\nCome in.", "Begin softly.")


def test_a_list_takes_a_line_more_and_loses_one_that_was_cleared() -> None:
    assert changed(0, notes__say=["", "Welcome back.", "Sit down.", ""]).steps[0].notes.say == (
        "Welcome back.",
        "Sit down.",
    )


def test_words_pasted_from_elsewhere_leave_the_file_readable() -> None:
    step = changed(0, wall=["One.\u2028Two.\x85Three."], title=["A\x07 bell"]).steps[0]

    assert (step.wall, step.title) == ("One.\nTwo.\nThree.", "A\x07 bell")


def test_minutes_are_one_number_or_one_for_each_length() -> None:
    own = {"minutes": ["own"], "minutes.20": ["4"], "minutes.30": [""]}

    assert changed(1, **own).steps[1].minutes == {20: 4}
    assert changed(0, **{"minutes": ["same"], "minutes.same": ["6"]}).steps[0].minutes == 6
    assert changed(0, **{"minutes": ["own"], "minutes.20": ["5"], "minutes.30": ["9"]}).steps[0].minutes == {
        20: 5,
        30: 9,
    }


def test_ticks_that_are_taken_away_are_taken_away() -> None:
    step = changed(1, second_vote=[""], ask=["", "cues", "circles"]).steps[1]

    assert step.kind == "round"
    assert (step.second_vote, step.ask) == (False, ("cues", "circles"))


def test_a_question_is_added_and_one_that_was_emptied_goes() -> None:
    one = {"question": "What helps?", "examples": ["Tea", "A walk"], "own_words": False}
    other = {"question": "Who helps?", "examples": ["A friend", "A cat"]}
    before = new_step("private") | {"prompts": [one, other], "card": {"title": "Mine", "ending": "Go gently."}}

    after = compose_step(
        before,
        {
            "prompts.0.question": [""],
            "prompts.0.examples": ["", ""],
            "prompts.2.question": ["Where?"],
            "prompts.2.examples": ["Here", "There"],
            "prompts.2.own_words": ["", "on"],
            "card.title": [""],
            "card.ending": [""],
        },
        [],
    )

    assert after["prompts"] == [other, {"question": "Where?", "examples": ["Here", "There"]}]
    assert "card" not in after


def test_a_pause_gets_a_guide_with_its_first_line_and_loses_it_with_its_last() -> None:
    before = new_step("pause")
    without = compose_step(before, {"guide.lines": [""], "guide.seconds_each": ["30"], "guide.moving_shape": [""]}, [])
    guided = compose_step(before, {"guide.lines": ["Rest.", ""], "guide.seconds_each": ["30"]}, [])

    assert "guide" not in without
    assert guided["guide"] == {"lines": ["Rest."], "seconds_each": 30}
    assert "guide" not in compose_step(guided, {"guide.lines": [""], "guide.seconds_each": ["30"]}, [])


def test_what_is_no_number_is_kept_and_told() -> None:
    step = compose_step(new_step("talk"), {"minutes": ["same"], "minutes.same": ["five"]}, [])

    assert step["minutes"] == "five"
