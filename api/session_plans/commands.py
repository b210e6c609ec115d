"""`three-circles plans`: what people who write plans run."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.kit.terminal import fail, out, read_settings

if TYPE_CHECKING:
    from api.kit.yaml import Fault

app = typer.Typer(help="Session plans: check them, and the schema that editors use.", no_args_is_help=True)


@app.command("check")
def check_plans(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Plan files or folders; the built-in ones if left out.")
    ] = None,
) -> None:
    """Checks session plans and the lines on where to find help, and says where each fault is."""
    from api.session_plans.checking import check_file, plan_files
    from api.session_plans.signposting import load_signposting
    from api.vignettes.checking import case_files, check_files

    settings = read_settings()
    files = plan_files(paths or [settings.plans_dir])
    if not files:
        raise fail("There is no plan (*.yaml) here.")
    cases = (case for _, case, _ in check_files(case_files([settings.vignettes_dir])))
    levels = {case.head.slug: case.head.level for case in cases if case}
    faults = 0
    for path in files:
        checked = check_file(path, levels)
        faults += _tell(path, checked.faults)
        _tell(path, checked.advice, "advice: ")
    if not paths:
        faults += _tell(settings.signposting_file, load_signposting(settings.signposting_file)[1])
    if faults:
        raise fail(
            f"{faults} {'fault' if faults == 1 else 'faults'} in {len(files)} {'plan' if len(files) == 1 else 'plans'}."
        )
    out.print(f"{len(files)} {'plan is' if len(files) == 1 else 'plans are'} good.")


@app.command("schema")
def schema() -> None:
    """Prints the JSON Schema of a session plan."""
    from api.session_plans.schema import plan_schema

    typer.echo(json.dumps(plan_schema(), indent=2, ensure_ascii=False))


def _tell(path: Path, found: "Sequence[Fault]", before: str = "") -> int:
    for fault in found:
        out.print(f"{path}:{fault.line}:{fault.column}: {before}{fault.message}", markup=False)
    return len(found)
