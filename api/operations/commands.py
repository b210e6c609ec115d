"""The operator's commands: backup, restore, doctor."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from api.kit.settings import Settings
from api.kit.terminal import fail, out

_TOLD = {
    "kept": "The signing key was restored from the backup, so everyone stays signed in.",
    "same": "The signing key comes from the settings and has not changed.",
    "other": "The signing key is not the one in the backup. Trainers must sign in again, and learners"
    " start again without their earlier answers.",
    "missing": "The backup contains no signing key, so a new one is created at the next start. Trainers must sign in"
    " again, and learners start again without their earlier answers.",
}


def backup(
    file: Annotated[
        Path, typer.Argument(help="A new file, or a folder. In a folder, the file is named after the time.")
    ],
    without_key: Annotated[
        bool,
        typer.Option("--without-key", help="Leave out the signing key. Restoring this backup then signs everyone out."),
    ] = False,
) -> None:
    """Copies the whole database into one file and checks it; the server may go on."""
    from api.operations.backing_up import back_up

    with _said():
        target, manifest = back_up(Settings(), file, with_key=not without_key)
        size = target.stat().st_size
    rows = sum(manifest.rows.values())
    out.print(f"{target}: {rows} rows of {len(manifest.rows)} tables, {size / 1e6:.1f} MB, written and checked.")
    if not without_key:
        out.print(
            "Keep it like a password: it contains what people wrote and, if the signing key is in DATA_DIR, that key."
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A file made by three-circles backup.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the existing database.")] = False,
) -> None:
    """Puts a backup back, while no server runs."""
    from api.operations.backing_up import restore as put_back

    with _said():
        manifest, key = put_back(Settings(), file, replace=replace)
    rows = sum(manifest.rows.values())
    out.print(f"Restored as of {manifest.made_at}: {rows} rows of {len(manifest.rows)} tables, counted again.")
    out.print(_TOLD[key])


def doctor(
    url: Annotated[str, typer.Option(help="The address that people type. Default: PUBLIC_URL.")] = "",
    direct: Annotated[str, typer.Option(help="The server itself, behind the proxy.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Says in plain words what is wrong and what to do; ends with status 1 if something is."""
    from api.operations.doctor import examine
    from api.operations.findings import as_document, as_lines, is_trouble

    findings = examine(Settings(), url, direct)
    if as_json:
        typer.echo(as_document(findings))
    else:
        out.print("\n".join(as_lines(findings)), markup=False)
    if is_trouble(findings):
        raise typer.Exit(1)


@contextmanager
def _said() -> Iterator[None]:
    """Says in one line what stopped us."""
    from api.operations.trouble import OperatorError

    try:
        yield
    except OperatorError as trouble:
        raise fail(str(trouble)) from None
    except OSError as error:
        raise fail(f"{error.filename or 'A file'}: {error.strerror or error}. Nothing was written.") from None
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise fail(
            f"The database reported an error ({type(error).__name__}). Run three-circles doctor to find out more."
        ) from None
