"""How a vignette does with learners: how many find its key, whether it tells learners apart, and what needs a look.

Everything is worked out from first attempts only. Practice is an incomplete matrix, in which everyone has answered
other vignettes, so a learner's ability is the *proportion* that they found of the rest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, NamedTuple

from api.kit.systems import ANSWERS, SYSTEMS, Answer
from api.stats.calibration import Calibration, calibrate
from api.stats.enough import NotEnough
from api.stats.intervals import wilson
from api.stats.shares import Share, share

LEARNERS_NEEDED, OTHERS_NEEDED, CONFIDENT_NEEDED = 30, 10, 10

Reason = Literal["too easy", "too hard", "does not discriminate", "possibly mis-keyed", "explanation changed"]


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


@dataclass(frozen=True, slots=True)
class StrongAndWeak:
    """How each answer was shared among the third that did best with the rest, and the third that did least well."""

    strong: dict[Answer, Share]
    weak: dict[Answer, Share]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a vignette asks for attention; shares from 0 to 1, efficiency in percent."""

    easy: float = 0.95
    hard: float = 0.35
    weak_efficiency: float = 20.0


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


def possibly_miskeyed(attempts: Iterable[Attempt]) -> Answer | NotEnough | None:
    """The system on which confident, generally able learners converge though the key does not accept it, if any.

    Among the upper third by rest proportion who were leaning or sure (10 or more), a system that is not accepted
    counts when the lower end of its Wilson interval lies above the share of everything that is.
    """
    thirds = _thirds(attempts)
    if thirds is None or isinstance(thirds, NotEnough):
        return thirds
    confident = [attempt for attempt in thirds[0] if attempt.confidence in ("leaning", "sure")]
    if len(confident) < CONFIDENT_NEEDED:
        return NotEnough(len(confident), CONFIDENT_NEEDED, "able learners who were confident")
    accepted = sum(attempt.correct for attempt in confident) / len(confident)
    chosen = Counter(attempt.answer for attempt in confident if not attempt.correct and attempt.answer in SYSTEMS)
    if not chosen:
        return None
    answer, count = max(chosen.items(), key=lambda item: item[1])
    return answer if wilson(count, len(confident))[0] > accepted else None


def attention(
    attempts: Sequence[Attempt], explanation_changed: bool = False, thresholds: Thresholds | None = None
) -> list[Reason]:
    """Why someone might look at this vignette again; empty where nothing calls, or too little is known."""
    limits = thresholds or Thresholds()
    reasons: list[Reason] = []
    found = facility(attempts)
    if isinstance(found, Share) and found.share is not None and found.answered >= LEARNERS_NEEDED:
        if found.share >= limits.easy:
            reasons.append("too easy")
        elif found.share <= limits.hard:
            reasons.append("too hard")
    told = discrimination(attempts)
    if isinstance(told, Discrimination) and told.efficiency is not None and told.efficiency < limits.weak_efficiency:
        reasons.append("does not discriminate")
    if isinstance(possibly_miskeyed(attempts), str):
        reasons.append("possibly mis-keyed")
    if explanation_changed:
        reasons.append("explanation changed")
    return reasons


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
