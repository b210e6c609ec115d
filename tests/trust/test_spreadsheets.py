"""Nothing that is given out for a spreadsheet runs anything there."""

import csv
import re
from io import BytesIO, StringIO

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from api.exchange.formats import csv_table, xlsx
from api.kit.spreadsheet import bare_cell, csv_text, safe_cell
from api.vignettes.reading import read
from tests.cast import ANA, ANA_FILE
from tests.client import Learner
from tests.trust.markdown import ROOT

SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
BEFORE = (
    "", " ", "\u00a0", "\t", "\r", "\n", "\r\n", "\0", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad",
    "\u034f",
    "\ufe0f", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066",
    "\u2069", "\u061c", "\u2028", "\u3000", "\u2800", "\u3164",
    "'",
    "\u200b\ufeff ", "\u00ad\t",
)  # fmt: skip
FORMULAS = [before + sign + "1+1" for before in BEFORE for sign in SIGNS] + ["\tcmd", "\rcmd", "\ncmd"]


def test_one_module_writes_csv_and_one_writes_workbooks() -> None:
    def those_with(pattern: str) -> set[str]:
        files = (ROOT / "api").rglob("*.py")
        return {str(p.relative_to(ROOT)) for p in files if re.search(pattern, p.read_text(encoding="utf-8"))}

    assert those_with(r"csv\.(?:writer|DictWriter)|import.*\b(?:DictWriter|writer)\b") == {"api/kit/spreadsheet.py"}
    assert those_with(r"\bWorkbook\(|import.*\bWorkbook\b") == {"api/exchange/formats/xlsx.py"}
    assert those_with(r"text/csv") == {
        "api/accounts/audit_pages.py",
        "api/exchange/formats/__init__.py",
        "api/groups/api.py",
        "api/panels/ratings_file.py",
        "api/practice/personal_data_pages.py",
    }


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_text_in_every_cell(text: str) -> None:
    (row,) = csv.reader(StringIO(csv_text([[text, 1, None, "plain"]]), newline=""))

    assert row == [f"'{text}", "1", "", "plain"]


@given(st.text("'=+-@\t\r\n＝\u200ba ", max_size=6) | st.text())
def test_a_safe_cell_comes_back(text: str) -> None:
    assert bare_cell(safe_cell(text)) == text
    assert safe_cell(text)[:1] not in tuple(SIGNS + "\t\r\n\0")


def test_every_cell_of_an_exported_story_is_text() -> None:
    source = ANA_FILE.replace("\ntitle: ", "\ntitle: '=1+1 ' # ", 1)
    case, findings = read(source)
    assert case is not None, findings

    (_, row, *_) = csv.reader(StringIO(csv_table.dump([case]).decode("utf-8-sig"), newline=""))
    book = load_workbook(BytesIO(xlsx.dump([case])))

    assert not [cell for cell in row if cell.startswith("=")]
    assert {cell.data_type for line in book["Vignettes"].iter_rows() for cell in line if cell.value} <= {"s", "n"}


@pytest.mark.parametrize("text", ["＝1+1", "\u200b=1+1", "\u00ad@x"], ids=ascii)
async def test_a_reason_is_text_in_ones_own_table(client: httpx.AsyncClient, learner: Learner, text: str) -> None:
    assert (await learner.guess(ANA, "drive", reason=text)).status_code in (200, 201)

    table = (await client.get("/practice/mine.csv", headers=learner.headers)).text

    (_, row, *_) = csv.reader(StringIO(table, newline=""))
    assert next(cell for cell in row if "1+1" in cell or "@x" in cell).startswith("'")
