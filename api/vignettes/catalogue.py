"""The library in memory: what every request reads. A change of the library replaces parts, never changes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.vignettes.case import Case
from api.vignettes.models import LibraryChange, VignetteVersion
from api.vignettes.models import Vignette as VignetteRow
from api.vignettes.reading import read

PUBLISHED = "published"
RETIRED = "retired"
SEALED = "sealed"  # kept for measuring a course: shown nowhere else
KEPT_VERSIONS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Vignette:
    """One version of a vignette, with its keys in the database."""

    id: int
    version: int
    series: int
    origin: str
    case: Case

    @property
    def slug(self) -> str:
        return self.case.head.slug


class Catalogue:
    """Published vignettes by slug, in the order of the library; and the files that could not be loaded.

    Answers and rounds belong to the version that people read, so every version that there ever was can be asked for.
    """

    def __init__(self, engine: Engine, problems: tuple[str, ...] = ()) -> None:
        self._engine = engine
        self._number = 0
        self.problems = problems
        self.vignettes: Mapping[str, Vignette] = {}
        self._by_id: Mapping[int, Vignette] = {}
        self._older = lru_cache(maxsize=KEPT_VERSIONS)(self._read_version)
        self.refresh()

    def version(self, vignette_id: int, number: int) -> Vignette | None:
        """The vignette as this version told it, published still or not; None if there is none or it is sealed."""
        present = self._by_id.get(vignette_id)
        return present if present is not None and present.version == number else self._older(vignette_id, number)

    def sealed(self, numbers: Collection[int]) -> dict[int, Vignette]:
        """The newest versions of stories that are published or sealed, for anyone who measures with them."""
        query = (
            select(VignetteRow, VignetteVersion)
            .join(VignetteVersion, col(VignetteVersion.vignette_id) == VignetteRow.id)
            .where(VignetteVersion.number == VignetteRow.version, col(VignetteRow.id).in_(numbers))
        )
        with Session(self._engine) as db:
            found = [_vignette(row, version) for row, version in db.exec(query)]
        return {vignette.id: vignette for vignette in found if vignette is not None}

    def retired(self, slug: str) -> Vignette | None:
        """The newest version of a story that was published and is no longer; None if there is none."""
        with Session(self._engine) as db:
            found = db.exec(
                select(VignetteRow, VignetteVersion)
                .join(VignetteVersion, col(VignetteVersion.vignette_id) == VignetteRow.id)
                .where(
                    VignetteRow.slug == slug,
                    VignetteRow.status == RETIRED,
                    VignetteVersion.number == VignetteRow.version,
                )
            ).one_or_none()
        return _vignette(*found) if found else None

    def refresh(self) -> bool:
        """Reads what has changed since the last time, and says whether anything had. One query when nothing has."""
        with Session(self._engine) as db:
            number = db.exec(select(LibraryChange.number)).one()
            if number == self._number:
                return False
            rows: Sequence[Any] = db.exec(
                select(col(VignetteRow.id), VignetteRow.version, VignetteRow.series).where(
                    VignetteRow.status == PUBLISHED
                )
            ).all()
            known: dict[Any, Vignette] = {(v.id, v.version, v.series): v for v in self._by_id.values()}
            new = [key for key in rows if key not in known]
            read_now = {v.id: v for v in self._read(db, [key[0] for key in new])} if new else {}
        found = [known.get(key) or read_now.get(key[0]) for key in rows]
        ordered = sorted((v for v in found if v is not None), key=lambda v: (v.case.head.level, v.slug))
        self._older.cache_clear()  # what has been sealed since is told no longer
        self._by_id = {vignette.id: vignette for vignette in ordered}
        self.vignettes = {vignette.slug: vignette for vignette in ordered}
        self._number = number
        return True

    def _read(self, db: Session, ids: list[int]) -> list[Vignette]:
        query = (
            select(VignetteRow, VignetteVersion)
            .join(VignetteVersion, col(VignetteVersion.vignette_id) == VignetteRow.id)
            .where(VignetteVersion.number == VignetteRow.version, VignetteRow.status == PUBLISHED)
        )
        # A database takes only so many parameters; nearly everything is read at the start alone.
        if len(ids) <= 500:
            query = query.where(col(VignetteRow.id).in_(ids))
        return [found for row, version in db.exec(query) if (found := _vignette(row, version)) is not None]

    def _read_version(self, vignette_id: int, number: int) -> Vignette | None:
        with Session(self._engine) as db:
            found = db.exec(
                select(VignetteRow, VignetteVersion)
                .join(VignetteVersion, col(VignetteVersion.vignette_id) == VignetteRow.id)
                .where(VignetteRow.id == vignette_id, VignetteVersion.number == number)
                .where(VignetteRow.status != SEALED)
            ).one_or_none()
        return _vignette(*found) if found else None


def _vignette(row: VignetteRow, version: VignetteVersion) -> Vignette | None:
    case = Case.model_validate_json(version.parsed) if version.parsed else read(version.source)[0]
    if case is None or row.id is None:
        return None
    return Vignette(row.id, version.number, version.series, row.origin, case)
