"""Files made to harm, and files by accident: one clear sentence, quickly, and never another error."""

import json
import sqlite3
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zstandard import compress

from api.exchange.formats import READABLE, archive, casefiles, json_document, read_file, xlsx
from api.exchange.formats.rows import LARGEST_UPLOAD, MOST_ROWS, Refused, quiet
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE

CASE = read(ANA_FILE)[0]
assert CASE is not None
GOOD = {form.name: form.dump([CASE]) for form in READABLE}


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", how) as made:
        for name, content in files:
            made.writestr(name, content)
    return data.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def lying(size: int) -> bytes:
    """A zip whose entry says that it unpacks to nothing, and unpacks to `size` bytes."""
    data = bytearray(zipped((f"{ANA}.md", b"x" * size)))
    data[22:26] = struct.pack("<L", 1)
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<L", 1)
    return bytes(data)


def overlapping() -> bytes:
    """A zip of two names for the same bytes."""
    data = bytearray(zipped(("a.md", b"x"), ("b.md", b"x")))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    data[second + 46] = ord("a")  # as the head at that place says
    data[data.index(b"PK\x01\x02") + 46] = ord("a")
    return bytes(data)


def half_overlapping() -> bytes:
    """A zip whose first entry reaches over the second."""
    data = bytearray(zipped(("a.md", b"x" * 50), ("b.md", b"y" * 50), how=zipfile.ZIP_STORED))
    first = data.index(b"PK\x01\x02")
    data[first + 20 : first + 28] = struct.pack("<LL", 90, 90)
    data[18:26] = struct.pack("<LL", 90, 90)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(zipped((f"{ANA}.md", b"x")))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def workbook_with(part: str, content: bytes) -> bytes:
    parts = archive.unpack(GOOD["xlsx"])
    return zipped(*((parts | {part: content}).items()))


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, (b"&a%d;" % (n - 1) if n else b"&a;") * 10) for n in range(10)
)
BOMB = b'<?xml version="1.0"?>' + LAUGHS + b"]><worksheet>&a9;</worksheet>"
FETCH = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
SHEET = "xl/worksheets/sheet1.xml"


def anki(notes: str) -> bytes:
    """A package with a table of cards and note types, and the notes as this statement makes them."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(
            "CREATE TABLE col (models TEXT); CREATE TABLE cards (nid INTEGER, due INTEGER);"
            """INSERT INTO col VALUES ('{"1": {"flds": [{"name": "Front"}, {"name": "Back"}]}}');""" + notes
        )
        return zipped(("collection.anki2", db.serialize()))


COUNTED = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n"
NOTE_TABLE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, mid INTEGER, flds TEXT);"

HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("zip", "bomb", lambda: zipped(("a.md", b"x" * 200_000_000)), "packed more tightly than text can be"),
    ("zip", "bomb in parts", lambda: zipped(*((f"{n}.md", b"x" * 1_000_000) for n in range(70))), "more than 64 MB"),
    ("zip", "bomb that lies", lambda: lying(80_000_000), "damaged|tightly"),
    ("zip", "bytes that two entries share", overlapping, "overlap"),
    ("zip", "an entry that reaches into the next", half_overlapping, "overlap"),
    ("zip", "path upwards", lambda: zipped(("../a.md", b"x")), "leads elsewhere"),
    ("zip", "absolute path", lambda: zipped(("/etc/a.md", b"x")), "leads elsewhere"),
    ("zip", "drive letter", lambda: zipped(("C:/a.md", b"x")), "leads elsewhere"),
    ("zip", "backslashes", lambda: zipped(("..\\a.md", b"x")), "leads elsewhere"),
    ("zip", "control character", lambda: zipped(("a\x1b[2J.md", b"x")), "leads elsewhere"),
    ("zip", "link", lambda: zipped((link("a.md"), b"/etc/passwd")), "a link or device"),
    ("zip", "zip in a zip", lambda: zipped(("a.md", zipped(("a.md", b"x")))), "another archive"),
    ("zip", "gzip in a zip", lambda: zipped(("a.md", b"\x1f\x8b\x08\0")), "another archive"),
    ("zip", "password", encrypted, "password"),
    ("zip", "odd method", lambda: zipped(("a.md", b"x"), how=zipfile.ZIP_LZMA), "packed in a way"),
    ("zip", "same name twice", lambda: zipped(("a.md", b"x"), ("b.md", b"y")).replace(b"b.md", b"a.md"), "twice"),
    ("zip", "20,001 files", lambda: zipped(*((f"{n}.md", b"") for n in range(20_001))), "more than 20,000 files"),
    ("zip", "nothing to read", lambda: zipped(("a.txt", b"x")), "no case file"),
    ("zip", "no zip", lambda: b"hello", "damaged"),
    ("zip", "cut off", lambda: GOOD["zip"][:-30], "damaged"),
    ("apkg", "endless notes made up by a view",
     lambda: anki(f"CREATE VIEW notes AS {COUNTED}) SELECT id, 1 AS mid, 'x' AS flds FROM n;"), "cannot be read"),
    ("apkg", "a gigabyte made up by a view",
     lambda: anki("CREATE VIEW notes AS SELECT 1 AS id, 1 AS mid, hex(zeroblob(4e8)) AS flds;"), "cannot be read"),
    ("apkg", "a gigabyte made up by a column", lambda: anki(
        "CREATE TABLE notes (id INTEGER, mid INTEGER, flds TEXT AS (hex(zeroblob(400000000))));"
        "INSERT INTO notes VALUES (1, 1);"), "cannot be read"),
    ("apkg", "too many notes", lambda: anki(NOTE_TABLE + f"INSERT INTO notes {COUNTED} LIMIT {MOST_ROWS + 1})"
     " SELECT id, 1, 'x' FROM n;"), "more than 20,000|tightly"),
    ("apkg", "no database", lambda: zipped(("collection.anki2", b"hello")), "cannot be read"),
    ("apkg", "new and no zstd", lambda: zipped(("collection.anki21b", b"hello")), "cannot be read"),
    ("apkg", "new and cut off", lambda: zipped(("collection.anki21b", compress(bytes(9999))[:20])), "cannot be read"),
    ("apkg", "new and no database", lambda: zipped(("collection.anki21b", compress(b"hello"))), "cannot be read"),
    ("apkg", "new and 80 MB", lambda: zipped(("collection.anki21b", compress(bytes(80_000_000)))), "more than 64 MB"),
    ("json", "nested", lambda: b"[" * 200_000, "nested too deeply"),
    ("json", "no JSON", lambda: b"{", "line 1, column 2"),
    ("json", "another document", lambda: b"[1]", "no document of Three Circles"),
    ("json", "newer version", lambda: b'{"format":"three-circles","version":2}', "version 1 is read"),
    ("json", "no list", lambda: b'{"format":"three-circles","version":1,"vignettes":[1]}', "no list"),
    ("json", "empty list", lambda: b'{"format":"three-circles","version":1,"vignettes":[]}', "is empty"),
    ("json", "unknown field", lambda: GOOD["json"].replace(b'"version"', b'"x": 1, "version"', 1), "“x”"),
    ("json", "field twice", lambda: GOOD["json"].replace(b'"version"', b'"version": 1, "version"', 1), "stands twice"),
    ("json", "endless number", lambda: b"9" * 5000, "far too long"),
    ("json", "no number", lambda: b"[NaN]", "NaN"),
    ("json", "half a character", lambda: b'["\\ud800"]', "half a character"),
    ("json", "too many", lambda: b'{"format":"three-circles","version":1,"vignettes":[' + b"{}," * MOST_ROWS + b"{}]}",
     "more than 20,000"),
    ("csv", "Latin-1", lambda: "slug,title\ncafé,ü".encode("latin-1"), "CSV UTF-8"),
    ("csv", "UTF-16 cut off", lambda: "slug".encode("utf-16")[:-1], "not text in UTF-8"),
    ("csv", "open quotation mark", lambda: b'slug,title\n"x', "not CSV"),
    ("csv", "endless cell", lambda: b"slug,title\n" + b"x" * 200_000, "not CSV"),
    ("csv", "a workbook", lambda: GOOD["xlsx"], "not text in UTF-8"),
    ("csv", "only the first row", lambda: GOOD["csv"].split(b"\r\n")[0], "no vignette below"),
    ("csv", "too many", lambda: GOOD["csv"] + b"\r\n" * MOST_ROWS, "more than 20,000"),
    ("xlsx", "entity bomb", lambda: workbook_with(SHEET, BOMB), "declares things in xl/worksheets"),
    ("xlsx", "entity bomb in UTF-16", lambda: workbook_with(SHEET, BOMB.decode().encode("utf-16")), "declares things"),
    ("xlsx", "entity bomb in the strings", lambda: workbook_with("xl/sharedStrings.xml", BOMB), "declares things"),
    ("xlsx", "entity bomb in the list", lambda: workbook_with("[Content_Types].xml", BOMB), "declares things"),
    ("xlsx", "file from the server", lambda: workbook_with(SHEET, FETCH), "declares things"),
    ("xlsx", "odd encoding", lambda: workbook_with(SHEET, b'<?xml version="1.0" encoding="utf-7"?><x/>'), "declares"),
    ("xlsx", "zip bomb", lambda: workbook_with(SHEET, b" " * 100_000_000), "more tightly"),
    ("xlsx", "no XML", lambda: workbook_with(SHEET, b"<"), "cannot be read"),
    ("xlsx", "a zip of something else", lambda: GOOD["zip"], "cannot be read"),
    ("xlsx", "path upwards", lambda: zipped(("../a.md", b"x")), "The workbook holds a file whose name"),
    ("xlsx", "no zip", lambda: b"hello", "no workbook, whatever its name says"),
    ("xlsx", "cut off", lambda: GOOD["xlsx"][:-30], "The workbook is damaged or was cut off"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "trick", "make", "says"), HOSTILE, ids=[f"{n}: {t}" for n, t, _, _ in HOSTILE])
def test_a_hostile_file_is_refused_with_one_sentence(
    name: str, trick: str, make: Callable[[], bytes], says: str
) -> None:
    data = make()
    before = time.perf_counter()

    with pytest.raises(Refused, match=says) as refused:
        read_file(f"x.{name}", data, quiet)

    told = str(refused.value)
    assert time.perf_counter() - before < 10
    assert "\n" not in told
    assert len(told) < 250
    assert told.isprintable()


@pytest.mark.parametrize("form", READABLE, ids=lambda form: form.name)
def test_a_hundred_megabytes_and_nothing_at_all_are_refused(form) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused, match="larger than 32 MB"):
        form.load(b"x" * 100_000_000, quiet)
    with pytest.raises(Refused, match="larger than 32 MB"):
        form.load(b"x" * (LARGEST_UPLOAD + 1), quiet)
    for nothing in (b"", b" \n"):
        with pytest.raises(Refused, match="empty"):
            form.load(nothing, quiet)


def test_a_file_of_another_ending_is_refused() -> None:
    with pytest.raises(Refused, match=r"“\.pdf” is not read"):
        read_file("x.pdf", b"%PDF", quiet)


@pytest.mark.parametrize("content", [b"x" * 70_000, b"caf\xe9", b"", b"---"])
def test_one_bad_case_file_in_a_zip_is_a_row_with_a_fault(content: bytes) -> None:
    rows = casefiles.load(zipped((f"{ANA}.md", ANA_FILE.encode()), ("b.md", content)))

    assert [bool(row.findings) for row in rows] == [False, True]


def test_a_vignette_of_a_million_odd_things_has_one_finding() -> None:
    vignette = json.loads(GOOD["json"])
    vignette["vignettes"][0]["tags"] = [1] * 1_000_000
    rows = json_document.load(json.dumps(vignette).encode())

    assert [found.message for found in rows[0].findings] == ["the vignette is larger than 64000 bytes"]


def test_a_workbook_whose_last_row_is_far_below_is_read_in_bounded_time() -> None:
    # Some spreadsheets leave a cell behind at the very end.
    sheet = archive.unpack(GOOD["xlsx"])[SHEET]
    far = sheet.replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    before = time.perf_counter()

    rows = xlsx.load(workbook_with(SHEET, far))

    assert time.perf_counter() - before < 10
    assert [row.case for row in rows] == [CASE, None]
    assert rows[1].findings[0].place.startswith("row 1048576, column")


def outcome(form, data: bytes) -> None:  # type: ignore[no-untyped-def]
    """Rows or one refusal; any other exception, or a silent nothing, is a defect."""
    try:
        rows = form.load(data, quiet)
    except Refused:
        return
    assert rows
    for row in rows:
        assert row.case is not None or row.findings
        assert all(found.place and found.message for found in row.findings)


@pytest.mark.parametrize("form", READABLE, ids=lambda form: form.name)
@settings(deadline=5000)
@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_one_refusal(form, data: bytes) -> None:  # type: ignore[no-untyped-def]
    outcome(form, data)


@pytest.mark.parametrize("form", READABLE, ids=lambda form: form.name)
@settings(deadline=5000)
@given(st.data())
def test_a_good_file_with_some_bytes_changed_is_rows_or_one_refusal(form, data) -> None:  # type: ignore[no-untyped-def]
    good = bytearray(GOOD[form.name])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(good) - 1))
        good[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=6))
    outcome(form, bytes(good))


@settings(deadline=5000)
@given(st.data())
def test_a_workbook_whose_parts_are_changed_is_rows_or_one_refusal(data) -> None:  # type: ignore[no-untyped-def]
    parts = archive.unpack(GOOD["xlsx"])
    name = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(part) - 1))
        part[place : place + data.draw(st.integers(0, 12))] = data.draw(
            st.sampled_from([b"<", b">", b'"', b"9", b"", b"x"])
        )
    outcome(xlsx_form, zipped(*((parts | {name: bytes(part)}).items())))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(json.loads(GOOD["json"])["vignettes"][0])


@settings(deadline=5000)
@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), json_values, max_size=4))
def test_any_json_in_a_vignette_s_fields_is_a_row(change: dict[str, object]) -> None:
    document = json.loads(GOOD["json"])
    document["vignettes"][0] |= change
    outcome(json_form, json.dumps(document).encode())


@settings(deadline=5000)
@given(
    st.dictionaries(
        st.sampled_from(["slug", "level", "story", "why", "tags", "reconstructed", "skills"]), st.text(max_size=30)
    )
)
def test_any_text_in_a_table_s_cells_is_a_row(change: dict[str, str]) -> None:
    from api.exchange.formats.columns import COLUMNS, cells, read_row

    assert CASE is not None
    values = [change.get(c.name, str(v or "")) for c, v in zip(COLUMNS, cells(CASE), strict=True)]
    row = read_row("row 2", list(zip(COLUMNS, values, strict=True)))

    assert row.case is not None or row.findings


xlsx_form = next(form for form in READABLE if form.name == "xlsx")
json_form = next(form for form in READABLE if form.name == "json")
