"""Puts texts of vignettes into the database: versions, what lists show of them, and the words that are searched."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, update
from sqlmodel import Session, col

from api.persistence.engine import now, table
from api.vignettes.case import Case
from api.vignettes.models import LibraryChange, Vignette, VignetteSkill, VignetteVersion
from api.vignettes.searching import index, index_new


def add_version(
    db: Session,
    row: Vignette,
    case: Case,
    source: str,
    *,
    change: str,
    author_id: int | None = None,
    note: str | None = None,
) -> VignetteVersion:
    """Makes a text the newest version of its vignette. A change of `meaning` starts a new series of statistics."""
    if change == "meaning":
        row.series += 1
    row.version += 1
    describe(db, row, case)
    assert row.id is not None
    version = VignetteVersion(
        vignette_id=row.id,
        number=row.version,
        series=row.series,
        source=source,
        parsed=case.model_dump_json(),
        change=change,
        note=note,
        author_id=author_id,
        created_at=now(),
    )
    db.add(version)
    tell_others(db)
    return version


def describe(db: Session, row: Vignette, case: Case) -> None:
    """Takes over from a case what lists show, filter by and search."""
    for name, value in shown_of(case).items():
        setattr(row, name, value)
    db.add(row)
    db.flush()
    assert row.id is not None
    index(db.connection(), row.id, case)
    db.exec(delete(VignetteSkill).where(col(VignetteSkill.vignette_id) == row.id))
    db.add_all(VignetteSkill(vignette_id=row.id, skill=skill) for skill in dict.fromkeys(case.head.skills))


def shown_of(case: Case) -> dict[str, object]:
    """The columns of a vignette that lists show and filter by."""
    head = case.head
    return {
        "title": head.title,
        "person": head.person,
        "level": head.level,
        "content_note": head.content_note,
        "dominant": head.key.dominant,
        "acceptable": " ".join(case.acceptable),
        "changed_at": now(),
    }


def describe_new(connection: Connection, cases: Mapping[int, Case]) -> None:
    """Lets many vignettes be searched and filtered that were not there before."""
    index_new(connection, cases)
    skills = [
        {"vignette_id": number, "skill": skill}
        for number, case in cases.items()
        for skill in dict.fromkeys(case.head.skills)
    ]
    if skills:
        connection.execute(insert(table(VignetteSkill)), skills)


def tell_others(db: Session) -> None:
    """Lets every process know that what learners may see has changed."""
    db.exec(update(LibraryChange).values(number=col(LibraryChange.number) + 1))


def meaning(case: Case | None) -> tuple[object, ...] | None:
    """What answers are compared with."""
    return None if case is None else (case.head.key.dominant, sorted(case.acceptable))
