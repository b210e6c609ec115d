"""Made-up libraries of the shape of the shipped one: systems and levels balanced, pairs and cue types spread out."""

from random import Random

from api.kit.systems import SYSTEMS, Answer, System
from api.practice.shelf import Item, systems_of
from api.vignettes.codebook import CUE_LABEL, PAIR_QUESTION

HARDNESS = {1: -0.75, 2: 0.0, 3: 0.75}


def make_library(seed: str, size: int = 72, first_id: int = 1) -> tuple[list[Item], dict[int, float]]:
    """`size` vignettes in the order of the library (by level), and how hard each really is.

    Systems and levels come equally often. Each vignette has one confusable pair of its system and two or three of its
    cue types; from level 2 on also one cue of the pair's other system. What was used least comes next.
    """
    random = Random(seed)
    used: dict[str, int] = dict.fromkeys([*PAIR_QUESTION, *CUE_LABEL], 0)

    def rarest(names: list[str], number: int) -> list[str]:
        random.shuffle(names)
        chosen = sorted(names, key=lambda name: used[name])[:number]
        for name in chosen:
            used[name] += 1
        return chosen

    items, hardness = [], {}
    for number in range(size):
        level = 1 + number * 3 // size
        system: System = SYSTEMS[number % 3]
        (pair,) = rarest([name for name in PAIR_QUESTION if system in systems_of(name)], 1)
        skills = [pair, *rarest(_cues(system), random.choice((2, 3)))]
        if level > 1:
            other = random.choice(sorted(systems_of(pair) - {system}))
            skills += rarest(_cues(other), 1)
        acceptable: tuple[Answer, ...] = (system, "unsure") if level == 3 and random.random() < 0.5 else (system,)
        items.append(Item(first_id + number, f"case-{first_id + number}", system, level, acceptable, tuple(skills)))
        hardness[first_id + number] = HARDNESS[level] + random.gauss(0, 0.4)
    return items, hardness


def _cues(system: str) -> list[str]:
    return [cue for cue in CUE_LABEL if cue.startswith(system + ".")]
