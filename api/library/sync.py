"""Brings the case files of a folder into the database, and the published library into memory."""

from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.db import now, writing
from api.library.case import Case
from api.library.catalogue import Catalogue, Vignette
from api.library.checking import case_files, check_files
from api.library.models import Vignette as VignetteRow
from api.library.models import VignetteVersion
from api.library.reading import read

BUILT_IN = "built-in"
PUBLISHED = "published"
ADVISORY_LOCK = 0x3C1AC1E6

log = structlog.get_logger()


def load_library(engine: Engine, folder: Path) -> Catalogue:
    """Syncs the folder and gives the catalogue. A file with faults is reported and skipped; the others are loaded.

    A skipped file keeps the version that the database already has of it.
    """
    problems: list[str] = []
    good: list[tuple[Case, str]] = []
    for path, case, faults in check_files(case_files([folder])):
        if case is None or faults:
            problems += [f"{path.name}:{fault.line}:{fault.column}: {fault.message}" for fault in faults]
            log.warning("vignette_skipped", file=path.name, faults=len(faults))
        else:
            good.append((case, path.read_text(encoding="utf-8")))
    with Session(writing(engine)) as db:
        if engine.dialect.name == "postgresql":
            # Processes that start together would each add the same vignette; the later ones wait and find it there.
            db.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        for case, source in good:
            _sync(db, case, source)
        db.commit()
    return Catalogue(_published(engine), tuple(problems))


def _sync(db: Session, case: Case, source: str) -> None:
    row = db.exec(select(VignetteRow).where(VignetteRow.slug == case.head.slug)).one_or_none()
    if row is None:
        row = VignetteRow(slug=case.head.slug, status=PUBLISHED, origin=BUILT_IN, version=0, series=1)
        db.add(row)
    else:
        current = _source(db, row)
        if current == source:
            return
        if _meaning(read(current)[0]) != _meaning(case):
            row.series += 1
    row.version += 1
    db.flush()
    assert row.id is not None
    db.add(VignetteVersion(vignette_id=row.id, number=row.version, series=row.series, source=source, created_at=now()))


def _source(db: Session, row: VignetteRow) -> str:
    return db.exec(
        select(VignetteVersion.source).where(
            VignetteVersion.vignette_id == row.id, VignetteVersion.number == row.version
        )
    ).one()


def _meaning(case: Case | None) -> tuple[object, ...] | None:
    """What answers are compared with: when it changes in a file, statistics start afresh."""
    return None if case is None else (case.head.key.dominant, sorted(case.acceptable))


def _published(engine: Engine) -> dict[str, Vignette]:
    with Session(engine) as db:
        rows = db.exec(
            select(VignetteRow, VignetteVersion.source)
            .join(VignetteVersion, col(VignetteVersion.vignette_id) == VignetteRow.id)
            .where(VignetteVersion.number == VignetteRow.version, VignetteRow.status == PUBLISHED)
        ).all()
    found = {}
    for row, source in rows:
        case, _ = read(source)
        if case is not None and row.id is not None:
            found[row.slug] = Vignette(row.id, row.version, row.series, row.origin, case)
    return dict(sorted(found.items(), key=lambda item: (item[1].case.head.level, item[0])))
