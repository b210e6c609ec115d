"""Commands for authors: vignettes out and in, and templates."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

from api.kit.terminal import err, fail, out, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from api.exchange.formats.rows import Progress
    from api.exchange.import_preview import ImportPreview
    from api.vignettes.case import Case

FormatName = Literal["markdown", "zip", "json", "csv", "xlsx", "gift", "qti", "qti21", "anki"]
T = TypeVar("T")

_SAID = {"create": "new", "update": "changed", "unchanged": "no change", "fault": "fault"}


def export_vignettes(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG]...", help="Default: all stories.")] = None,
    form: Annotated[FormatName, typer.Option("--format", help="markdown writes a folder of case files.")] = "markdown",
    path: Annotated[
        Path | None, typer.Option("--out", help="Where to save the result. Use - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Writes the published vignettes in a format for other programs or for people with a spreadsheet."""
    from api.exchange.formats import FORMATS, anki, casefiles
    from api.exchange.formats.rows import Refused

    cases = _chosen(slugs or [])
    if form == "markdown":
        _write_folder(path or Path("vignettes-export"), casefiles.files(cases), force)
        return
    kind = FORMATS[form]
    try:
        # Anki takes over what changed only from a package that is newer than the last one.
        data = anki.dump(cases, int(time.time())) if form == "anki" else kind.dump(cases)
    except Refused as refused:
        raise fail(str(refused)) from None
    _write(path or Path(f"vignettes{kind.ending}"), data, force, f"{len(cases)} vignettes")


def import_vignettes(
    path: Annotated[Path, typer.Argument(help="A folder of case files, or a .md, .zip, .json, .csv or .xlsx file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, without changing anything.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish the stories instead of saving them as drafts.")
    ] = False,
) -> None:
    """Brings vignettes in, and shows row by row what happens and where each fault is. One bad row, and nothing changes.

    They become drafts, which trainers review and publish.
    """
    from api.exchange.formats.rows import Refused
    from api.exchange.importing import apply, planned, read_path

    try:
        rows = _with_progress("Reading", lambda progress: read_path(path, progress))
    except Refused as refused:
        raise fail(str(refused)) from None
    engine = _engine()
    plan = planned(engine, rows)
    _show(plan)
    if plan.refused:
        raise fail(plan.summary)
    if not dry_run:
        _with_progress("Importing", lambda progress: apply(engine, rows, None, publish=publish, progress=progress))
    out.print(plan.summary)


def write_template(
    form: Annotated[Literal["csv", "xlsx"], typer.Option("--format", help="The spreadsheet format.")] = "xlsx",
    path: Annotated[
        Path | None, typer.Option("--out", help="Where to save the result. Use - for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Writes a spreadsheet with one vignette as an example, and what each column holds."""
    from api.exchange.formats import FORMATS
    from api.kit.assets import VIGNETTES
    from api.vignettes.reading import read

    example, _ = read((VIGNETTES / "leroy-and-the-old-cat.md").read_text(encoding="utf-8"))
    template = FORMATS[form].template
    assert example is not None
    assert template is not None
    _write(path or Path(f"vignettes-template.{form}"), template(example), force, "The template")


def _show(plan: "ImportPreview") -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("Where", "Vignette", "What", "Why", show_lines=False)
    for step in plan.steps:
        told = ", ".join(step.changes)
        table.add_row(escape(step.place), escape(step.slug or ""), _SAID[step.action], escape(told))
        for finding in step.findings:
            table.add_row(escape(finding.place), "", "", escape(finding.message))
    out.print(table)


def _chosen(slugs: list[str]) -> "list[Case]":
    from api.kit.suggest import did_you_mean
    from api.vignettes.sync import load_library

    published = load_library(_engine(), read_settings().vignettes_dir).vignettes
    for slug in slugs:
        if slug not in published:
            raise fail(f"There is no published vignette “{slug}”{did_you_mean(slug, published)}")
    chosen = [published[slug].case for slug in dict.fromkeys(slugs or published)]
    if not chosen:
        raise fail("The library is empty.")
    return chosen


def _engine() -> "Engine":
    from api.persistence.engine import make_engine
    from api.persistence.migrations.running import upgrade

    engine = make_engine(read_settings().resolved_database_url())
    upgrade(engine)
    return engine


def _with_progress(what: str, work: "Callable[[Progress], T]") -> T:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        return work(lambda done, total: bar.update(task, completed=done, total=total))


def _write_folder(folder: Path, files: dict[str, bytes], force: bool) -> None:
    if not force and folder.exists() and any(folder.iterdir()):
        raise fail(f"{folder} is not empty. Choose another folder with --out, or add --force to replace the files.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise fail(f"{folder} cannot be written: {error.strerror or error}.") from None
    out.print(f"{len(files)} case files are in {folder}.", markup=False)


def _write(path: Path, data: bytes, force: bool, what: str) -> None:
    if str(path) == "-":
        sys.stdout.buffer.write(data)
        return
    if path.exists() and not force:
        raise fail(f"{path} already exists. Choose another name with --out, or add --force to replace it.")
    try:
        path.write_bytes(data)
    except OSError as error:
        raise fail(f"{path} cannot be written: {error.strerror or error}.") from None
    out.print(f"{what} → {path}", markup=False)
