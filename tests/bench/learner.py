"""A made-up learner, written down before the scheduler and not fitted to it.

Every effect is taken from the literature in `docs/learning.md`, and each can be switched off by a parameter set.

**Answering.** A skill s is known to a degree K_s between 0 and 1. For a vignette with skills S and weights w
(a confusable pair counts twice from level 2 on), z = ability + 4·(mean_w accessible K − 0.5) − δ, and the answer
matches the key with P = g + (1 − g − slip)·σ(z), g = 1/3. A vignette met before is remembered as such with
probability 0.5·exp(−days/7) and then answered like the key.

**Learning.** After the explanation K_s moves by η·w·(1 − K_s), times
½ for each earlier meeting with this very vignette, 1/1.42 when the case before had the same key (interleaving, g = .42;
not for the first three of a system), 1.5 for a skill that the case before shared under another key (contrast, d = .50
on a gain of about one standard deviation), 1.3 after an error that was given as sure, and in one set by
4σ(z)(1 − σ(z)): what is far too easy or too hard teaches little.

**Forgetting.** What was gained above the start is accessible to the part floor + (1 − floor)·exp(−t/h). Practice
multiplies h by 1 + 0.74·(1 − R), R = exp(−t/h) before it: spaced practice lasts, massed does not (g = .74).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random

from api.kit.systems import SYSTEMS
from api.practice.shelf import Item, systems_of

GUESSING = 1 / 3


@dataclass(frozen=True)
class Parameters:
    """One kind of learner, or one belief about how learning works."""

    name: str
    says: str
    rate: float = 0.08
    start: tuple[float, float] = (2.0, 3.0)  # of a Beta distribution: what is known of each skill at the start
    slip: float = 0.03
    noise: float = 0.15  # of the feeling of being sure
    floor: float = 0.3
    lasting: float = 4.0  # days
    repeat: float = 0.5
    same_key: float = 1 / 1.42
    contrast: float = 1.5
    confident_error: float = 1.3
    spacing: float = 0.74
    zone: bool = False
    transfer: bool = False


SETS: tuple[Parameters, ...] = (
    Parameters("usual", "the effects as the literature has them"),
    Parameters("uneven", "some skills known well, others hardly", start=(0.6, 0.8)),
    Parameters("slow", "learns half as fast", rate=0.04),
    Parameters("fast", "learns twice as fast", rate=0.16),
    Parameters("forgetful", "forgets within days, and nearly all", floor=0.1, lasting=1.5),
    Parameters("careless", "slips often, and does not feel how sure to be", slip=0.12, noise=0.35),
    Parameters("zone", "very easy and very hard cases teach little", zone=True),
    Parameters(
        "plain",
        "order, contrast, spacing and surprise do nothing",
        same_key=1.0,
        contrast=1.0,
        confident_error=1.0,
        spacing=0.0,
    ),
    Parameters(
        "transfer",
        "as plain, and every case teaches every skill alike: there are no skills",
        same_key=1.0,
        contrast=1.0,
        confident_error=1.0,
        spacing=0.0,
        transfer=True,
    ),
)


@dataclass
class _Knowledge:
    start: float
    gained: float = 0.0
    lasting: float = 0.0
    practised: float | None = None  # day


@dataclass
class Answer:
    """What the learner says: a system or `unsure`, and how sure they feel."""

    system: str
    confidence: str | None
    matches: bool


@dataclass
class Learner:
    """One simulated person; `day` is a time in days since the first sitting."""

    parameters: Parameters
    random: Random
    ability: float
    skills: dict[str, _Knowledge]
    met: dict[int, tuple[int, float]] = field(default_factory=dict)  # vignette: times, last day
    keys_met: dict[str, int] = field(default_factory=dict)
    before: Item | None = None

    def begin(self) -> None:
        """A new sitting: what was read days ago is not compared with."""
        self.before = None

    def knows(self, skill: str, day: float) -> float:
        """The accessible part of a skill, from 0 to 1."""
        own = self.skills[skill]
        if own.practised is None:
            return own.start
        left = exp(-max(0.0, day - own.practised) / own.lasting)
        return own.start + own.gained * (self.parameters.floor + (1 - self.parameters.floor) * left)

    def chance(self, item: Item, hardness: float, day: float) -> float:
        """The probability of an answer that matches the key, without memory of the vignette itself."""
        return GUESSING + (1 - GUESSING - self.parameters.slip) * _sigmoid(self._z(item, hardness, day))

    def _z(self, item: Item, hardness: float, day: float) -> float:
        weights = [weight(skill, item) for skill in item.skills]
        known = sum(w * self.knows(skill, day) for skill, w in zip(item.skills, weights, strict=True)) / sum(weights)
        return self.ability + 4 * (known - 0.5) - hardness

    def answer(self, item: Item, hardness: float, day: float) -> Answer:
        """Reads and answers, then learns from the explanation."""
        p = self.chance(item, hardness, day)
        z = self._z(item, hardness, day)
        times, last = self.met.get(item.id, (0, 0.0))
        remembers = times > 0 and self.random.random() < 0.5 * exp(-(day - last) / 7)
        matches = self.random.random() < p or remembers
        feels = p + 0.05 + self.random.gauss(0, self.parameters.noise)
        confidence = "guessing" if feels < 0.5 else "leaning" if feels < 0.75 else "sure"
        system = item.dominant if matches else self._other(item)
        said = None if self.random.random() < 0.1 else confidence
        self._learn(item, z, day, times, surprised=not matches and confidence == "sure")
        return Answer(system, said, matches)

    def _other(self, item: Item) -> str:
        if self.random.random() < 0.15:
            return "unsure"
        pairs = [systems_of(skill) for skill in item.skills if "." not in skill]
        near = [system for pair in pairs if item.dominant in pair for system in pair if system != item.dominant]
        far = [system for system in SYSTEMS if system != item.dominant]
        return self.random.choice(near if near and self.random.random() < 0.8 else far)

    def _learn(self, item: Item, z: float, day: float, times: int, *, surprised: bool) -> None:
        with_all = self.parameters
        factor = with_all.rate * with_all.repeat**times
        same = self.before is not None and self.before.dominant == item.dominant
        if same and self.keys_met.get(item.dominant, 0) >= 3:
            factor *= with_all.same_key
        if surprised:
            factor *= with_all.confident_error
        if with_all.zone:
            factor *= 4 * _sigmoid(z) * (1 - _sigmoid(z))
        contrasted = self.before is not None and not same
        if with_all.transfer:
            share = factor * sum(weight(skill, item) for skill in item.skills) / len(self.skills)
            for skill in self.skills:
                self._practise(skill, share, day)
        else:
            for skill in item.skills:
                shared = contrasted and self.before is not None and skill in self.before.skills
                self._practise(skill, factor * weight(skill, item) * (with_all.contrast if shared else 1.0), day)
        self.met[item.id] = (times + 1, day)
        self.keys_met[item.dominant] = self.keys_met.get(item.dominant, 0) + 1
        self.before = item

    def _practise(self, skill: str, factor: float, day: float) -> None:
        own = self.skills[skill]
        if own.practised is None:
            own.lasting = self.parameters.lasting
        else:
            left = exp(-(day - own.practised) / own.lasting)
            own.lasting *= 1 + self.parameters.spacing * (1 - left)
        own.gained += min(1.0, factor) * (1 - own.start - own.gained)
        own.practised = day


def make_learner(parameters: Parameters, skills: Sequence[str], seed: str) -> Learner:
    """A learner from a seed; the same seed gives the same person."""
    random = Random(seed)
    knowledge = {skill: _Knowledge(random.betavariate(*parameters.start)) for skill in skills}
    return Learner(parameters, random, random.gauss(0, 0.5), knowledge)


def weight(skill: str, item: Item) -> float:
    return 2.0 if "." not in skill and item.level > 1 else 1.0


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))
