"""What an import would do, before anything is done."""

from hypothesis import given
from hypothesis import strategies as st

from api.exchange.formats import casefiles
from api.exchange.formats.rows import Finding, Row, case_file_row
from api.exchange.import_preview import Present, plan
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE, CLEO, CLEO_FILE
from tests.vignettes.strategies import cases


def row(slug: str, text: str, place: str | None = None) -> Row:
    return case_file_row(place or f"{slug}.md", text, slug)


def test_each_row_is_new_changed_or_as_it_is() -> None:
    longer = ANA_FILE.replace("A worry may be there.", "A worry could be there.")
    made = plan(
        {ANA: Present(ANA_FILE), BEN: Present(BEN_FILE)}, [row(ANA, longer), row(BEN, BEN_FILE), row(CLEO, CLEO_FILE)]
    )

    assert [(step.slug, step.action, step.changes) for step in made.steps] == [
        (
            ANA,
            "update",
            (
                "why threat: changed from “She looks at her knee twice. A worry may be there.” to "
                "“She looks at her knee twice. A worry could be there.”",
            ),
        ),
        (BEN, "unchanged", ()),
        (CLEO, "create", ()),
    ]
    assert made.summary == "1 new, 1 changed, 1 not changed."
    assert made.steps[0].source == longer
    assert not made.refused


def test_another_layout_of_the_same_words_changes_nothing() -> None:
    laid_out = ANA_FILE.replace("tags: [sport]", "tags:\n  - sport").replace(
        "content_note: null\n", "content_note: ''\n"
    )
    made = plan({ANA: Present(ANA_FILE)}, [row(ANA, laid_out)])

    assert made.counts == {"create": 0, "update": 0, "unchanged": 1, "fault": 0}
    assert made.summary == "Nothing changes: 0 new, 0 changed, 1 not changed."


def test_one_bad_row_refuses_the_whole_and_says_where() -> None:
    bad = row(BEN, BEN_FILE.replace("soothing.rest}", "soothing.rst}", 1))
    made = plan({}, [row(ANA, ANA_FILE), bad])

    assert made.refused
    assert made.summary == "1 of 2 vignettes has faults, so nothing changes."
    assert [step.action for step in made.steps] == ["create", "fault"]
    assert any("did you mean “soothing.rest”?" in found.message for found in made.steps[1].findings)


def test_a_slug_that_stands_twice_in_a_file_is_a_fault_of_the_later_one() -> None:
    made = plan({}, [row(ANA, ANA_FILE, "row 2"), row(ANA, ANA_FILE, "row 3")])

    assert [step.action for step in made.steps] == ["create", "fault"]
    assert made.steps[1].findings == (Finding("row 3", f"the slug “{ANA}” is already used by row 2"),)


def test_what_is_there_and_cannot_be_read_is_changed_as_a_whole() -> None:
    assert plan({ANA: Present("gone")}, [row(ANA, ANA_FILE)]).steps[0].changes == ("everything",)


@given(
    st.lists(cases(), max_size=3, unique_by=lambda case: case.head.slug),
    st.lists(cases(), max_size=3, unique_by=lambda case: case.head.slug),
)
def test_every_row_has_one_step_and_what_is_brought_again_changes_nothing(there: list[Case], more: list[Case]) -> None:
    existing = {case.head.slug: Present(write(case)) for case in there}
    rows = [Row(f"row {n}", case, write(case)) for n, case in enumerate([*there, *more])]
    twice = {case.head.slug for case in there} & {case.head.slug for case in more}

    made = plan(existing, rows)

    assert [step.place for step in made.steps] == [row.place for row in rows]
    assert made.counts == {
        "create": len(more) - len(twice),
        "update": 0,
        "unchanged": len(there),
        "fault": len(twice),
    }


def test_files_of_a_folder_are_planned_by_their_names() -> None:
    rows = casefiles.load_files({f"{ANA}.md": ANA_FILE.encode(), f"{BEN}.md": ANA_FILE.encode()})

    assert [step.action for step in plan({}, rows).steps] == ["create", "fault"]
