"""The file of a backup: a zip with the database, what was in it when, and the key that signs."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from api.operations.trouble import OperatorError

FORMAT = 1
MANIFEST, KEY = "three-circles.json", "secret-key"
PIECE = 1 << 20  # bytes read at once

Kind = Literal["sqlite", "postgresql"]


class Manifest(BaseModel):
    """What a backup says of itself: `rows` counts each table's, `sha256` is the database's file's."""

    format: int = FORMAT
    product: str
    revision: str
    kind: Kind
    made_at: str
    database: str
    sha256: str
    rows: dict[str, int]


def write(target: Path, manifest: Manifest, database: Path, key: str | None) -> None:
    """Writes and checks a backup, readable by its owner only. Never replaces a file.

    Raises FileExistsError when something of that name has come meanwhile.
    """
    partial = Path(tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)[1])
    try:
        with zipfile.ZipFile(partial, "w") as file:
            file.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            # What pg_dump writes is packed already.
            packing = zipfile.ZIP_DEFLATED if manifest.kind == "sqlite" else zipfile.ZIP_STORED
            file.write(database, manifest.database, compress_type=packing)
            if key is not None:
                file.writestr(KEY, key)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        with opened(partial) as backup:
            backup.check()
        os.link(partial, target)  # which fails where the name is taken, even a moment ago
        _keep_name(target.parent)
    finally:
        partial.unlink(missing_ok=True)


class Backup:
    """A backup that is read."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self.manifest = manifest

    @property
    def key(self) -> str | None:
        """The key that signs, if it was kept along."""
        return self._file.read(KEY).decode() if KEY in self._file.namelist() else None

    def check(self) -> None:
        """Raises Trouble unless every byte is as it was written."""
        if self._file.testzip() is not None or self._copy(Path(os.devnull)) != self.manifest.sha256:
            raise OperatorError("The backup is damaged: its content is not what was written. Use another backup.")

    def unpack(self, target: Path) -> None:
        """Writes the database's file to `target`. Raises Trouble when it is damaged."""
        if self._copy(target) != self.manifest.sha256:
            raise OperatorError("The backup is damaged: its content is not what was written. Use another backup.")

    def _copy(self, target: Path) -> str:
        digest = hashlib.sha256()
        with self._file.open(self.manifest.database) as source, target.open("wb") as copy:
            while piece := source.read(PIECE):
                digest.update(piece)
                copy.write(piece)
        return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Raises Trouble for what is no backup of ours."""
    try:
        with zipfile.ZipFile(path) as file:
            manifest = Manifest.model_validate_json(file.read(MANIFEST))
            if manifest.format > FORMAT:
                raise OperatorError(
                    f"{path} was made by Three Circles {manifest.product}, which is newer. Install that version first."
                )
            yield Backup(file, manifest)
    except FileNotFoundError:
        raise OperatorError(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, KeyError, ValidationError, EOFError):
        raise OperatorError(f"{path} is damaged, or is not a backup of Three Circles.") from None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
