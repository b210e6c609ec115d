"""Brings the case files of a folder into the database."""

from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.persistence.engine import now, write_engine
from api.vignettes.case import Case
from api.vignettes.catalogue import PUBLISHED, RETIRED, Catalogue
from api.vignettes.checking import case_files, check_files
from api.vignettes.models import Vignette, VignetteVersion
from api.vignettes.reading import read
from api.vignettes.storing import add_version, describe, meaning, tell_others

BUILT_IN = "built-in"
ADVISORY_LOCK = 0x3C1AC1E6

log = structlog.get_logger()


def load_library(engine: Engine, folder: Path) -> Catalogue:
    """Syncs the folder and gives the catalogue. A file with faults is reported and skipped; the others are loaded.

    What the folder no longer has is retired, unless trainers have made it theirs.

    A skipped file keeps the version that the database already has of it. A vignette of which trainers have made
    another text keeps theirs, and is offered the file's. A text that the database has was good when it came there, and
    is not read again: that is four fifths of the work of a start.
    """
    problems: list[str] = []
    good: list[tuple[Case, str]] = []
    files = case_files([folder])
    unchanged = _unchanged(engine, files)
    for path, case, faults in check_files([path for path in files if path not in unchanged]):
        if case is None or faults:
            problems += [f"{path.name}:{fault.line}:{fault.column}: {fault.message}" for fault in faults]
            log.warning("vignette_skipped", file=path.name, faults=len(faults))
        else:
            good.append((case, path.read_text(encoding="utf-8")))
    with Session(write_engine(engine)) as db:
        if engine.dialect.name == "postgresql":
            # Processes that start together would each add the same vignette; the later ones wait and find it there.
            db.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        present = _present(db, [case.head.slug for case, _ in good])
        known = _known(db, [row for row, _ in present.values() if _is_ours(row)])
        for case, source in good:
            _sync(db, case, source, present.get(case.head.slug), known)
        if good or unchanged:  # an empty folder is a mistake
            _retire(db, {path.stem for path in files})
        _describe_older(db)
        db.commit()
    return Catalogue(engine, tuple(problems))


def _unchanged(engine: Engine, files: list[Path]) -> set[Path]:
    """The files whose text is the newest version of a vignette that is the product's still."""
    with Session(engine) as db:
        rows = db.exec(
            select(Vignette.slug, VignetteVersion.source)
            .join(VignetteVersion, col(VignetteVersion.vignette_id) == Vignette.id)
            .where(
                VignetteVersion.number == Vignette.version,
                Vignette.origin == BUILT_IN,
                ~col(Vignette.adapted),
            )
        )
        stored = {slug: source.encode() for slug, source in rows}
    return {path for path in files if path.stem in stored and _holds(path, stored[path.stem])}


def _holds(path: Path, text: bytes) -> bool:
    try:
        return path.read_bytes() == text
    except OSError:  # which the check tells
        return False


def _present(db: Session, slugs: list[str]) -> dict[str, tuple[Vignette, str | None]]:
    """The vignettes with these slugs, each with the text of its newest version."""
    rows = db.exec(
        select(Vignette, VignetteVersion.source)
        .join(
            VignetteVersion,
            (col(VignetteVersion.vignette_id) == Vignette.id) & (col(VignetteVersion.number) == Vignette.version),
            isouter=True,
        )
        .where(col(Vignette.slug).in_(slugs))
    )
    return {row.slug: (row, source) for row, source in rows}


def _is_ours(row: Vignette) -> bool:
    """Whether trainers have made another text of it than the product's."""
    return row.adapted or row.origin != BUILT_IN


def _known(db: Session, rows: list[Vignette]) -> set[tuple[int | None, str | None]]:
    """The texts that these vignettes have had or that were turned down, each with its vignette: none of them is new."""
    query = select(VignetteVersion.vignette_id, VignetteVersion.source).where(
        col(VignetteVersion.vignette_id).in_([row.id for row in rows])
    )
    versions = db.exec(query).all() if rows else ()
    return {*versions, *((row.id, row.turned_down) for row in rows)}


def _sync(
    db: Session,
    case: Case,
    source: str,
    present: tuple[Vignette, str | None] | None,
    known: set[tuple[int | None, str | None]],
) -> None:
    if present is None:
        row = Vignette(slug=case.head.slug, status=PUBLISHED, origin=BUILT_IN, version=0, series=1, changed_at=now())
        add_version(db, row, case, source, change="first")
        return
    row, current = present
    if _is_ours(row):
        row.shipped = None if (row.id, source) in known else source
        return
    if current == source:
        return
    changed = current is None or meaning(read(current)[0]) != meaning(case)
    add_version(db, row, case, source, change="meaning" if changed else "upgrade")


def _retire(db: Session, shipped: set[str]) -> None:
    """Built-in vignettes that no longer come with the product are offered to no one; what was answered stays."""
    gone = [
        row
        for row in db.exec(select(Vignette).where(Vignette.status == PUBLISHED, Vignette.origin == BUILT_IN))
        if row.slug not in shipped and not _is_ours(row)
    ]
    for row in gone:
        row.status, row.changed_at = RETIRED, now()
        db.add(row)
    if gone:
        tell_others(db)
        log.info("vignettes_retired", count=len(gone))


def _describe_older(db: Session) -> None:
    """Vignettes of a database from before lists, search and analysis had columns of their own get them now."""
    older = db.exec(
        select(Vignette, VignetteVersion)
        .join(VignetteVersion, col(VignetteVersion.vignette_id) == Vignette.id)
        .where(VignetteVersion.number == Vignette.version, Vignette.acceptable == "")
    ).all()
    for row, version in older:
        case, _ = read(version.source)
        if case is not None:
            version.parsed, changed_at = case.model_dump_json(), row.changed_at
            describe(db, row, case)
            row.changed_at = changed_at
