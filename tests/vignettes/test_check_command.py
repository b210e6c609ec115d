"""`three-circles vignettes`: what authors run before they hand in a story."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.cast import ANA, ANA_FILE, BEN, BEN_FILE, put_cases

runner = CliRunner()


def test_good_files_are_counted_and_the_command_succeeds(tmp_path: Path) -> None:
    finished = runner.invoke(app, ["vignettes", "check", str(put_cases(tmp_path))])

    assert finished.exit_code == 0
    assert finished.stdout == "3 case files are good.\n"


def test_each_fault_is_a_line_with_file_line_column_and_remedy(tmp_path: Path) -> None:
    put_cases(tmp_path, {ANA: ANA_FILE.replace("drive.effort}", "drive.efort}", 1), BEN: BEN_FILE})

    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path)])

    assert finished.exit_code == 1
    assert finished.stdout.splitlines() == [
        f"{tmp_path}/{ANA}.md:20:68: the cue type “drive.efort” is unknown; did you mean “drive.effort”?",
    ]
    assert finished.stderr == "1 fault in 2 files.\n"


def test_a_single_file_can_be_checked(tmp_path: Path) -> None:
    put_cases(tmp_path)

    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path / f"{ANA}.md")])

    assert finished.stdout == "1 case file is good.\n"


def test_a_slug_that_two_files_use_is_told_in_the_second(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        put_cases(tmp_path / folder, {ANA: ANA_FILE})

    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path / "a"), str(tmp_path / "b")])

    assert finished.exit_code == 1
    told = f"{tmp_path}/b/{ANA}.md:2:1: the slug “{ANA}” is already used by {tmp_path}/a/{ANA}.md"
    assert finished.stdout.splitlines() == [told]


def test_the_readme_of_a_folder_is_no_story(tmp_path: Path) -> None:
    put_cases(tmp_path)
    (tmp_path / "README.md").write_text("How to write a story.")

    assert runner.invoke(app, ["vignettes", "check", str(tmp_path)]).stdout == "3 case files are good.\n"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"caf\xe9"])
def test_a_file_that_is_no_utf8_is_told_and_not_a_traceback(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ana.md").write_bytes(content)

    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path)])

    assert finished.exit_code == 1
    assert f"{tmp_path}/ana.md:1:1: the file cannot be read as UTF-8 text" in finished.stdout


def test_a_file_that_does_not_exist_is_told(tmp_path: Path) -> None:
    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path / "nobody.md")])

    assert finished.exit_code == 1
    assert "nobody.md:1:1: the file cannot be read" in finished.stdout


def test_a_folder_without_stories_is_a_mistake(tmp_path: Path) -> None:
    finished = runner.invoke(app, ["vignettes", "check", str(tmp_path)])

    assert finished.exit_code == 1
    assert "There is no case file" in finished.stderr


def test_the_schema_is_printed_as_json() -> None:
    schema = json.loads(runner.invoke(app, ["vignettes", "schema"]).stdout)

    assert schema["properties"].keys() >= {"slug", "title", "person", "level", "key"}
