"""Reading a plan file: what was written comes back, and every fault has its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kit.plain_text import tidy
from api.session_plans.checking import check
from api.session_plans.plan import Plan
from api.session_plans.plan_writer import write
from api.session_plans.reading import KINDS, read
from tests.session_plans.sample import LEVELS, SAMPLE, line_of
from tests.session_plans.strategies import plans, steps


@given(plans())
def test_a_plan_that_is_written_is_read_back_the_same(plan: Plan) -> None:
    assert read(write(plan)) == (plan, [])


def test_every_kind_of_step_is_among_the_made_up_plans() -> None:
    assert set(steps) == set(KINDS)


def test_what_has_its_default_is_not_written() -> None:
    plan, _ = read(SAMPLE)
    assert plan is not None

    assert "second_vote" not in write(plan)
    assert "minutes: {20: 5, 30: 8}" in write(plan)


def test_a_file_from_windows_reads_like_any_other() -> None:
    assert read("\ufeff" + SAMPLE.replace("\n", "\r\n")) == read(SAMPLE)


def test_a_length_has_its_own_steps_and_minutes() -> None:
    plan, _ = read(SAMPLE)
    assert plan is not None

    assert [step.title for step in plan.steps_in(20)] == ["Hello", "Ana", "Goodbye"]
    assert [step.minutes_in(30) for step in plan.steps] == [8, 10, 7, 5]
    assert (plan.minutes_in(20), plan.minutes_in(30)) == (20, 30)


@pytest.mark.parametrize(
    "old, new, line, column, told",
    [
        pytest.param("title: A quiet hour\n", "", 1, 1, "title: is missing", id="no title"),
        pytest.param(
            "aim:", "aims:", line_of("aim:"), 1, "aims: there is no such field here; did you mean “aim”?", id="typo"
        ),
        pytest.param(
            "kind: talk", "kind: tlk", 9, 5, "steps.1.kind: the kind “tlk” is unknown; did you mean “talk”?", id="kind"
        ),
        pytest.param(
            "- kind: talk\n    title", "- title", 9, 5, "steps.1: the step does not say its kind;", id="kindless"
        ),
        pytest.param("{20: 5, 30: 8}", "soon", 11, 5, "steps.1.minutes: is a whole number", id="minutes in words"),
        pytest.param("30: 8}", "30: 0}", 11, 22, "steps.1.minutes.30: is 1 or more", id="no minutes"),
        pytest.param("30: 8}", "thirty: 8}", 11, 22, "steps.1.minutes.thirty: is a whole number", id="length in words"),
        pytest.param(
            "wall: Welcome.", "wall: [Welcome]", 12, 5, "steps.1.wall: is text; in quotes if YAML", id="list, not text"
        ),
        pytest.param("wall: Welcome.", "wall: ''", 12, 5, "steps.1.wall: is empty", id="empty wall"),
        pytest.param(
            "say: [Welcome.]",
            "sya: [Welcome.]",
            15,
            7,
            "notes.sya: there is no such field here; did you mean “say”?",
            id="notes",
        ),
        pytest.param("      say: [Welcome.]\n", "", 14, 5, "steps.1.notes.say: is missing", id="nothing to say"),
        pytest.param("[Welcome.]", "[Welcome., 7]", 15, 23, "steps.1.notes.say.2: is text;", id="a number among words"),
        pytest.param("[Welcome.]", "[]", 15, 7, "steps.1.notes.say: needs at least 1", id="empty list"),
        pytest.param(
            "vignette: ana",
            "vignete: ana",
            23,
            5,
            "steps.2.vignete: there is no such field here; did you mean “vignette”?",
            id="own field",
        ),
        pytest.param(
            "vignette: ana-the-race",
            "vignette: Ana the race",
            line_of("vignette:"),
            5,
            "steps.2.vignette: has small letters, digits and single hyphens",
            id="no slug",
        ),
        pytest.param(
            "rules: [Passing is fine.]", "rules: 3", line_of("rules: ["), 5, "steps.3.rules: is a list;", id="no list"
        ),
        pytest.param(
            "audience: psycho", "audience: psyco", 3, 1, "audience: is one of: 'psychoeducation'", id="audience"
        ),
        pytest.param("lengths: [20,", "lengths: [2,", 6, 11, "lengths.1: is 5 or more", id="very short"),
        pytest.param("title: Hello", "title: He: llo", 10, 14, "the plan is not plain YAML:", id="colon"),
        pytest.param(
            "title: Hello", "title: &a Hello\n    kind: *a", 11, 11, "the plan is not plain YAML: aliases", id="alias"
        ),
        pytest.param(
            "phone: Have", "wall: Have", 13, 5, "the plan is not plain YAML: “wall” is here twice", id="twice"
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(old: str, new: str, line: int, column: int, told: str) -> None:
    assert old in SAMPLE
    _, faults = read(SAMPLE.replace(old, new, 1))

    assert any((f.line, f.column) == (line, column) and told in f.message for f in faults), faults


def assert_total(text: str) -> None:
    """Whatever the text: a plan or a reason why not, and every fault at a place inside the text."""
    checked = check(text, LEVELS, "an-hour")
    lines = tidy(text).split("\n")  # as every entrance reads it
    assert checked.plan is not None or checked.faults
    for fault in (*checked.faults, *checked.advice):
        assert fault.message
        assert 1 <= fault.line <= len(lines), fault
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1, fault


_marks = [
    "- ",
    ": ",
    "\n",
    "  ",
    "    ",
    "kind: ",
    "round",
    "close",
    "minutes",
    "{",
    "}",
    "[",
    "]",
    "|\n",
    ">",
    "#",
    "&a ",
    "*a",
]
_sly = [
    "'",
    '"',
    "!!int ",
    "!!set ",
    "<<",
    "? ",
    "~",
    "\0",
    "\u2028",
    "\x85",
    "\t",
    "\r\n",
    "1:60",
    "0x_",
    "---\n",
    "😀",
]
noise = st.lists(st.sampled_from([*_marks, *_sly]) | st.text(max_size=3), max_size=25).map("".join)


@given(noise)
def test_any_text_is_answered_with_faults_that_lie_in_it(text: str) -> None:
    assert_total(text)


@given(st.integers(min_value=0, max_value=len(SAMPLE)), st.integers(min_value=0, max_value=40), noise)
def test_any_slip_of_the_pen_in_a_good_plan_is_answered_with_faults_that_lie_in_it(
    place: int, dropped: int, typed: str
) -> None:
    assert_total(SAMPLE[:place] + typed + SAMPLE[place + dropped :])


@given(plans())
def test_any_plan_is_checked_with_faults_that_lie_in_its_file(plan: Plan) -> None:
    assert_total(write(plan))


def test_a_file_that_is_far_too_large_is_not_read_at_all() -> None:
    plan, faults = read(SAMPLE + " " * 256_000)

    assert plan is None
    assert [(fault.line, fault.column) for fault in faults] == [(1, 1)]
