"""What a learner's answers add up to: abilities, skills, and the stories they have met, folded one answer at a time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from random import Random
from typing import Any

from api.practice.elo import START, step, surprise
from api.practice.shelf import Item
from api.practice.skills import Skill, affected_skills, rate

# A skill moves half as far as the general ability: a vignette has several of them.
SKILL_SHARE = 0.5
RECENT = 3


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of the learner; `at` in seconds since 1970."""

    vignette_id: int
    system: str
    confidence: str | None
    attempt: int
    at: float


@dataclass(slots=True)
class State:
    """Ability in logits after `n` first attempts. `seen` counts up: the least recently seen has the smallest number."""

    ability: float = 0.0
    n: int = 0
    answers: int = 0
    skills: dict[str, Skill] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)  # people first met, by the key's system
    recent: list[int] = field(default_factory=list)  # the newest last
    startled: bool = False  # whether the newest answer was an error made with confidence

    def to_json(self) -> dict[str, Any]:
        return {
            "ability": round(self.ability, 6),
            "n": self.n,
            "answers": self.answers,
            "skills": {name: skill.to_json() for name, skill in self.skills.items()},
            "seen": {str(key): value for key, value in self.seen.items()},
            "met": self.met,
            "recent": self.recent,
            "startled": self.startled,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "State":
        return cls(
            ability=value["ability"],
            n=value["n"],
            answers=value["answers"],
            skills={name: Skill(**skill) for name, skill in value["skills"].items()},
            seen={int(key): number for key, number in value["seen"].items()},
            met=dict(value["met"]),
            recent=list(value["recent"]),
            startled=value["startled"],
        )

    def ability_for(self, item: Item) -> float:
        """The learner's ability on this vignette: general, and the mean of what its skills add."""
        own = [self.skills[skill].theta for skill in item.skills if skill in self.skills]
        return self.ability + (sum(own) / len(item.skills) if own else 0.0)


def fold(state: State, given: Given, item: Item | None, difficulty: Callable[[Item], float]) -> float | None:
    """Takes one answer into the state. Gives the surprise by which the vignette's difficulty moves, None for a repeat.

    `item` is None for a vignette that is no longer in the library: it stays seen, and says nothing more.
    """
    state.answers += 1
    state.seen[given.vignette_id] = state.answers
    state.recent = [*state.recent, given.vignette_id][-RECENT:]
    state.startled = False
    if item is None:
        return None
    matched = given.system in item.acceptable
    first = given.attempt == 1
    moved = surprise(state.ability_for(item), difficulty(item), matched) if first else None
    if moved is not None:
        state.ability += step(state.n) * moved
        state.n += 1
        state.met[item.dominant] = state.met.get(item.dominant, 0) + 1
    confident_error = not matched and given.confidence == "sure" and given.system != "unsure"
    state.startled = confident_error
    rating = rate(matched, given.confidence, given.attempt)
    for name in affected_skills(item, given.system, matched):
        skill = state.skills.setdefault(name, Skill())
        if moved is not None:
            skill.theta += SKILL_SHARE * step(skill.n) * moved
        skill.n += 1
        skill.missed += not matched
        skill.review(rating, given.at, confident_error=confident_error)
    return moved


def start_of(item: Item) -> float:
    """The difficulty before anyone has answered."""
    return START[item.level]


def new_people(
    items: Sequence[Item], state: State, without: Collection[int], random: Random, number: int
) -> list[Item]:
    """Up to `number` that the learner has not met, from a random place on."""
    start = random.randrange(len(items)) if items else 0
    turned = chain(islice(items, start, None), islice(items, start))
    return list(islice((item for item in turned if item.id not in state.seen and item.id not in without), number))
