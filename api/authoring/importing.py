"""From files on the disk to a plan over the library in the database."""

from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.authoring.formats import read_file
from api.authoring.formats.casefiles import load_files
from api.authoring.formats.rows import LARGEST_UPLOAD, Progress, Refused, Row, quiet
from api.authoring.planning import Plan, plan
from api.library.models import Vignette, VignetteVersion
from api.library.reading import LARGEST_FILE


def read_path(path: Path, progress: Progress = quiet) -> list[Row]:
    """The rows of a file, or of the case files in a folder and the folders in it. Raises Refused."""
    try:
        if path.is_dir():
            return load_files({str(file.relative_to(path)): _start_of(file) for file in _files(path)}, progress)
        if path.stat().st_size > LARGEST_UPLOAD:
            raise Refused(f"The file is larger than {LARGEST_UPLOAD // 2**20} MB; please divide it.")
        return read_file(path.name, path.read_bytes(), progress)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}.") from None


def planned(engine: Engine, rows: list[Row]) -> Plan:
    """What an import of the rows would do to the library as it now is."""
    return plan(current_sources(engine), rows)


def current_sources(engine: Engine) -> dict[str, str]:
    """Each vignette's newest case file by slug, whatever its status."""
    with Session(engine) as db:
        newest = select(Vignette.slug, VignetteVersion.source).join(
            VignetteVersion, col(VignetteVersion.vignette_id) == Vignette.id
        )
        return dict(db.exec(newest.where(VignetteVersion.number == Vignette.version)).all())


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.md") if file.is_file())


def _start_of(file: Path) -> bytes:
    """As much as is needed to see that a file is too large."""
    with file.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)
