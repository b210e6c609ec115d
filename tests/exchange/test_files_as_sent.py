"""Files as spreadsheets, browsers and phones really write them: read as people mean them, or told in our words."""

import csv
import json
import zipfile
from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook

from api.exchange.formats import casefiles, csv_table, json_document, read_file, xlsx
from api.exchange.formats.rows import Refused, Row, quiet
from api.vignettes.case import Case
from api.vignettes.checking import check
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE

CASES = [case for text in (ANA_FILE, BEN_FILE) if (case := read(text)[0])]
TABLE = list(csv.reader(StringIO(csv_table.dump(CASES).decode("utf-8-sig"), newline="")))


def as_csv(table: list[list[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode()


def with_cells(**cells: str) -> list[list[str]]:
    """The table with other cells in its first story; underscores stand for blanks in columns' names."""
    table = [list(row) for row in TABLE]
    for name, value in cells.items():
        table[1][table[0].index(name.replace("_", " "))] = value
    return table


def without(*columns: str) -> list[list[str]]:
    kept = [at for at, name in enumerate(TABLE[0]) if name not in columns]
    return [[row[at] for at in kept] for row in TABLE]


def told(rows: list[Row]) -> list[tuple[str, str]]:
    return [(found.place, found.message) for row in rows for found in row.findings]


@pytest.mark.parametrize(
    "before",
    [
        b"sep=,\r\n",
        b"\xef\xbb\xbfsep=,\r\n",
        b'"sep=,"\n',
        b"\r\n\r\n",
        b",,,\r\n",
        b"\xef\xbb\xbf\xef\xbb\xbf",
        b"\xef\xbb\xbf\r\n",
        b"Stories of May\n",
        "\u200b".encode(),
    ],
)
def test_what_spreadsheets_put_before_the_first_row_is_passed_over(before: bytes) -> None:
    assert [row.case for row in csv_table.load(before + as_csv(TABLE))] == CASES


def test_a_separator_that_excel_names_is_obeyed() -> None:
    text = StringIO(newline="")
    csv.writer(text, delimiter="|").writerows(TABLE)

    assert [row.case for row in csv_table.load(b"sep=|\r\n" + text.getvalue().encode())] == CASES


@pytest.mark.parametrize("ending", ["tsv", "tab", "txt", "csv"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_tables_parted_by_tabs_are_read_under_each_ending(ending: str, encoding: str, line_end: str) -> None:
    text = StringIO(newline="")
    csv.writer(text, delimiter="\t", lineterminator=line_end).writerows(TABLE)

    assert [row.case for row in read_file(f"x.{ending}", text.getvalue().encode(encoding), quiet)] == CASES


def test_a_column_without_a_name_is_passed_over_where_it_is_empty_and_told_where_not() -> None:
    wide = [[*row[:3], "", *row[3:]] for row in TABLE]
    assert [row.case for row in csv_table.load(as_csv(wide))] == CASES

    wide[1][3] = "hm"
    assert told(csv_table.load(as_csv(wide))) == [("row 2, column D", "this column has no name")]


@pytest.mark.parametrize("five", ["5%", "5 %", "5\u00a0%", "５", "5.0", "5,0", " 5 "])
def test_percent_signs_and_other_ways_of_writing_a_number_mean_the_number(five: str) -> None:
    row = csv_table.load(as_csv(with_cells(threat_low=five)))[0]

    assert row.case is not None
    assert row.case.head.key.blend.threat[0] == 5


def test_capitals_and_signs_between_words_do_not_matter() -> None:
    row = csv_table.load(
        as_csv(with_cells(dominant="Drive", acceptable="DRIVE", tags="sport; morning, run", level="Level 1"))
    )[0]

    assert row.findings == ()
    assert row.case is not None
    assert row.case.head.tags == ["sport", "morning", "run"]


def test_faults_speak_our_words_with_their_place() -> None:
    bad = with_cells(slug="Ana the Lap", level="high", threat_low="some", dominant="hunger")

    assert told(csv_table.load(as_csv(bad))) == [
        (
            "row 2, column slug",
            "use small letters, digits and single hyphens, such as ana-the-race; here it is “Ana the Lap”",
        ),
        ("row 2, column level", "use 1, 2 or 3; here it is “high”"),
        ("row 2, column dominant", "use threat, drive or soothing; here it is “hunger”"),
        ("row 2, column threat low", "use a whole number from 0 to 100; here it is “some”"),
    ]


def workbook(change: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(xlsx.dump(CASES)))
    change(book)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_cell_that_is_shown_as_percent_means_what_is_shown() -> None:
    def percent(book: Workbook) -> None:
        cell = book["Vignettes"].cell(2, TABLE[0].index("threat low") + 1, 0.05)
        cell.number_format = "0%"

    row = xlsx.load(workbook(percent))[0]
    assert row.case is not None
    assert row.case.head.key.blend.threat[0] == 5


def test_the_sheet_that_names_the_columns_is_read_wherever_it_stands() -> None:
    def summary(book: Workbook) -> None:
        sheet = book["Vignettes"]
        sheet.title = "Sheet 1 - Table 1"
        sheet.insert_rows(1, 2)
        sheet["A1"] = "Table 1"
        first = book.create_sheet("Export Summary", 0)
        first["A1"] = "This document was exported."

    assert [row.case for row in xlsx.load(workbook(summary))] == CASES


def test_a_workbook_without_such_a_sheet_names_the_sheets_that_were_looked_at() -> None:
    book = Workbook()
    book.active.title = "Budget"  # type: ignore[union-attr]
    book.active["A1"] = "Sum"  # type: ignore[index]
    saved = BytesIO()
    book.save(saved)

    with pytest.raises(Refused, match=r"slug among them: we looked at “Budget”\."):
        xlsx.load(saved.getvalue())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lap._x000B_Today", "lap.\nToday"),
        ("a_x2028_b", "a\nb"),
        ("_x005F_x000B_", "_x000B_"),
        ("a_x000D_\nb", "a\nb"),
        ("so_x00AD_ft", "soft"),
    ],
)
def test_signs_that_a_workbook_escapes_are_read_as_the_signs(written: str, meant: str) -> None:
    def escaped(book: Workbook) -> None:
        book["Vignettes"].cell(2, TABLE[0].index("why") + 1, f"Because {written}")

    row = xlsx.load(workbook(escaped))[0]
    assert row.case is not None
    assert row.case.why == f"Because {meant}"


def test_text_that_looks_like_an_escape_comes_back_from_our_own_workbook() -> None:
    case = CASES[0].model_copy(update={"why": "Because of _x0041_ and _x005F_."})

    assert xlsx.load(xlsx.dump([case]))[0].case == case


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "has a password or is an old .xls"),
        ("x.xlsx", as_csv(TABLE), "is no workbook"),
        ("x.xls", b"x", "Save it as .xlsx"),
        ("x.ods", b"x", "Save it as .xlsx"),
        ("x.numbers", b"x", "Save it as .xlsx"),
    ],
)
def test_a_workbook_that_is_none_says_what_to_save_it_as(name: str, data: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_file(name, data, quiet)


def zipped(*files: tuple[str, bytes], system: int = 0) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, content in files:
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.create_system = name, system
            made.writestr(info, content)
    return data.getvalue()


def test_zips_of_other_systems_are_read_and_what_is_no_case_file_is_passed_over_unread() -> None:
    data = zipped(
        (f"stories\\{ANA}.md", ANA_FILE.encode()),
        (f"my\u00a0stories/{BEN} (1).md", BEN_FILE.encode()),
        ("notes.docx", b"PK\x03\x04 a packed document"),
    )

    assert [(row.case, row.findings) for row in casefiles.load(data)] == [(case, ()) for case in CASES]


@pytest.mark.parametrize(
    "name", ["{} (1)", "{} (12)", "{} copy", "{} copy 2", "{} - Copy", "{} - Copy (2)", "Copy of {}", "{} 2"]
)
def test_what_systems_add_to_the_name_of_a_copy_is_no_part_of_the_slug(name: str) -> None:
    assert casefiles.load_one(f"{name.format(ANA)}.md", ANA_FILE.encode()).findings == ()


@pytest.mark.parametrize("kept", range(40, 600, 80))
def test_a_zip_that_was_cut_off_says_so(kept: int) -> None:
    with pytest.raises(Refused, match="cut off on its way"):
        casefiles.load(casefiles.dump(CASES)[:kept])


@pytest.mark.parametrize(
    ("person", "named"),
    [
        ("Zoe\u0308", "Zoë"),
        ("Zoë", "Zoe\u0308"),
        ("D'Arcy", "D’Arcy"),
        ("D’Arcy", "D'Arcy"),
        ("Ana", "A\u00adna"),
        ("Ana", "\u200bAna\u2060"),
        ("Mr. K.", "Mr. K."),
        ("Jean‑Luc", "Jean-Luc"),
        ("Ana", "\u2068Ana\u2069"),
        ("ANA", "Ana"),
    ],
)
def test_a_name_that_people_read_in_the_story_is_found(person: str, named: str) -> None:
    source = ANA_FILE.replace("person: Ana", f'person: "{person}"').replace("Ana has", f"{named} has")

    assert [fault.message for fault in check(source)[1] if "does not name" in fault.message] == []


@pytest.mark.parametrize("person", ["An", "na", "Bea"])
def test_a_name_within_another_word_is_not_found(person: str) -> None:
    source = ANA_FILE.replace("person: Ana", f"person: {person}")

    assert f"the story does not name {person}" in [fault.message for fault in check(source)[1]]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("## To talk about\n", "## Why someone might choose threat\n\nMore.\n\n## To talk about\n", "stands twice"),
        ("## To talk about\n\n", "## To talk about\n\nFirst talk in pairs.\n\n", "questions start with -"),
        ("## To talk about\n\n", "## To talk about\n\n1. Which one?\n", "questions start with -"),
        ("## To talk about\n\n", "## To talk about\n\n+ Which one?\n", "questions start with -"),
        ("title: ", "title: x # ", "is left out as a remark"),
        ("person: Ana", "person: Ana # 2", "is left out as a remark"),
    ],
)
def test_nothing_that_a_case_file_says_is_silently_left_out(before: str, after: str, says: str) -> None:
    assert before in ANA_FILE
    assert any(says in fault.message for fault in check(ANA_FILE.replace(before, after, 1))[1])


def known(slug: str) -> Case | None:
    return next((case for case in CASES if case.head.slug == slug), None)


def test_a_column_that_is_not_in_the_file_leaves_its_field_and_an_empty_cell_empties_it() -> None:
    table = without("story", "why", "tags", "threat low")
    table[1][table[0].index("content note")] = ""
    table[1][table[0].index("title")] = "Another title"

    ana, ben = (row.case for row in csv_table.load(as_csv(table), quiet, known))

    head = CASES[0].head.model_copy(update={"title": "Another title", "content_note": None})
    assert ana == CASES[0].model_copy(update={"head": head})
    assert ben == CASES[1]


def test_a_new_story_says_which_columns_it_needs() -> None:
    assert told(csv_table.load(as_csv(without("why")[:2]))) == [
        ("row 2, column why", "is not in the file; a new story needs it")
    ]


def test_a_field_that_json_leaves_out_stays_and_null_empties_it() -> None:
    document = json.loads(json_document.dump(CASES[:1]))
    story = document["vignettes"][0]
    document["vignettes"] = [{"slug": ANA, "tags": None, "others": {"threat": story["others"]["threat"] + " Or not."}}]

    (row,) = json_document.load(json.dumps(document).encode(), quiet, known)

    assert row.findings == ()
    assert row.case is not None
    assert row.case.head.tags == []
    assert row.case.others == CASES[0].others | {"threat": CASES[0].others["threat"] + " Or not."}
    assert row.case.story == CASES[0].story
