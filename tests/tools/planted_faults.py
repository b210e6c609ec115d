"""Plants known faults, one at a time, in a copy of the checkout, and says whether the tests catch each of them.

`python -m tests.tools.planted_faults [--only N] [--whole]` prints one line for each fault and ends with 1 if any was
missed. A fault is found by its text, so that it survives a move of its file.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PLACES = ("api", "frontend")
# As `make test` runs them: two runs, for browser tests stand in the way of asynchronous ones.
WHOLE = (
    ("tests", "--ignore", "tests/browser", "-m", "not faults", "-n", "2", "--dist", "worksteal"),
    ("tests/browser", "-m", "not faults", "-n", "2"),
)
KINDS = {".py", ".html", ".js", ".css"}


class Fault(NamedTuple):
    """`old` stands exactly once below PLACES and becomes `new`; one of `tests` should then fail."""

    name: str
    old: str
    new: str
    tests: str


FAULTS = (
    Fault(
        "a tally counts second attempts too",
        "step[_PLACE[guess.system]] += attempt == 1",
        "step[_PLACE[guess.system]] += 1",
        "tests/guesses/test_tally.py",
    ),
    Fault(
        "a changed vote stays in the tally",
        "step[_PLACE[earlier[key]]] -= 1",
        "step[_PLACE[earlier[key]]] -= 0",
        "tests/groups/test_voting.py",
    ),
    Fault(
        "a guess is answered and never committed",
        "with self._engine.begin() as connection:\n                    return self._write(connection, items)",
        "with self._engine.connect() as connection:\n                    return self._write(connection, items)",
        "tests/guesses/test_tally.py tests/guesses/test_writer.py tests/guesses/test_answering.py",
    ),
    Fault(
        "PostgreSQL searches with a broken query",
        """+ ":*"\n        query = "words @@ to_tsquery""",
        """+ ":*x"\n        query = "words @@ to_tsquery""",
        "tests/editorial/test_list.py",
    ),
    Fault(
        "PostgreSQL never takes the lock while stories are loaded",
        "SELECT pg_advisory_xact_lock({ADVISORY_LOCK})",
        "SELECT pg_advisory_xact_lokc({ADVISORY_LOCK})",
        "tests/vignettes/test_loading.py",
    ),
    Fault(
        "a practice state that another process wrote is overwritten",
        "statement = statement.on_conflict_do_nothing()",
        "pass",
        "tests/practice/test_remembering.py",
    ),
    Fault(
        "Wilson's interval is half as wide",
        "half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale",
        "half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale / 2",
        "tests/stats/test_wilson.py",
    ),
    Fault(
        "agreement counts a rater's pair with themselves",
        "return sum(n * (n - 1) for n in unit.values())",
        "return sum(n * n for n in unit.values())",
        "tests/stats/test_agreement.py",
    ),
    Fault(
        "a small group's counts are shown",
        "return (answered if people is None else min(answered, people)) >= smallest",
        "return (answered if people is None else min(answered, people)) >= smallest - 1",
        "tests/guesses/test_class_statistics.py tests/guesses/test_answering.py",
    ),
    Fault(
        "a count of two is shown",
        "if not any(0 < count <= FEW for count in counts):",
        "if not any(0 < count < FEW for count in counts):",
        "tests/groups/test_disclosure.py",
    ),
    Fault(
        "an export shows a count of seven",
        "if 1 <= count <= LARGEST_STARRED else rounded",
        "if 1 <= count < LARGEST_STARRED else rounded",
        "tests/groups/test_suppressing.py tests/groups/test_ending.py",
    ),
    Fault(
        "a class's totals grow by one answer",
        "_is_due(smallest)).where(*_is(key))).scalar_one()\n    if due:\n"
        "        _take_in(engine, found, [key], smallest)",
        "_is_due(1)).where(*_is(key))).scalar_one()\n    if due:\n        _take_in(engine, found, [key], 1)",
        "tests/classes/test_classes.py",
    ),
    Fault(
        "a therapy group's results are told before they are shown",
        'if state.kind != "training" or state.round is None or state.round.frozen:',
        "if state.round is None or state.round.frozen:",
        "tests/groups/test_shown.py",
    ),
    Fault(
        "the key is told while people talk",
        'frozenset(("revealed", "ended"))',
        'frozenset(("discussing", "revealed", "ended"))',
        "tests/groups/test_phases.py tests/groups/test_no_leak.py",
    ),
    Fault(
        "an outcome names another key",
        "return OutcomeKey(dominant=key.dominant, acceptable=case.acceptable, secondary=key.secondary",
        "return OutcomeKey(dominant=key.secondary or key.dominant, acceptable=case.acceptable, secondary=key.secondary",
        "tests/guesses/test_answering.py",
    ),
    Fault(
        "a token of one group opens another",
        "return parts if parts and parts[0] == code else []",
        "return parts",
        "tests/groups/test_access.py",
    ),
    Fault(
        "trainers may publish",
        '"publish":           {"trainer": "no", ',
        '"publish":           {"trainer": "yes",',
        "tests/accounts/test_permissions.py tests/editorial/test_permissions_of_pages.py",
    ),
    Fault(
        "trainers see the activity log",
        '"see_trail":         {"trainer": "no", ',
        '"see_trail":         {"trainer": "yes",',
        "tests/editorial/test_permissions_of_pages.py tests/accounts/test_permissions.py",
    ),
    Fault(
        "scripts can read our cookies",
        "value, max_age=max_age, httponly=True,",
        "value, max_age=max_age, httponly=False,",
        "tests/accounts/test_cookies.py",
    ),
    Fault(
        "another site's form is taken",
        'return site in (b"same-origin", b"none")',
        "return True",
        "tests/accounts/test_security.py",
    ),
    Fault(
        "a sign-in never runs out",
        "return or_(col(TrainerSession.ends_at) <= moment, col(",
        "return or_(col(TrainerSession.id) < 0, col(",
        "tests/accounts/test_sign_ins.py",
    ),
    Fault(
        "no number of wrong passwords is too many",
        "return count <= item.amount",
        "return True",
        "tests/accounts/test_rate_limits.py",
    ),
    Fault(
        "an import leaves no line in the activity log",
        'record(db, author, "import", _counted(len(chunk)))',
        "pass",
        "tests/audit/test_cells.py tests/exchange/test_importing.py",
    ),
    Fault(
        "an import drops the questions",
        """pieces += [(("questions",), f"- {' '.join(question.split())}") for question in told.questions]""",
        "pieces += []",
        "tests/exchange/test_round_trips.py",
    ),
    Fault(
        "a spreadsheet runs a cell",
        """return f"'{text}" if _begins_formula(text) else text""",
        "return text",
        "tests/exchange/test_hostile_files.py tests/exchange/test_round_trips.py",
    ),
    Fault(
        "a session that does not add up passes",
        "if abs(total - length) > room:",
        "if abs(total - length) > 100 * room:",
        "tests/session_plans/test_rules.py",
    ),
    Fault(
        "someone else's save of a plan is written over",
        "if revision != text.revision:\n        raise EditConflict(\"plan\", text.source, str(text.revision))",
        "pass",
        "tests/session_plans/editor/test_keeping.py",
    ),
    Fault(
        "a check-in counts a changed answer twice",
        "step_of[COLUMN[before]] -= 1",
        "step_of[COLUMN[before]] -= 0",
        "tests/groups/sessions/test_check_in.py",
    ),
    Fault(
        "an answer's abilities move the wrong way",
        "return matched - chance(ability, difficulty)",
        "return chance(ability, difficulty) - matched",
        "tests/practice/test_elo.py tests/practice/test_choosing.py",
    ),
    Fault(
        "an input has no label",
        '<label for="{{ name }}">{{ label }}</label>',
        "<p>{{ label }}</p>",
        "tests/browser/test_every_page.py",
    ),
    Fault(
        "a page is wider than a phone",
        '<fieldset class="ask"><legend><b>{{ legend }}</b></legend>',
        '<fieldset class="ask" style="min-width:60rem"><legend><b>{{ legend }}</b></legend>',
        "tests/browser/test_every_page.py",
    ),
    Fault(
        "what was typed does not come back after a reload",
        "if (box(field)) field.checked = kept.chosen.includes(value);",
        "if (box(field)) field.checked = field.defaultChecked;",
        "tests/browser/test_group_exercise.py",
    ),
    Fault(
        "words of a trainer become markup",
        'value="{{ view.reason or "" }}" autocomplete="off"',
        'value="{{ (view.reason or "")|safe }}" autocomplete="off"',
        "tests/groups/test_member_pages.py",
    ),
    Fault(
        "a form goes to the wrong page",
        'error_page(request, problem, story)',
        'error_page(request, problem, "/about")',
        "tests/server/test_errors.py tests/guesses/test_answering.py",
    ),
)  # fmt: skip


def files(root: Path) -> Iterator[Path]:
    """Everything that a fault can be planted in."""
    for place in PLACES:
        yield from (
            path for path in sorted((root / place).rglob("*")) if path.suffix in KINDS and "site" not in path.parts
        )


def places_of(fault: Fault, root: Path) -> list[Path]:
    """The files that hold the fault's text, once for each time."""
    found: list[Path] = []
    for path in files(root):
        found += [path] * path.read_text(encoding="utf-8").count(fault.old)
    return found


def copy_of(root: Path, target: Path) -> None:
    """What Git knows of or would take, and the help as it was built."""
    told = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root, capture_output=True, check=True, text=True
    )
    for name in filter(None, told.stdout.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    if (site := root / "frontend/help/site").is_dir():
        shutil.copytree(site, target / "frontend/help/site", dirs_exist_ok=True)


def is_caught(fault: Fault, checkout: Path, whole: bool) -> bool:
    """Plants the fault, runs its tests, and takes it out again. Raises RuntimeError where the tests could not run."""
    (path,) = places_of(fault, checkout)
    healthy = path.read_text(encoding="utf-8")
    path.write_text(healthy.replace(fault.old, fault.new), encoding="utf-8")
    try:
        return any(fails(chosen, checkout) for chosen in (WHOLE if whole else (fault.tests.split(),)))
    finally:
        path.write_text(healthy, encoding="utf-8")


def fails(chosen: Sequence[str], checkout: Path) -> bool:
    """Whether a test fails; the first one is enough, and the smallest example of a property is not looked for."""
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=planted", *chosen]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    ran = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=False, text=True)
    if ran.returncode not in (0, 1):
        raise RuntimeError(f"the tests did not run: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.returncode == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=int, action="append", help="the number of a fault, as the table has it")
    parser.add_argument("--whole", action="store_true", help="run every test instead of those that should catch it")
    asked = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory(prefix="three-circles-faults-") as folder:
        copy_of(ROOT, Path(folder))
        for number, fault in enumerate(FAULTS, 1):
            if asked.only and number not in asked.only:
                continue
            began = monotonic()
            caught = is_caught(fault, Path(folder), asked.whole)
            missed += not caught
            print(
                f"{number:2}  {'caught' if caught else 'MISSED'}  {monotonic() - began:4.0f} s  {fault.name}",
                flush=True,
            )
    print(f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
