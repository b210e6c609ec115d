"""`three-circles vignettes export|import|template` and `three-circles agreement`, over a real database."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.exchange.formats import FORMATS, casefiles, csv_table
from api.exchange.formats.rows import quiet
from api.exchange.importing import current_sources, planned, read_path
from api.kit import terminal
from api.persistence.engine import make_engine
from api.vignettes.reading import read
from api.vignettes.sync import load_library
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE, SLUGS, put_cases

runner = CliRunner()

BEFORE = "She looks at her knee twice. A worry may be there."


@pytest.fixture
def here(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the cast as the built-in vignettes and a database of its own."""
    monkeypatch.setenv("THREE_CIRCLES_DATABASE_URL", database_url)
    monkeypatch.setenv("THREE_CIRCLES_VIGNETTES_DIR", str(put_cases(tmp_path / "built-in")))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return runner.invoke(app, list(words))


@pytest.mark.parametrize("form", FORMATS)
def test_the_published_library_is_exported_in_every_format(here: Path, form: str) -> None:
    finished = run("vignettes", "export", "--format", form, "--out", "taken")

    assert finished.exit_code == 0, finished.output
    assert finished.stdout == "3 vignettes → taken\n"
    load = FORMATS[form].load
    if load:
        assert [row.case and row.case.head.slug for row in load((here / "taken").read_bytes(), quiet)] == list(SLUGS)
    else:
        assert (here / "taken").stat().st_size > 1000


def test_case_files_are_written_to_a_folder_and_read_back_without_a_change(here: Path) -> None:
    assert run("vignettes", "export", "--out", "taken").stdout == "3 case files are in taken.\n"
    assert run("vignettes", "check", "taken").stdout == "3 case files are good.\n"

    finished = run("vignettes", "import", "taken", "--dry-run")

    assert finished.exit_code == 0
    assert finished.stdout.endswith("Nothing changes: 0 new, 0 changed, 3 not changed.\n")


def test_one_vignette_is_exported_by_its_slug(here: Path) -> None:
    finished = run("vignettes", "export", BEN, "--format", "json", "--out", "-")

    assert [vignette["slug"] for vignette in json.loads(finished.stdout)["vignettes"]] == [BEN]


def test_an_unknown_slug_is_told_with_the_nearest(here: Path) -> None:
    finished = run("vignettes", "export", "ana-the-rase", "--format", "json")

    assert finished.exit_code == 1
    assert finished.stderr == "There is no published vignette “ana-the-rase”; did you mean “ana-the-race”?\n"


def test_what_is_there_is_not_written_over(here: Path) -> None:
    (here / "vignettes.csv").write_text("mine")
    finished = run("vignettes", "export", "--format", "csv")

    assert finished.exit_code == 1
    assert "already exists" in finished.stderr
    assert (here / "vignettes.csv").read_text() == "mine"
    assert run("vignettes", "export", "--format", "csv", "--force").exit_code == 0
    assert "is not empty" in run("vignettes", "export", "--out", "built-in").stderr


def test_a_dry_run_shows_row_by_row_what_would_happen(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal.out, "width", 200)  # so that each row is one line
    run("vignettes", "export", "--out", "taken")
    (here / "taken" / f"{ANA}.md").write_text(ANA_FILE.replace("A worry may", "A worry could"))
    (here / "taken" / "dan-the-race.md").write_text(
        ANA_FILE.replace("ana-the-race", "dan-the-race").replace("Ana", "Dan")
    )

    finished = run("vignettes", "import", "taken", "--dry-run")

    assert finished.exit_code == 0, finished.output
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in finished.stdout.splitlines() if "│" in line]
    assert rows == [
        [
            f"{ANA}.md",
            ANA,
            "changed",
            f"why threat: changed from “{BEFORE}” to “{BEFORE.replace('may', 'could')}”",
        ],
        ["ben-the-bath.md", BEN, "no change", ""],
        ["cleo-the-letter.md", "cleo-the-letter", "no change", ""],
        ["dan-the-race.md", "dan-the-race", "new", ""],
    ]
    assert finished.stdout.endswith("1 new, 1 changed, 2 not changed.\n")


def test_a_dry_run_changes_nothing(here: Path, database_url: str) -> None:
    run("vignettes", "export", "--out", "taken")
    before = current_sources(make_engine(database_url))
    (here / "taken" / f"{ANA}.md").write_text(ANA_FILE.replace("A worry may", "A worry could"))

    run("vignettes", "import", "taken", "--dry-run")

    assert current_sources(make_engine(database_url)) == before


def test_a_file_with_one_bad_row_is_refused_and_says_where(here: Path) -> None:
    cases = [case for text in (ANA_FILE, BEN_FILE) if (case := read(text)[0])]
    (here / "x.csv").write_bytes(csv_table.dump(cases).replace(b",drive,threat,", b",driv,threat,", 1))

    finished = run("vignettes", "import", "x.csv", "--dry-run")

    assert finished.exit_code == 1
    assert "row 2, column dominant" in finished.stdout
    assert finished.stderr == "1 of 2 vignettes has faults, so nothing changes.\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.pdf", b"%PDF", "“.pdf” is not read"),
        ("x.zip", b"hello", "The zip is damaged"),
        ("x.json", b"", "The file is empty"),
        ("x.csv", b"x" * 34_000_000, "larger than 32 MB"),
    ],
)
def test_a_file_that_is_not_read_is_told_in_one_line(here: Path, name: str, content: bytes, says: str) -> None:
    (here / name).write_bytes(content)

    finished = run("vignettes", "import", name, "--dry-run")

    assert finished.exit_code == 1
    assert says in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_a_file_that_is_not_there_is_told(here: Path) -> None:
    assert "cannot be read: No such file" in run("vignettes", "import", "gone.csv", "--dry-run").stderr


def test_the_plan_is_made_over_the_newest_versions(here: Path, database_url: str) -> None:
    engine = make_engine(database_url)
    load_library(engine, here / "built-in")
    newer = ANA_FILE.replace("A worry may", "A worry could")
    put_cases(here / "built-in", {ANA: newer})
    load_library(engine, here / "built-in")

    assert current_sources(engine)[ANA] == newer
    assert planned(engine, read_path(here / "built-in")).counts["unchanged"] == 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_holds_one_vignette_that_is_good(here: Path, form: str) -> None:
    assert run("vignettes", "template", "--format", form).exit_code == 0

    rows = read_path(here / f"vignettes-template.{form}")

    assert [(row.case and row.case.head.slug, row.findings) for row in rows] == [("leroy-and-the-old-cat", ())]


def test_agreement_is_printed_with_who_said_what(here: Path) -> None:
    (here / "r.csv").write_text(
        "unit,rater,label\na,A,threat\na,B,threat\nb,A,drive\nb,B,threat\nc,A,drive\nc,B,drive\n"
    )

    finished = run("agreement", "r.csv")

    assert finished.exit_code == 0
    assert "3 units, 2 raters, 6 ratings" in finished.stdout
    assert "Krippendorff’s alpha 0.444" in finished.stdout
    assert "Gwet’s AC1           0.333" in finished.stdout
    assert "Fleiss’ kappa        0.333" in finished.stdout
    rows = [line.split("│")[1:-1] for line in finished.stdout.splitlines() if "│" in line]
    assert [[cell.strip() for cell in row] for row in rows] == [["drive", "1", "1"], ["threat", "0", "1"]]
    assert "below .667" in finished.stdout
    assert "Gwet’s AC1           0.556" in run("agreement", "r.csv", "--labels", "threat,drive,soothing").stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n1,2\n", "The first row names the columns: unit, rater and label"),
        ("unit,rater,label\na,A\n", "Row 2 is not complete"),
        ("unit,rater,label\na,A,x\n\na,A,y\n", "Row 4: A rates a a second time"),
        ("unit,rater,label\n", "no rating below"),
        ('unit,rater,label\n"', "The file is not CSV"),
        ("", "The file is empty"),
    ],
)
def test_a_bad_table_of_ratings_is_told_with_its_row(here: Path, content: str, says: str) -> None:
    (here / "r.csv").write_text(content)

    finished = run("agreement", "r.csv")

    assert finished.exit_code == 1
    assert says in finished.stderr


def test_files_written_by_an_export_are_named_by_slug(here: Path) -> None:
    cases = [case for text in (ANA_FILE, BEN_FILE) if (case := read(text)[0])]

    assert sorted(casefiles.files(cases)) == [f"{ANA}.md", f"{BEN}.md"]
