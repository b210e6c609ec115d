"""What is exported comes back: properties over any case that can be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exchange.formats import casefiles, csv_table, json_document, xlsx
from api.exchange.formats.rows import Row
from api.vignettes.case import Case
from api.vignettes.case_file_writer import write
from api.vignettes.checking import check
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE, CLEO_FILE
from tests.vignettes.strategies import cases

TABLES = (csv_table, xlsx)
EVERY = (casefiles, json_document, *TABLES)
bundles = st.lists(cases(), min_size=1, max_size=3, unique_by=lambda case: case.head.slug)
good = [case for text in (ANA_FILE, BEN_FILE, CLEO_FILE) if (case := read(text)[0])]


def assert_back(rows: list[Row], sent: list[Case]) -> None:
    assert [row.case for row in rows] == sent
    for row, case in zip(rows, sent, strict=True):
        # A made-up case breaks rules of good writing: the rows find those, and nothing that the file brought in.
        assert {f.message for f in row.findings} == {f.message for f in check(write(case))[1]}


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.__name__.rpartition(".")[2])
@given(bundles)
def test_cases_that_are_exported_are_imported_the_same(form, sent: list[Case]) -> None:  # type: ignore[no-untyped-def]
    assert_back(form.load(form.dump(sent)), sent)


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.__name__.rpartition(".")[2])
def test_good_vignettes_come_back_without_a_finding_and_as_case_files(form) -> None:  # type: ignore[no-untyped-def]
    rows = form.load(form.dump(good))

    assert [row.case for row in rows] == good
    assert [row.findings for row in rows] == [()] * 3
    assert [read(row.source)[0] for row in rows] == good


@pytest.mark.parametrize("form", [casefiles, json_document, csv_table], ids=lambda form: form.__name__)
def test_the_same_cases_give_the_same_bytes(form) -> None:  # type: ignore[no-untyped-def]
    assert form.dump(good) == form.dump(good)


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.__name__.rpartition(".")[2])
def test_reading_tells_how_far_it_is(form) -> None:  # type: ignore[no-untyped-def]
    told: list[tuple[int, int]] = []
    form.load(form.dump(good), lambda done, total: told.append((done, total)))

    assert told
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.__name__.rpartition(".")[2])
def test_the_template_reads_as_its_example_alone(form) -> None:  # type: ignore[no-untyped-def]
    assert [row.case for row in form.load(form.template(good[0]))] == good[:1]


def test_a_zip_made_elsewhere_with_folders_and_other_files_is_read() -> None:
    from api.exchange.formats.archive import pack

    made = pack(
        {
            "set/": b"",
            f"set/{ANA}.md": ANA_FILE.encode(),
            f"set/more/{BEN}.md": b"\xef\xbb\xbf" + BEN_FILE.replace("\n", "\r\n").encode(),
            "set/README.md": b"How to write.",
            "__MACOSX/set/._ana.md": b"\0\1",
            "set/picture.png": b"\x89PNG",
        }
    )

    assert [(row.place, row.findings) for row in casefiles.load(made)] == [
        (f"set/{ANA}.md", ()),
        (f"set/more/{BEN}.md", ()),
    ]


@pytest.mark.parametrize("parted_by", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_as_other_spreadsheets_write_it_is_read(parted_by: str, encoding: str) -> None:
    import csv
    from io import StringIO

    table = list(csv.reader(StringIO(csv_table.dump(good).decode("utf-8-sig"), newline="")))
    text = StringIO(newline="")
    csv.writer(text, delimiter=parted_by, lineterminator="\n").writerows([[t.upper() for t in table[0]], *table[1:]])

    assert [row.case for row in csv_table.load(text.getvalue().encode(encoding))] == good


def test_columns_may_stand_in_any_order() -> None:
    import csv
    from io import StringIO

    table = list(csv.reader(StringIO(csv_table.dump(good).decode("utf-8-sig"), newline="")))
    text = StringIO(newline="")
    csv.writer(text).writerows(row[::-1] for row in table)

    assert [row.case for row in csv_table.load(text.getvalue().encode())] == good
