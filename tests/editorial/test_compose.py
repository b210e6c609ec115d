"""The form and the case file hold the same, whichever way round."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from api.editorial.compose import CaseForm, compose, form_of, settled
from api.vignettes.case import Case, FrontMatter
from api.vignettes.case_file_writer import write
from api.vignettes.checking import check
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, FILES
from tests.vignettes.strategies import cases

HIDDEN = ("slug", "reconstructed", "sources", "authors", "licence")


def form(source: str) -> CaseForm:
    found = form_of(source)
    assert found is not None
    return found


def mended(source: str = ANA_FILE, **changes: object) -> str:
    return compose(replace(form(source), **changes), source)  # type: ignore[arg-type]


def case_of(source: str) -> Case:
    case, _ = read(source)
    assert case is not None
    return case


def in_order(head: FrontMatter) -> dict[str, object]:
    """The front matter without the order of answers and skills, which means nothing."""
    key = head.key.model_copy(update={"acceptable": sorted(head.key.acceptable)})
    return head.model_copy(update={"key": key, "skills": sorted(head.skills)}).model_dump()


@given(cases(), cases())
def test_a_case_that_goes_through_the_form_is_the_same_but_for_what_the_form_does_not_show(
    case: Case, other: Case
) -> None:
    composed = case_of(compose(form(write(case)), write(other)))

    hidden = {name: getattr(other.head, name) for name in HIDDEN}
    assert in_order(composed.head) == in_order(case.head.model_copy(update=hidden))
    assert (composed.story, composed.cues) == (case.story, case.cues)
    assert (composed.why, composed.questions) == (case.why, case.questions)
    assert {s: text for s, text in composed.others.items() if text} == case.others


# Whatever can be typed or pasted: brackets, headings, front matter, control characters, half a surrogate pair.
anything = st.text(max_size=60) | st.sampled_from(
    [
        "## Why threat",
        "a\n## b\n\n## c",
        "---\nslug: x\n---",
        "[a]{.drive.effort} [",
        "- x\n- y",
        "\x00\ud800\r\n\x85",
        " ## x",
    ]
)


@given(cases(), anything, anything, anything, st.lists(anything, max_size=3), anything)
def test_what_is_typed_into_the_form_comes_back_out_of_the_file(
    case: Case, title: str, story: str, why: str, questions: list[str], other: str
) -> None:
    base = write(case)
    typed = replace(
        form(base), title=title, person=title, story=story, why=why, questions=tuple(questions),
        others={"threat": other}, content_note=other, tags=(title, other),
    )  # fmt: skip

    source = compose(typed, base)

    assert form(source) == settled(typed, case.head)
    assert compose(form(source), source) == source


@given(cases())
def test_a_form_that_no_one_touched_leaves_the_file_as_it_is(case: Case) -> None:
    assert compose(form(write(case)), write(case)) == write(case)


def test_files_written_by_hand_stay_word_for_word_where_the_form_changes_nothing() -> None:
    for source in FILES.values():
        assert compose(form(source), source) == source
    changed = mended(why="She grins.")
    before, after = ANA_FILE.split("## Why drive"), changed.split("## Why drive")

    assert before[0] == after[0]
    assert before[1].partition("## Why somebody")[2] == after[1].partition("## Why somebody")[2]
    assert "She grins." in after[1]


def test_another_biggest_system_takes_its_explanation_along() -> None:
    changed = mended(dominant="threat", why="She looks at her knee.", others={"drive": "A goal.", "soothing": "Calm."})

    case = case_of(changed)
    assert (case.head.key.dominant, case.why) == ("threat", "She looks at her knee.")
    assert case.others == {"drive": "A goal.", "soothing": "Calm."}
    assert [line for line in changed.splitlines() if line.startswith("## ")] == [
        "## Why threat",
        "## Why someone might choose soothing",
        "## Why someone might choose drive",
        "## To talk about",
    ]


def test_sections_and_words_that_the_form_does_not_know_are_kept() -> None:
    source = (
        ANA_FILE.replace("## To talk about\n", "## Notes\n\nAsk Bo.\n\n## To talk about\n\nIn pairs:\n")
        + "\nAfterwards a break.\n"
    )

    changed = mended(source, questions=("Why May?",))

    assert "## Notes\n\nAsk Bo." in changed
    assert "In pairs:\n\n- Why May?\n\nAfterwards a break." in changed


def test_a_blank_title_or_name_keeps_the_one_that_the_file_has() -> None:
    case = case_of(mended(title="  ", person="\n"))

    assert (case.head.title, case.head.person) == ("Ana and the race", "Ana")


def test_lines_of_a_hand_written_story_become_paragraphs_of_one_line() -> None:
    first, second = form(ANA_FILE).story.split("\n\n")

    assert "\n" not in first + second
    assert "[she looks at it twice]{.threat.scan strength=partial}. Then she ties her shoes. [‘Under" in second


def test_a_composed_file_without_faults_passes_the_check() -> None:
    assert check(mended(title="Ana runs", tags=("sport", "work")), ANA)[1] == []


def test_a_file_that_cannot_be_read_has_no_form() -> None:
    assert form_of("no front matter") is None
    assert form_of(ANA_FILE.replace("level: 1", "level: 9")) is None
