"""The command line: serve, migrate, trainers, and the case files."""

import json
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from api import __version__
from api.accounts.secret_commands import app as secret
from api.exchange import commands as authoring
from api.kit.terminal import fail, out, read_settings
from api.operations import commands as operating
from api.review import commands as reviewing
from api.session_plans.commands import app as plans

app = typer.Typer(
    name="three-circles",
    help="Three Circles: case vignettes, guesses of the biggest system, explanations and class statistics.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
vignettes = typer.Typer(help="Check, import and export vignettes (short stories).", no_args_is_help=True)
trainer = typer.Typer(help="Manage trainers' accounts.", no_args_is_help=True)
app.add_typer(vignettes, name="vignettes")
app.add_typer(trainer, name="trainer")
groups = typer.Typer(help="Delete old groups.", no_args_is_help=True)
app.add_typer(groups, name="groups")
vignettes.command("export")(authoring.export_vignettes)
vignettes.command("import")(authoring.import_vignettes)
vignettes.command("template")(authoring.write_template)
vignettes.command("agreement")(reviewing.show_shipped_agreement)
app.command("agreement")(reviewing.show_agreement)
app.add_typer(plans, name="plans")
app.add_typer(secret, name="secret")
app.command("backup")(operating.backup)
app.command("restore")(operating.restore)
app.command("doctor")(operating.doctor)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; more than one needs PostgreSQL and a broker.", min=1)] = 1,
) -> None:
    """Migrates the database, loads the vignettes and serves the product."""
    settings = read_settings()
    if workers > 1 and (settings.embedded or not settings.broker_url):
        raise fail(
            "More than one process needs THREE_CIRCLES_DATABASE_URL=postgresql://… and THREE_CIRCLES_BROKER_URL."
        )
    # Imported only now, because it takes a second or two: what is refused above is refused at once.
    from api.accounts.providers import UnusableProviders, needed_providers
    from api.persistence.engine import OLDEST_SQLITE
    from api.persistence.migrations.running import NoRights
    from api.server import run
    from api.session_plans.signposting import UnreadableSignposting, needed_signposting

    try:
        needed_signposting(settings.signposting_file)
        needed_providers(settings)
    except (UnreadableSignposting, UnusableProviders) as error:
        raise fail(str(error)) from None
    if settings.embedded and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise fail(f"SQLite 3.38 or newer is needed; this Python brings {sqlite3.sqlite_version}. Use a newer Python.")
    try:
        run(settings, host, port, workers)
    except NoRights as error:
        raise fail(str(error)) from None


@app.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from api.persistence.engine import make_engine
    from api.persistence.migrations.running import NoRights, upgrade

    try:
        upgrade(make_engine(read_settings().resolved_database_url()))
    except NoRights as error:
        raise fail(str(error)) from None
    out.print("The database is current.")


@app.command()
def version() -> None:
    """Prints the version."""
    out.print(f"three-circles {__version__}")


@trainer.command("add")
def add(
    name: str,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")],
    admin: Annotated[bool, typer.Option("--admin", help="Short for --role admin.")] = False,
    role: Annotated[
        Literal["trainer", "editor", "admin"] | None,
        typer.Option(help="What they may do; left out, the first one is an admin and others are trainers."),
    ] = None,
) -> None:
    """Makes a trainer's account."""
    from api.accounts.trainer import add_trainer, needs_setup
    from api.kit.errors import Problem
    from api.persistence.engine import make_engine
    from api.persistence.migrations.running import upgrade

    if not password_stdin:
        raise fail("Give the password on standard input, with --password-stdin.")
    if admin and role not in (None, "admin"):
        raise fail(f"Give --admin or --role {role}, not both.")
    engine = make_engine(read_settings().resolved_database_url())
    upgrade(engine)
    chosen = "admin" if admin else role or ("admin" if needs_setup(engine) else "trainer")
    try:
        add_trainer(engine, name, sys.stdin.readline().rstrip("\n"), role=chosen)
    except Problem as problem:
        raise fail(problem.detail) from None
    out.print(f"{name} can sign in now, under Trainers.", markup=False)


@groups.command("purge")
def purge_groups() -> None:
    """Deletes the groups whose time is over, as the server does every hour."""
    from api.groups.service import purge
    from api.persistence.engine import make_engine
    from api.persistence.migrations.running import upgrade

    engine = make_engine(read_settings().resolved_database_url())
    upgrade(engine)
    out.print(f"{purge(engine)} groups deleted.")


@vignettes.command("check")
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Case files or folders; the built-in ones if left out.")
    ] = None,
) -> None:
    """Checks case files, and the suggestions for groups beside them: where each fault is, and what would be right."""
    from api.groups import suggestions
    from api.vignettes.checking import case_files, check_files, finder
    from api.vignettes.plain_telling import plain_findings

    paths = paths or [read_settings().vignettes_dir]
    files = case_files(paths)
    if not files:
        raise fail("There is no case file (*.md) here.")
    faults = 0
    levels: dict[str, int] = {}
    for path, case, found in check_files(files):
        told = [(fault.line, fault.column, fault.message) for fault in found]
        if case is not None and not found:
            place = finder(path.read_text(encoding="utf-8"))
            told = [(*place(finding.quote), finding.message) for finding in plain_findings(case)]
        if case is not None:
            levels[case.head.slug] = case.head.level
        faults += _tell(path, told)
    for suggested in (path / suggestions.FILE for path in paths if (path / suggestions.FILE).is_file()):
        found = suggestions.check_suggestions(suggested, levels)
        faults += _tell(suggested, [(fault.line, fault.column, fault.message) for fault in found])
    if faults:
        raise fail(f"{faults} {'fault' if faults == 1 else 'faults'} in {len(files)} files.")
    out.print(f"{len(files)} {'case file is' if len(files) == 1 else 'case files are'} good.")


def _tell(path: Path, told: list[tuple[int, int, str]]) -> int:
    for line, column, message in told:
        out.print(f"{path}:{line}:{column}: {message}", markup=False)
    return len(told)


@vignettes.command("schema")
def schema() -> None:
    """Prints the JSON Schema of a case file's front matter."""
    from api.vignettes.schema import front_matter_schema

    typer.echo(json.dumps(front_matter_schema(), indent=2, ensure_ascii=False))
