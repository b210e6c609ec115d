"""How a vignette does with learners: how many find its key, whether it tells learners apart, and what needs a look.

Everything is worked out from first attempts only. Practice is an incomplete matrix, in which everyone has answered
other vignettes, so a learner's ability is the *proportion* that they found of the rest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atanh, log2, sqrt, tanh
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

from api.kit.systems import ANSWERS, SYSTEMS, Answer
from api.stats.calibration import Calibration, calibrate
from api.stats.enough import NotEnough
from api.stats.intervals import tail
from api.stats.shares import Share, share

LEARNERS_NEEDED, OTHERS_NEEDED = 30, 10

Reason = Literal["too easy", "too hard", "does not discriminate", "possibly mis-keyed", "explanation changed"]

# Of good vignettes at most one in twenty is to be flagged by chance, whichever figure does it. Wrong keys matter most.
ALLOWED: Final[dict[Reason, float]] = {
    "possibly mis-keyed": 0.03,
    "too hard": 0.01,
    "too easy": 0.005,
    "does not discriminate": 0.005,
}


class Attempt(NamedTuple):
    """One learner's first attempt at the vignette, and how they did with the others: `rest_correct` of `rest_total`."""

    learner: int
    correct: bool
    answer: Answer
    confidence: str | None
    rest_correct: int
    rest_total: int

    @property
    def rest(self) -> float:
        return self.rest_correct / self.rest_total


@dataclass(frozen=True, slots=True)
class Discrimination:
    """`index` and `efficiency` in percent, from −100 to 100; None where everyone did the same."""

    learners: int
    index: float | None
    efficiency: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the index, by Fisher's transformation."""
        if self.index is None:
            return None
        half, centre = 1.96 / sqrt(self.learners - 3), atanh(max(-0.999, min(0.999, self.index / 100)))
        return 100 * tanh(centre - half), 100 * tanh(centre + half)


@dataclass(frozen=True, slots=True)
class StrongAndWeak:
    """How each answer was shared among the third that did best with the rest, and the third that did least well."""

    strong: dict[Answer, Share]
    weak: dict[Answer, Share]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a vignette asks for attention; shares from 0 to 1, the index of discrimination in percent."""

    easy: float = 0.95
    hard: float = 0.35
    weak_index: float = 0.0


class Rival(NamedTuple):
    """A system that `chosen` learners chose, more than the `accepted` who chose anything that the key accepts."""

    answer: Answer
    chosen: int
    accepted: int


class Doubt(NamedTuple):
    """A reason to look again, and how likely its figures are on a vignette that is just good enough."""

    reason: Reason
    chance: float


def facility(attempts: Sequence[Attempt]) -> Share | NotEnough:
    """The share of learners who found an acceptable answer: mean mark / highest mark.

    Source: Moodle docs, Quiz statistics calculations, "Facility index".
    """
    if not attempts:
        return NotEnough(0, 1, "learners")
    return share("learners", [attempt.correct for attempt in attempts])


def discrimination(attempts: Iterable[Attempt]) -> Discrimination | NotEnough:
    """Whether those who find this key are those who find the others'.

    index = 100·cov(x, r)/√(var x · var r): the corrected item–rest correlation, with the rest proportion r.
    efficiency = 100·cov(x, r)/cov_max, where cov_max is the covariance of both sorted: the most that these marks allow.
    Source: Moodle docs, Quiz statistics calculations, "Discrimination index" and "Discriminative efficiency"; n−1
    throughout. Counts only learners with 10 or more other vignettes; from 30 of those.
    """
    known = _comparable(attempts)
    if len(known) < LEARNERS_NEEDED:
        return _too_few(known)
    marks, rest = [float(attempt.correct) for attempt in known], [attempt.rest for attempt in known]
    together = _covariance(marks, rest)
    spread = sqrt(_covariance(marks, marks) * _covariance(rest, rest))
    most = _covariance(sorted(marks), sorted(rest))
    if spread < 1e-12 or most < 1e-12:
        return Discrimination(len(known), None, None)
    return Discrimination(len(known), _percent(together / spread), _percent(together / most))


def strong_and_weak(attempts: Iterable[Attempt]) -> StrongAndWeak | NotEnough | None:
    """Who chose what: shares of each answer in the upper and the lower third by rest proportion.

    Those who did as well as the last of a third belong to it too, so that no order decides. None where the thirds meet.
    """
    thirds = _thirds(attempts)
    if thirds is None or isinstance(thirds, NotEnough):
        return thirds
    strong, weak = (_answer_shares(third) for third in thirds)
    return StrongAndWeak(strong, weak)


def calibration(attempts: Iterable[Attempt]) -> Calibration | NotEnough:
    """How well confidence fits."""
    found = calibrate((attempt.confidence, attempt.correct) for attempt in attempts)
    return found if found.answered else NotEnough(0, 1, "answers with a confidence")


def possibly_miskeyed(attempts: Sequence[Attempt]) -> Rival | NotEnough | None:
    """The system that learners choose instead of what the key accepts, if there is one.

    Of those who chose either, more chose it than anything that is accepted. Where able learners can be told apart, they
    have to lean the same way, since a story may well mislead beginners: the upper third by rest proportion.
    """
    if len(attempts) < LEARNERS_NEEDED:
        return NotEnough(len(attempts), LEARNERS_NEEDED, "learners")
    chosen = Counter(a.answer for a in attempts if not a.correct and a.answer in SYSTEMS)
    accepted = sum(attempt.correct for attempt in attempts)
    if not chosen:
        return None
    answer, count = max(chosen.items(), key=lambda item: item[1])
    thirds = _thirds(attempts)
    if isinstance(thirds, tuple):
        able = thirds[0]
        if sum(a.answer == answer for a in able) <= sum(a.correct for a in able):
            return None
    return Rival(answer, count, accepted) if count > accepted else None


def doubts(attempts: Sequence[Attempt], thresholds: Thresholds | None = None) -> list[Doubt]:
    """Each reason that the figures point to, with how likely they would be on a story just at its threshold.

    One-sided: exact binomial tails for shares, Fisher's transformation for the correlation. Nothing is said of fewer
    than LEARNERS_NEEDED learners. Answers come in one by one and are looked at again and again, so each doubling of
    the learners counts as another look, and the chances are multiplied by the number of looks (Bonferroni).
    """
    limits = thresholds or Thresholds()
    total = len(attempts)
    if total < LEARNERS_NEEDED:
        return []
    looks = 1 + int(log2(total / LEARNERS_NEEDED))
    found = sum(attempt.correct for attempt in attempts)
    pointed: list[tuple[Reason, float]] = []
    if found / total >= limits.easy:
        pointed.append(("too easy", tail(found, total, limits.easy)))
    elif found / total <= limits.hard:
        pointed.append(("too hard", tail(total - found, total, 1 - limits.hard)))
    told = discrimination(attempts)
    if isinstance(told, Discrimination) and told.index is not None and told.index < limits.weak_index:
        apart = atanh(limits.weak_index / 100) - atanh(max(-0.999, told.index / 100))
        pointed.append(("does not discriminate", 1 - NormalDist().cdf(apart * sqrt(told.learners - 3))))
    rival = possibly_miskeyed(attempts)
    if isinstance(rival, Rival):
        pointed.append(("possibly mis-keyed", tail(rival.chosen, rival.chosen + rival.accepted, 0.5)))
    return [Doubt(reason, min(1.0, looks * chance)) for reason, chance in pointed]


def attention(
    attempts: Sequence[Attempt],
    explanation_changed: bool = False,
    thresholds: Thresholds | None = None,
) -> list[Reason]:
    """Why someone might look at this vignette again; empty where nothing calls, or the figures do not carry it."""
    reasons = [doubt.reason for doubt in doubts(attempts, thresholds) if doubt.chance <= ALLOWED[doubt.reason]]
    return [*reasons, "explanation changed"] if explanation_changed else reasons


def _comparable(attempts: Iterable[Attempt]) -> list[Attempt]:
    return [attempt for attempt in attempts if attempt.rest_total >= OTHERS_NEEDED]


def _too_few(known: Sequence[Attempt]) -> NotEnough:
    return NotEnough(len(known), LEARNERS_NEEDED, f"learners with {OTHERS_NEEDED} other vignettes")


def _thirds(attempts: Iterable[Attempt]) -> tuple[list[Attempt], list[Attempt]] | NotEnough | None:
    known = sorted(_comparable(attempts), key=lambda attempt: attempt.rest)
    if len(known) < LEARNERS_NEEDED:
        return _too_few(known)
    size = len(known) // 3
    lower, upper = known[size - 1].rest, known[-size].rest
    if lower >= upper:
        return None
    return [a for a in known if a.rest >= upper], [a for a in known if a.rest <= lower]


def _answer_shares(attempts: Sequence[Attempt]) -> dict[Answer, Share]:
    chosen = Counter(attempt.answer for attempt in attempts)
    return {answer: Share(answer, len(attempts), chosen[answer]) for answer in ANSWERS}


def _covariance(first: Sequence[float], second: Sequence[float]) -> float:
    one, two = sum(first) / len(first), sum(second) / len(second)
    return sum((x - one) * (y - two) for x, y in zip(first, second, strict=True)) / (len(first) - 1)


def _percent(ratio: float) -> float:
    """In percent, without the 1e-14 by which rounding can leave the range."""
    return 100 * max(-1.0, min(1.0, ratio))
