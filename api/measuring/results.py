"""What a measured course shows: to a learner their own change, to the trainer the class's. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.kit.systems import SYSTEMS
from api.measuring.service import CourseInfo, Given
from api.measuring.sets import LEVELS, SIZE, order_of
from api.stats.change import LEAST_LEARNERS, Change, mean_change, own_change
from api.stats.detection import Detection, detect
from api.vignettes.case import Case

COMPARED: Final = ((0, 1), (0, 2))  # before with after, and before with later


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A learner's change between two occasions, and how many of how many they matched."""

    occasion: int
    before: tuple[int, int]
    after: tuple[int, int]
    change: Change
    sentence: str


@dataclass(frozen=True, slots=True)
class ClassResult:
    """The class's mean change up to an occasion; by system and level too. `answered` is None below ten."""

    occasion: int
    answered: int | None
    whole: Change
    parts: tuple[tuple[str, Change], ...]
    sentence: str


def own_results(course: CourseInfo, learner: str, answers: Sequence[Given]) -> list[OwnResult]:
    """For each occasion that this learner has finished after the first, and that has closed."""
    found = []
    for first, later in COMPARED:
        before, after = _count(answers, first), _count(answers, later)
        if before[1] == after[1] == SIZE and course.closed(later):
            change = own_change(before, after, _harder(course, learner, later))
            found.append(OwnResult(later, before, after, change, _say_own(change)))
    return found


def class_results(course: CourseInfo, answers: Sequence[Given], cases: Mapping[int, Case]) -> list[ClassResult]:
    """For each occasion after the first that has closed, over learners who finished both sets."""
    by_learner: dict[str, list[Given]] = {}
    for one in answers:
        by_learner.setdefault(one.learner, []).append(one)
    found = []
    for first, later in COMPARED:
        if not course.closed(later):
            continue
        both = {
            learner: own
            for learner, own in by_learner.items()
            if _count(own, first)[1] == _count(own, later)[1] == SIZE
        }

        def change(keep: Callable[[Case], bool], both: Mapping[str, list[Given]] = both, later: int = later) -> Change:
            return mean_change(
                [
                    _share(own, later, cases, keep) - _share(own, 0, cases, keep) + _harder(course, learner, later)
                    for learner, own in both.items()
                ]
            )

        whole = change(_any)
        parts = [
            *((system.capitalize(), change(_with_key(system))) for system in SYSTEMS),
            *((f"Level {level}", change(_at_level(level))) for level in LEVELS),
        ]
        told = len(both) if len(both) >= LEAST_LEARNERS else None
        found.append(ClassResult(later, told, whole, tuple(parts), _say_class(whole)))
    return found


def _any(_: Case) -> bool:
    return True


def _with_key(system: str) -> Callable[[Case], bool]:
    return lambda case: case.head.key.dominant == system


def _at_level(level: int) -> Callable[[Case], bool]:
    return lambda case: case.head.level == level


def class_lean(course: CourseInfo, answers: Sequence[Given], cases: Mapping[int, Case]) -> list[Detection]:
    """Which answer the class leans towards, over the occasions that have closed; none below ten learners."""
    told = [one for one in answers if course.closed(one.occasion)]
    if len({one.learner for one in told}) < LEAST_LEARNERS:
        return []
    pairs = [(cases[one.vignette_id].head.key.dominant, one.system) for one in told if one.vignette_id in cases]
    return [detect(system, pairs) for system in SYSTEMS]


def _count(answers: Sequence[Given], occasion: int) -> tuple[int, int]:
    own = [one.matched for one in answers if one.occasion == occasion]
    return sum(own), len(own)


def _share(answers: Sequence[Given], occasion: int, cases: Mapping[int, Case], keep: Callable[[Case], bool]) -> float:
    own = [
        one.matched
        for one in answers
        if one.occasion == occasion and one.vignette_id in cases and keep(cases[one.vignette_id])
    ]
    return sum(own) / len(own) if own else 0.0


def _harder(course: CourseInfo, learner: str, occasion: int) -> float:
    """By how much this learner's set of the occasion is expected to be harder than their first."""
    order = order_of(course.salt, learner)
    return course.expected[order[0]] - course.expected[order[occasion]]


def _say_own(change: Change) -> str:
    if change.called == "up":
        return "You matched more of our answers than at the start, and more than chance alone would bring."
    if change.called == "down":
        return "You matched fewer of our answers than at the start, and chance alone would hardly bring that."
    return "Too few to tell. With twelve stories each time, a difference like this can be chance."


def _say_class(change: Change) -> str:
    if change.change is None:
        return f"Too few to tell: this needs {LEAST_LEARNERS} learners who finished both sets."
    points = abs(round(100 * change.change))
    if change.called == "up":
        return f"On average learners matched {points} in 100 more of our answers than at the start."
    if change.called == "down":
        return f"On average learners matched {points} in 100 fewer of our answers than at the start."
    return "Too few to tell whether the class changed. That is a result too."
