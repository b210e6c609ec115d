"""`three-circles plans`, and the plans that the product holds in memory."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.session_plans.catalogue import load_plans
from tests.cast import put_cases
from tests.session_plans.sample import LEVELS, SAMPLE

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample, for a product whose vignettes are the tests' own."""
    monkeypatch.setenv("THREE_CIRCLES_VIGNETTES_DIR", str(put_cases(tmp_path / "vignettes")))
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "an-hour.yaml").write_text(SAMPLE, encoding="utf-8")
    return tmp_path / "plans"


def test_a_good_plan_is_counted_and_the_command_succeeds(folder: Path) -> None:
    finished = runner.invoke(app, ["plans", "check", str(folder)])

    assert (finished.exit_code, finished.stdout) == (0, "1 plan is good.\n")


def test_each_fault_is_a_line_with_file_line_column_and_remedy(folder: Path) -> None:
    file = folder / "an-hour.yaml"
    file.write_text(SAMPLE.replace("ana-the-race", "ana-the-rac"), encoding="utf-8")

    finished = runner.invoke(app, ["plans", "check", str(file)])

    assert finished.exit_code == 1
    assert finished.stdout == f"{file}:23:5: there is no vignette “ana-the-rac”; did you mean “ana-the-race”?\n"
    assert finished.stderr == "1 fault in 1 plan.\n"


def test_advice_is_told_and_the_command_succeeds(folder: Path) -> None:
    hard = "Emotional regulation necessitates understanding complicated motivational mechanisms. " * 5
    file = folder / "an-hour.yaml"
    file.write_text(SAMPLE.replace("Have a seat.", hard), encoding="utf-8")

    finished = runner.invoke(app, ["plans", "check", str(folder)])

    assert finished.exit_code == 0
    assert f"{file}:13:5: advice: phone: the reading age" in finished.stdout


def test_the_help_lines_are_checked_with_the_products_own_plans(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    help_lines = folder.parent / "help.yaml"
    help_lines.write_text("nation: Wales\n", encoding="utf-8")
    monkeypatch.setenv("THREE_CIRCLES_PLANS_DIR", str(folder))
    monkeypatch.setenv("THREE_CIRCLES_SIGNPOSTING_FILE", str(help_lines))

    finished = runner.invoke(app, ["plans", "check"])

    assert finished.exit_code == 1
    assert f"{help_lines}:1:1: lines: is missing" in finished.stdout


def test_a_folder_without_plans_is_a_mistake(tmp_path: Path) -> None:
    finished = runner.invoke(app, ["plans", "check", str(tmp_path)])

    assert finished.exit_code == 1
    assert "There is no plan" in finished.stderr


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"caf\xe9"])
def test_a_file_that_is_no_utf8_is_told_and_not_a_traceback(folder: Path, content: bytes) -> None:
    (folder / "an-hour.yaml").write_bytes(content)

    finished = runner.invoke(app, ["plans", "check", str(folder)])

    assert finished.exit_code == 1
    assert "an-hour.yaml:1:1: the file cannot be read as UTF-8 text" in finished.stdout


def test_the_schema_is_printed_as_json() -> None:
    schema = json.loads(runner.invoke(app, ["plans", "schema"]).stdout)

    assert schema["properties"].keys() >= {"slug", "title", "lengths", "steps"}


def test_good_plans_are_held_in_memory_and_others_are_told(folder: Path) -> None:
    (folder / "bad.yaml").write_text("slug: bad\n", encoding="utf-8")
    (folder / "cast.yaml").write_text(SAMPLE.replace("ana-the-race", "nobody"), encoding="utf-8")

    found = load_plans(folder, LEVELS)

    assert list(found.plans) == ["an-hour"]
    assert {problem.split(":")[0] for problem in found.problems} == {"bad.yaml", "cast.yaml"}


def test_a_folder_that_is_not_there_holds_no_plans(tmp_path: Path) -> None:
    assert load_plans(tmp_path / "none", LEVELS).plans == {}
