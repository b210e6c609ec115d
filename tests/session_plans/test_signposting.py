"""Where to find help, in the organisation's own words."""

from pathlib import Path

import pytest

from api.kit.yaml import Fault
from api.session_plans.signposting import load_signposting, read_signposting
from tests.operations.commands import command

OWN = """\
nation: Wales
no_watching: Nobody watches what is entered here.
lines:
  - who: Our own service
    when: On weekdays.
    call: "111"
"""


def test_an_organisation_puts_its_own_lines_and_they_are_no_longer_defaults(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")

    found, faults = load_signposting(file)

    assert faults == []
    assert found is not None
    assert (found.nation, found.defaults, found.lines[0].call) == ("Wales", False, "111")


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ('"111"', "111", Fault(6, 5, "lines.1.call: is text; in quotes if YAML would read it as something else")),
        ("call:", "cal:", Fault(6, 5, "lines.1.cal: there is no such field here; did you mean “call”?")),
        ('call: "111"', "web: http://example.org", Fault(6, 5, "lines.1.web: starts with https://")),
        ("nation:", "nations:", Fault(1, 1, "nations: there is no such field here; did you mean “nation”?")),
        ("    when: On weekdays.\n", "", Fault(4, 5, "lines.1.when: is missing")),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(old: str, new: str, fault: Fault) -> None:
    assert old in OWN
    found, faults = read_signposting(OWN.replace(old, new, 1))

    assert found is None
    assert fault in faults


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    found, faults = load_signposting(tmp_path / "none.yaml")

    assert found is None
    assert "cannot be read" in faults[0].message


def test_lines_that_cannot_be_read_stop_the_start_with_a_sentence(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN.replace("call:", "cal:"), encoding="utf-8")

    finished = command("serve", "--port", "0", DATA_DIR=str(tmp_path), SIGNPOSTING_FILE=str(own))

    assert finished.returncode == 1
    assert finished.stdout == ""
    assert "Traceback" not in finished.stderr
    assert f"{own}:6:5: lines.1.cal: there is no such field here" in finished.stderr
