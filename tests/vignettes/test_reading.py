"""Reading a case file: what was written comes back, and no text whatever brings the reader down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.kit.plain_text import tidy
from api.kit.yaml import Fault
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.checking import check
from api.vignettes.reading import read
from tests.cast import ANA_FILE, BEN_FILE, CLEO_FILE
from tests.vignettes.strategies import cases

HEAD = ANA_FILE.partition("---\n\n")[0]
BODY = ANA_FILE.partition("---\n\n")[2]


@given(cases())
def test_a_case_that_is_written_is_read_back_the_same(case: Case) -> None:
    found, faults = read(write(case))

    assert found == case
    assert faults == []


@pytest.mark.parametrize("text", [ANA_FILE, BEN_FILE, CLEO_FILE])
def test_a_file_that_is_read_and_written_says_the_same(text: str) -> None:
    case, _ = read(text)
    assert case is not None

    assert read(write(case)) == (case, [])


def assert_total(text: str) -> None:
    """Whatever the text: a case or a reason why not, and every fault at a place inside the text."""
    case, faults = check(text, "ana-the-race")
    lines = tidy(text).split("\n")
    assert case is not None or faults
    for fault in faults:
        assert fault.message
        assert 1 <= fault.line <= len(lines), fault
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1, fault


# Letters that mean something to the reader come often, so that the texts reach deep into it.
MARKS = [
    "--- ",
    " ## ",
    "Why drive",
    "[",
    "]",
    "{.drive.effort}",
    "{.",
    "}",
    ": ",
    "- ",
    "slug",
    "key",
    "  ",
    "'",
    '"',
    "? ",
    "!!",
    "&a ",
    "*a",
    "<<",
    ">",
    "#",
    "1",
    "~",
    "{a: b}",
    "[a, b]",
]
TYPED = ["!!int ", "!!float ", "!!bool ", "!!timestamp ", "!!binary ", "!!set ", "2026-13-45", "0x_", "1:60"]
BLANKS = ["\n", "\n\n", "---\n", "\t", "\r\n", "\0", "\u2028", "\x85", "\ufeff", "|"]
pieces = st.sampled_from([*MARKS, *TYPED, *BLANKS])
noise = st.lists(pieces | st.text(max_size=3), max_size=25).map("".join)


@given(noise)
def test_any_text_is_answered_with_faults_that_lie_in_it(text: str) -> None:
    assert_total(text)


@given(noise)
def test_any_front_matter_is_answered_with_faults_that_lie_in_it(head: str) -> None:
    assert_total(f"---\n{head}\n---\n")


@given(noise)
def test_any_body_is_answered_with_faults_that_lie_in_it(body: str) -> None:
    assert_total(f"{HEAD}---\n{body}")


@given(st.integers(min_value=0, max_value=len(ANA_FILE)), st.integers(min_value=0, max_value=40), noise)
def test_any_slip_of_the_pen_in_a_good_file_is_answered_with_faults_that_lie_in_it(
    place: int, dropped: int, typed: str
) -> None:
    assert_total(ANA_FILE[:place] + typed + ANA_FILE[place + dropped :])


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("? [a, b]\n: c", id="a list as a key"),
        pytest.param("{[a, b]: c}", id="a list as a key in braces"),
        pytest.param("level: !!int ''", id="an empty number"),
        pytest.param("level: !!float ''", id="an empty fraction"),
        pytest.param("level: !!bool maybe", id="a truth value that is none"),
        pytest.param("level: !!timestamp soon", id="a time that is none"),
        pytest.param("level: " + "1" * 5000, id="a number without end"),
        pytest.param("title: \0", id="a control character"),
        pytest.param("title: " + "[" * 2000, id="lists without end"),
        pytest.param("slug: a\u2028b\u2028c\u2028d\n]", id="line separators of Unicode"),
        pytest.param("1: 2\n~: 3", id="keys that are no names"),
        pytest.param("<<: 1", id="a merge of nothing"),
    ],
)
def test_hostile_front_matter_is_answered_with_faults_that_lie_in_it(head: str) -> None:
    assert_total(f"---\n{head}\n---\n")


def test_a_file_from_windows_reads_like_any_other() -> None:
    assert read("\ufeff" + ANA_FILE.replace("\n", "\r\n")) == read(ANA_FILE)


def test_lines_are_joined_and_paragraphs_kept() -> None:
    case, _ = read(ANA_FILE)

    assert case is not None
    assert case.story.count("\n\n") == 1
    assert "a little today, and she looks at it twice." in case.story


def test_a_file_without_front_matter_says_how_it_starts() -> None:
    assert read(BODY) == (
        None,
        [Fault(1, 1, "the file starts with a line ---, the front matter, and another line ---")],
    )


def test_a_file_that_is_far_too_large_is_not_read_at_all() -> None:
    _, faults = read(ANA_FILE + " " * 64_000)

    assert [(fault.line, fault.column) for fault in faults] == [(1, 1)]
    assert "larger than" in faults[0].message
