"""The library map: how many published vignettes there are for each system, level and skill, and where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from api.kit.systems import SYSTEMS, System
from api.persistence.engine import table
from api.vignettes.codebook import CUE_LABEL, PAIR_QUESTION, SKILLS, topic_name
from api.vignettes.models import LibraryChange, Vignette, VignetteSkill

LEVELS = (1, 2, 3)

_vignette, _skill, _change = table(Vignette), table(VignetteSkill), table(LibraryChange)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic and how many vignettes practise it at each level."""

    skill: str
    name: str
    label: str
    counts: tuple[int, ...]

    @property
    def missing_levels(self) -> tuple[int, ...]:
        """The levels at which nothing practises this topic."""
        return tuple(level for level, count in zip(LEVELS, self.counts, strict=True) if not count)


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system and how many vignettes have it as their key at each level."""

    system: System
    counts: tuple[int, ...]

    @property
    def missing_levels(self) -> tuple[int, ...]:
        return tuple(level for level, count in zip(LEVELS, self.counts, strict=True) if not count)


@dataclass(frozen=True, slots=True)
class LibraryMap:
    """Counts of published vignettes: each once in `systems`, and in the row of every topic that it practises."""

    systems: tuple[SystemRow, ...]
    topics: tuple[TopicRow, ...]

    @property
    def system_gaps(self) -> tuple[SystemRow, ...]:
        return tuple(row for row in self.systems if row.missing_levels)

    @property
    def topic_gaps(self) -> tuple[TopicRow, ...]:
        return tuple(row for row in self.topics if row.missing_levels)


def say_levels(levels: Sequence[int]) -> str:
    """Such as “level 2”, “levels 1 and 3” or “any level”."""
    if len(levels) == len(LEVELS):
        return "any level"
    return f"level {levels[0]}" if len(levels) == 1 else "levels " + " and ".join(str(level) for level in levels)


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
        select(_skill.c.skill, _vignette.c.level, func.count())
        .join_from(_skill, _vignette, _skill.c.vignette_id == _vignette.c.id)
        .where(published)
        .group_by(_skill.c.skill, _vignette.c.level)
    ).all()
    grid = {(system, level): count for system, level, count in alone}
    by_skill = {(skill, level): count for skill, level, count in practised}
    others = sorted({skill for skill, _ in by_skill} - SKILLS)
    return LibraryMap(
        systems=tuple(SystemRow(s, tuple(grid.get((s, level), 0) for level in LEVELS)) for s in SYSTEMS),
        topics=tuple(
            TopicRow(
                skill,
                topic_name(skill),
                PAIR_QUESTION.get(skill, ""),
                tuple(by_skill.get((skill, n), 0) for n in LEVELS),
            )
            for skill in (*PAIR_QUESTION, *CUE_LABEL, *others)
        ),
    )
