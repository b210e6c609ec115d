"""The analysis of one vignette: what its first attempts, its blind ratings and its groups say."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from api.item_analysis.attempts import NEWEST, read_one
from api.item_analysis.movement import Moved, read_movement
from api.kit.systems import System
from api.stats import items
from api.stats.calibration import Calibration
from api.stats.enough import NotEnough
from api.stats.items import Attempt, Discrimination, Reason, Rival, StrongAndWeak
from api.stats.shares import Share
from api.vignettes.case import Case
from api.vignettes.catalogue import Vignette
from api.vignettes.checking import WORD

OFTEN = 0.25  # words that so many of those who mark anything mark, though no sign stands there


@dataclass(frozen=True, slots=True)
class SignMarked:
    """A sign of the key, and the share of those who marked any words who marked some of it."""

    text: str
    system: System
    share: Share


@dataclass(frozen=True, slots=True)
class CueAgreement:
    """How the learners' marks meet the key's signs; `elsewhere` are words that many marked where no sign stands."""

    markers: int
    signs: tuple[SignMarked, ...]
    elsewhere: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """Every figure of one vignette, or what is still too little for it. `capped`: only the newest learners count."""

    learners: int
    capped: bool
    facility: Share | NotEnough
    discrimination: Discrimination | NotEnough
    strong_and_weak: StrongAndWeak | NotEnough | None
    calibration: Calibration | NotEnough
    miskeyed: Rival | NotEnough | None
    cues: CueAgreement | NotEnough
    movement: Moved | NotEnough
    reasons: tuple[Reason, ...]


def analyse(engine: Engine, vignette: Vignette, smallest: int) -> Analysis:
    """The analysis of a vignette's present series; three queries. Nothing is told below `smallest` learners."""
    found = read_one(engine, vignette.id)
    attempts = found.attempts
    return Analysis(
        learners=len(attempts),
        capped=len(attempts) == NEWEST,
        facility=facility(attempts, smallest),
        discrimination=items.discrimination(attempts),
        strong_and_weak=items.strong_and_weak(attempts),
        calibration=calibration(attempts, smallest),
        miskeyed=items.possibly_miskeyed(attempts),
        cues=cue_agreement(vignette.case, found.marked, smallest),
        movement=read_movement(engine, vignette.id, vignette.series, vignette.case.acceptable),
        reasons=reasons(attempts, found.mostly_older, smallest),
    )


def facility(attempts: Sequence[Attempt], smallest: int) -> Share | NotEnough:
    """The share of learners who found an answer that fits, from `smallest` of them."""
    return items.facility(attempts) if len(attempts) >= smallest else NotEnough(len(attempts), smallest, "learners")


def calibration(attempts: Sequence[Attempt], smallest: int) -> Calibration | NotEnough:
    """Confidence against outcome, from `smallest` learners who said how sure they were."""
    said = sum(attempt.confidence is not None for attempt in attempts)
    return items.calibration(attempts) if said >= smallest else NotEnough(said, smallest, "answers with a confidence")


def reasons(attempts: Sequence[Attempt], mostly_older: bool, smallest: int) -> tuple[Reason, ...]:
    """Why someone might look at the vignette again."""
    return tuple(items.attention(attempts, mostly_older and len(attempts) >= smallest))


def cue_agreement(case: Case, marked: Sequence[Sequence[tuple[int, int]]], smallest: int) -> CueAgreement | NotEnough:
    """Each sign with the share of markers who touched it; `marked` holds the spans of each learner who marked any."""
    markers = len(marked)
    if markers < smallest:
        return NotEnough(markers, smallest, "learners who marked words")
    signs = []
    for cue in sorted(case.cues, key=lambda cue: cue.start):
        touched = sum(cue.touches(spans) for spans in marked)
        signs.append(SignMarked(case.story[cue.start : cue.end], cue.system, Share("learners", markers, touched)))
    return CueAgreement(markers, tuple(signs), _elsewhere(case, marked))


def _elsewhere(case: Case, marked: Sequence[Sequence[tuple[int, int]]]) -> tuple[tuple[str, int], ...]:
    """Runs of words outside every sign that OFTEN of the markers marked, with the most that marked any of them."""
    runs: list[tuple[int, int, int]] = []
    near = False
    for match in WORD.finditer(case.story):
        start, end = match.span()
        count = sum(any(a < end and start < b for a, b in spans) for spans in marked)
        if count < OFTEN * len(marked) or any(cue.start < end and start < cue.end for cue in case.cues):
            near = False
            continue
        if near:
            runs[-1] = (runs[-1][0], end, max(count, runs[-1][2]))
        else:
            runs.append((start, end, count))
        near = True
    return tuple((case.story[start:end], count) for start, end, count in runs)
