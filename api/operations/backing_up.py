"""Takes a backup and puts one back, on whichever database the settings name."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from api import __version__
from api.kit.settings import Settings
from api.operations import archive, postgres_copying, sqlite_copying
from api.operations.archive import KEY, Manifest
from api.operations.trouble import OperatorError
from api.persistence.engine import make_engine, now
from api.persistence.migrations.running import knows

_FILE = {"sqlite": "three-circles.db", "postgresql": "three-circles.dump"}


def back_up(settings: Settings, target: Path, *, with_key: bool = True) -> tuple[Path, Manifest]:
    """Writes a backup to a new file, or below a new name into a folder; says where and what. Servers may be running."""
    if target.is_dir():
        target /= f"three-circles-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
    if target.exists():
        raise OperatorError(f"{target} already exists and is never overwritten. Choose another name.")
    if not target.parent.is_dir():
        raise OperatorError(f"There is no folder {target.parent}. Create it first.")
    made_at = now().isoformat(timespec="seconds")
    key_file = settings.data_dir / KEY
    key = key_file.read_text() if with_key and key_file.exists() else None
    kind: archive.Kind = "sqlite" if settings.embedded else "postgresql"
    try:
        # Beside the target: the folder of temporary files may be small, and in memory.
        with tempfile.TemporaryDirectory(prefix=".three-circles-", dir=target.parent) as folder:
            copy = Path(folder) / _FILE[kind]
            if kind == "sqlite":
                revision, rows = sqlite_copying.dump(database_file(settings), copy)
            else:
                with _engine(settings) as engine:
                    revision, rows = postgres_copying.dump(engine, copy)
            manifest = Manifest(
                product=__version__,
                revision=revision,
                kind=kind,
                made_at=made_at,
                database=copy.name,
                sha256=archive.sha256(copy),
                rows=rows,
            )
            archive.write(target, manifest, copy, key)
    except FileExistsError:
        raise OperatorError(f"{target} already exists and is never overwritten. Choose another name.") from None
    return target, manifest


def restore(settings: Settings, source: Path, *, replace: bool = False) -> tuple[Manifest, str]:
    """Puts a backup in the place of the settings' database, which no one may be using.

    Gives what was in it, and what became of the key: "kept", "same", "missing" or "other".
    """
    with archive.opened(source) as backup:
        manifest = backup.manifest
        kind = "sqlite" if settings.embedded else "postgresql"
        if manifest.kind != kind:
            raise OperatorError(f"The backup is of {manifest.kind}, but THREE_CIRCLES_DATABASE_URL names {kind}.")
        if not knows(manifest.revision):
            raise OperatorError(
                f"The backup was made by Three Circles {manifest.product}, whose database is newer than this"
                f" {__version__} knows. Install that version or a later one, then restore."
            )
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _look_at_key(settings, backup.key, replace=replace)
        with tempfile.TemporaryDirectory(prefix=".three-circles-", dir=settings.data_dir) as folder:
            copy = Path(folder) / _FILE[manifest.kind]
            backup.unpack(copy)
            if kind == "sqlite":
                _put_sqlite(copy, database_file(settings), manifest, replace=replace)
            else:
                with _engine(settings) as engine:
                    postgres_copying.restore(copy, engine, manifest.rows, replace=replace)
        return manifest, _put_key(settings, backup.key)


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = make_engine(settings.resolved_database_url())
    try:
        yield engine
    finally:
        engine.dispose()


def database_file(settings: Settings) -> Path:
    """Where the embedded database stands."""
    return Path(make_url(settings.resolved_database_url()).database or "")


def _put_sqlite(copy: Path, target: Path, manifest: Manifest, *, replace: bool) -> None:
    sqlite_copying.check(copy, manifest.rows)
    if not replace and not sqlite_copying.is_empty(target):
        raise OperatorError(f"{target} already contains a database. Add --replace to replace it with the backup.")
    sqlite_copying.restore(copy, target)
    sqlite_copying.check(target, manifest.rows)


def _look_at_key(settings: Settings, key: str | None, *, replace: bool) -> None:
    path = settings.data_dir / KEY
    if not replace and key and not settings.secret_key and path.exists() and path.read_text() != key:
        raise OperatorError(
            f"{path} is a different key from the backup’s. Add --replace to replace it with the backup’s."
        )


def _put_key(settings: Settings, key: str | None) -> str:
    if settings.secret_key:
        return "same" if key and key.strip() == settings.secret_key else "other"
    path = settings.data_dir / KEY
    if key is None:
        return "missing" if not path.exists() else "other"
    fresh = Path(tempfile.mkstemp(prefix=f".{KEY}", dir=settings.data_dir)[1])  # readable by its owner only
    fresh.write_text(key)
    fresh.replace(path)
    return "kept"
