"""Where each fault of a file is: by row and column, by vignette and field, by file and line."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from api.exchange.formats import casefiles, csv_table, json_document, xlsx
from api.exchange.formats.rows import Refused, Row
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, BEN_FILE, CLEO_FILE

CASES = [case for text in (ANA_FILE, BEN_FILE, CLEO_FILE) if (case := read(text)[0])]


def with_csv_cell(column: str, value: str, row: int = 2) -> bytes:
    table = list(csv.reader(StringIO(csv_table.dump(CASES).decode("utf-8-sig"), newline="")))
    table[row - 1][table[0].index(column)] = value
    text = StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode()


def with_xlsx_cell(column: str, value: str | datetime, row: int = 2) -> bytes:
    book = load_workbook(BytesIO(xlsx.dump(CASES)))
    sheet = book["Vignettes"]
    place = [cell.value for cell in sheet[1]].index(column) + 1
    sheet.cell(row, place, value)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def told(rows: list[Row]) -> list[tuple[str, str]]:
    return [(found.place, found.message) for row in rows for found in row.findings]


@pytest.mark.parametrize(
    ("column", "value", "at", "says"),
    [
        ("level", "7", "level", "use 1, 2 or 3; here it is “7”"),
        ("level", "two", "level", "use 1, 2 or 3; here it is “two”"),
        ("level", "", "level", "is empty"),
        ("title", "", "title", "is empty"),
        ("slug", "Ana!", "slug", "use small letters, digits and single hyphens, such as ana-the-race"),
        ("dominant", "hunger", "dominant", "use threat, drive or soothing; here it is “hunger”"),
        ("acceptable", "drive, hunger", "acceptable", "use threat, drive, soothing or unsure"),
        ("acceptable", "threat", "dominant", "add drive"),
        ("drive high", "250", "drive high", "use a whole number from 0 to 100; here it is “250”"),
        ("drive low", "", "drive low", "is empty"),
        ("drive high", "10", "drive low", "write the lower number first"),
        ("story", "Ana runs.", "story", "the story has 2 words"),
        ("story", "[Ana]{.drive.efort} runs.", "story", "did you mean “drive.effort”?"),
        ("story", "Ana [runs.", "story", "never closed"),
        ("why", "", "why", "is empty"),
        ("why", "Because.\n\n## To talk about\n\n- Hm?", "why", "a line starts with ##"),
        ("why threat", "", "to talk about", "choose threat” is missing"),
        ("to talk about", "", "to talk about", "at least one question"),
        ("skills", "drive-or-strivin", "skills", "did you mean “drive-or-striving”?"),
        ("about age", "42", "about age", "under 25"),
        ("authors", "", "authors", "is empty"),
        ("reconstructed", "gone", "reconstructed", "is empty"),
        ("person", "Zoe", "person", "does not name Zoe"),
    ],
)
@pytest.mark.parametrize("make", [with_csv_cell, with_xlsx_cell])
def test_a_fault_in_a_table_names_its_row_and_column(
    make: Callable[[str, str, int], bytes], column: str, value: str, at: str, says: str
) -> None:
    form = csv_table if make is with_csv_cell else xlsx
    rows = form.load(make(column, value, 2))

    assert any(place == f"row 2, column {at}" and says in message for place, message in told(rows)), told(rows)
    assert [row.findings for row in rows[1:]] == [(), ()]


@pytest.mark.parametrize(
    ("change", "at", "says"),
    [
        ({"level": 7}, "level", "use 1, 2 or 3; here it is “7”"),
        ({"titel": "x"}, "titel", "did you mean “title”?"),
        ({"story": "Ana [runs]{.drive.efort}"}, "story", "did you mean “drive.effort”?"),
        ({"others": {"hunger": "x"}}, "others.hunger", "use threat, drive or soothing; here it is “hunger”"),
        ({"questions": "none"}, "questions", "is a list"),
        ({"why": "a\n## b"}, "why", "a line starts with ##"),
        ({"about": {"age": "42"}}, "about.age", "under 25"),
    ],
)
def test_a_fault_in_json_names_its_vignette_and_field(change: dict[str, object], at: str, says: str) -> None:
    document = json.loads(json_document.dump(CASES))
    document["vignettes"][1] |= change
    rows = json_document.load(json.dumps(document).encode())

    assert any(place == f"vignette 2, {at}" and says in message for place, message in told(rows)), told(rows)
    assert (rows[0].findings, rows[2].findings) == ((), ())


def test_a_fault_in_a_case_file_names_the_file_and_line() -> None:
    row = casefiles.load_one(f"{ANA}.md", ANA_FILE.replace("drive.effort}", "drive.efort}", 1).encode())

    assert [found.place for found in row.findings] == [f"{ANA}.md, line 20"]


@pytest.mark.parametrize(
    ("value", "says"),
    [("=1+1", "contains a formula"), ("#REF!", "an error of the spreadsheet")],
)
def test_what_a_spreadsheet_works_out_is_told_and_not_run(value: str, says: str) -> None:
    assert [(p, says in m) for p, m in told(xlsx.load(with_xlsx_cell("title", value)))] == [
        ("row 2, column title", True)
    ]


def test_a_date_that_the_spreadsheet_made_is_told() -> None:
    found = told(xlsx.load(with_xlsx_cell("title", datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None))))

    assert found == [
        ("row 2, column title", "was turned into a date by the spreadsheet; make the column text and write it again")
    ]


def test_cells_without_a_column_are_told() -> None:
    data = csv_table.dump(CASES).decode("utf-8-sig").rstrip("\r\n") + ",one more\r\n"

    assert told(csv_table.load(data.encode())) == [("row 4", "has more cells than the first row names columns")]


@pytest.mark.parametrize(
    ("first_row", "says"),
    [
        ("slug,titel", "“titel” is unknown; did you mean “title”?"),
        ("slug,slug", "appears twice"),
        ("title,person", "slug among them"),
        ("a sentence", "is unknown"),
    ],
)
def test_a_first_row_that_is_none_is_refused(first_row: str, says: str) -> None:
    with pytest.raises(Refused, match=says.replace("?", r"\?")):
        csv_table.load(f"{first_row}\nx,y\n".encode())


def test_no_formula_stands_in_what_is_exported() -> None:
    case = CASES[0]
    sly = case.model_copy(
        update={"head": case.head.model_copy(update={"title": '=HYPERLINK("http://x")', "tags": ["@x"]})}
    )

    table = list(csv.reader(StringIO(csv_table.dump([sly]).decode("utf-8-sig"), newline="")))
    assert table[1][1] == '\'=HYPERLINK("http://x")'
    assert not [cell for cell in table[1] if cell[:1] in tuple("=+-@\t\r")]
    cells = [cell for row in load_workbook(BytesIO(xlsx.dump([sly])))["Vignettes"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    assert [cell.quotePrefix for cell in cells if cell.value == sly.head.title] == [True]
    assert [row.case for row in xlsx.load(xlsx.dump([sly]))] == [sly]


def test_the_published_schema_is_the_code_s_and_holds_for_exports() -> None:
    import jsonschema

    from api.kit.assets import VIGNETTES

    published = json.loads((VIGNETTES / "exchange.schema.json").read_text(encoding="utf-8"))
    assert published == json_document.schema()
    jsonschema.Draft202012Validator.check_schema(published)
    document = json.loads(json_document.dump(CASES))
    jsonschema.validate(document, published)
    changes: list[dict[str, object]] = [{"version": 2}, {"format": "x"}, {"more": 1}, {"vignettes": [{}]}]
    for change in changes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document | change, published)
