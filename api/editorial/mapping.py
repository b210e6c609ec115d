"""The library map: how many published vignettes there are for each system, level and skill, and where there is none."""

from collections import Counter
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from api.kit.systems import SYSTEMS
from api.persistence.engine import table
from api.vignettes.codebook import CUE_LABEL, PAIR_QUESTION
from api.vignettes.models import LibraryChange, Vignette, VignetteSkill

LEVELS = (1, 2, 3)

_vignette, _skill, _change = table(Vignette), table(VignetteSkill), table(LibraryChange)
Cell = tuple[str, int]  # system, level


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill and how many vignettes practise it, for each system and level; the cells of SYSTEMS × LEVELS in order."""

    skill: str
    label: str
    cells: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.cells)

    @property
    def missing_levels(self) -> tuple[int, ...]:
        """The levels at which nothing practises this skill."""
        return tuple(level for at, level in enumerate(LEVELS) if not any(self.cells[at :: len(LEVELS)]))


@dataclass(frozen=True, slots=True)
class LibraryMap:
    """Counts of published vignettes. A vignette counts once in `grid`, and in the row of every skill it practises."""

    grid: tuple[int, ...]
    skills: tuple[SkillRow, ...]
    most: int

    @property
    def gaps(self) -> tuple[SkillRow, ...]:
        return tuple(row for row in self.skills if row.missing_levels)


def cells() -> tuple[Cell, ...]:
    """Every system with every level, in the order of the map's columns."""
    return tuple((system, level) for system in SYSTEMS for level in LEVELS)


_kept: WeakKeyDictionary[Engine, tuple[int, LibraryMap]] = WeakKeyDictionary()


def draw(engine: Engine) -> LibraryMap:
    """The map; one query, and two over the whole library after it has changed."""
    with engine.connect() as connection:
        number = connection.execute(select(_change.c.number)).scalar_one()
        kept = _kept.get(engine)
        if kept is None or kept[0] != number:
            kept = _kept[engine] = (number, _count(connection))
    return kept[1]


def _count(connection: Connection) -> LibraryMap:
    published = _vignette.c.status == "published"
    of = (_vignette.c.dominant, _vignette.c.level)
    alone = connection.execute(select(*of, func.count()).where(published).group_by(*of)).all()
    practised = connection.execute(
        select(_skill.c.skill, *of, func.count())
        .join_from(_skill, _vignette, _skill.c.vignette_id == _vignette.c.id)
        .where(published)
        .group_by(_skill.c.skill, *of)
    ).all()
    grid = {(system, level): count for system, level, count in alone}
    by_skill = Counter({(skill, system, level): count for skill, system, level, count in practised})
    known = {**PAIR_QUESTION, **CUE_LABEL}
    names = [*known, *sorted({skill for skill, _, _ in by_skill} - set(known))]
    rows = tuple(
        SkillRow(skill, known.get(skill, ""), tuple(by_skill[skill, *cell] for cell in cells())) for skill in names
    )
    return LibraryMap(
        grid=tuple(grid.get(cell, 0) for cell in cells()),
        skills=rows,
        most=max((count for row in rows for count in row.cells), default=0),
    )
