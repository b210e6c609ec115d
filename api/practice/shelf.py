"""The library as practice looks at it: by skill and level, so that a choice never walks through all of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from api.kit.systems import Answer, System
from api.vignettes.catalogue import Vignette
from api.vignettes.codebook import SKILLS

PAIR_SYSTEMS: dict[str, frozenset[str]] = {
    "drive-or-striving": frozenset({"drive", "threat"}),
    "soothing-or-withdrawal": frozenset({"soothing", "threat"}),
    "soothing-or-numbing": frozenset({"soothing", "threat"}),
    "safety-or-safeness": frozenset({"threat", "soothing"}),
    "rest-or-reward": frozenset({"soothing", "drive"}),
    "caring-or-appeasing": frozenset({"soothing", "threat"}),
    # Encouragement to do better can be kind or eager.
    "criticism-or-correction": frozenset({"threat", "soothing", "drive"}),
}


@cache
def systems_of(skill: str) -> frozenset[str]:
    """The systems that a skill tells apart (a pair), or the one that it recognises (a cue type)."""
    return PAIR_SYSTEMS.get(skill) or frozenset({skill.partition(".")[0]})


def is_pair(skill: str) -> bool:
    return skill in PAIR_SYSTEMS


@dataclass(frozen=True, slots=True)
class Item:
    """A vignette as practice looks at it."""

    id: int
    slug: str
    dominant: System
    level: int
    acceptable: tuple[Answer, ...]
    skills: tuple[str, ...]


class PracticeIndex:
    """Items by id, by skill and level, and by system and level. Made once for a library."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: dict[int, Item] = {item.id: item for item in items}
        by_skill: dict[str, dict[int, list[Item]]] = {}
        by_system: dict[tuple[int, str], list[Item]] = {}
        for item in self.items.values():
            by_system.setdefault((item.level, item.dominant), []).append(item)
            for skill in item.skills:
                by_skill.setdefault(skill, {}).setdefault(item.level, []).append(item)
        self.by_skill: Mapping[str, Mapping[int, list[Item]]] = by_skill
        self.by_system: Mapping[tuple[int, str], list[Item]] = by_system
        self.skills: tuple[str, ...] = tuple(sorted(by_skill))


def to_item(vignette: Vignette) -> Item:
    """A vignette's item. Its skills are those that its authors name, else its cue types, else its system."""
    head = vignette.case.head
    named = [skill for skill in head.skills if skill in SKILLS]
    skills = named or [cue.type for cue in vignette.case.cues if cue.polarity == "present"] or [head.key.dominant]
    return Item(
        id=vignette.id,
        slug=vignette.slug,
        dominant=head.key.dominant,
        level=head.level,
        acceptable=tuple(vignette.case.acceptable),
        skills=tuple(dict.fromkeys(skills)),
    )
