"""What a learner's answers show: shares with intervals, what is taken for what, calibration, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.kit.systems import NAME, SYSTEMS
from api.practice.naming import question_of, skill_name
from api.practice.shelf import PracticeIndex, is_pair
from api.practice.skills import Skill, need
from api.practice.state import Given, State
from api.stats.calibration import Calibration, calibrate
from api.stats.shares import Share, share

STRETCH = 10  # answers in one point of the learning curve


@dataclass(frozen=True, slots=True)
class SkillDue:
    """A skill of the library: how it went, and when it comes back (seconds since 1970); never met: due None."""

    skill: str
    name: str
    answered: int
    matched: int
    due: float | None
    need: float


@dataclass(frozen=True, slots=True)
class Advice:
    """What to practise next and why, in one sentence; no skill before the first answers."""

    skill: str | None
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """First answers only, where it says matched. `confusion[key][answer]` counts what was taken for what."""

    answered: int
    whole: Share
    systems: tuple[Share, ...]
    levels: tuple[Share, ...]
    confusion: dict[str, dict[str, int]]
    unsure: dict[str, int]
    also_fit: int
    calibration: Calibration
    curve: tuple[Share, ...]
    skills: tuple[SkillDue, ...]
    mixed_up: tuple[str, ...]
    advice: Advice


def mixed_up(state: State, shelf: PracticeIndex) -> tuple[str, ...]:
    """The skills in which something was taken for something else and that are not settled, the weakest first.

    A skill is settled when its own ability is no longer below the learner's general one.
    """
    found = [
        (skill.theta, name)
        for name, skill in state.skills.items()
        if skill.missed and skill.theta < 0 and name in shelf.by_skill
    ]
    return tuple(name for _, name in sorted(found))


def look_back(shelf: PracticeIndex, state: State, given: Sequence[Given], now: float) -> Progress:
    """Everything on the page of progress, from the learner's answers in the order in which they were given."""
    first = [
        (answer, shelf.items[answer.vignette_id])
        for answer in given
        if answer.attempt == 1 and answer.vignette_id in shelf.items
    ]
    matches = [answer.system in item.acceptable for answer, item in first]
    confusion: dict[str, dict[str, int]] = {key: dict.fromkeys(SYSTEMS, 0) for key in SYSTEMS}
    unsure: dict[str, int] = dict.fromkeys(SYSTEMS, 0)
    also_fit = 0
    for answer, item in first:
        if answer.system != item.dominant and answer.system in item.acceptable:
            also_fit += 1
        elif answer.system == "unsure":
            unsure[item.dominant] += 1
        else:
            confusion[item.dominant][answer.system] += 1
    skills = _skills(shelf, state, now)
    mixed = mixed_up(state, shelf)
    return Progress(
        answered=len(given),
        whole=share("All", matches),
        systems=tuple(
            share(system, [hit for hit, (_, item) in zip(matches, first, strict=True) if item.dominant == system])
            for system in SYSTEMS
        ),
        levels=tuple(
            share(f"Level {level}", [hit for hit, (_, item) in zip(matches, first, strict=True) if item.level == level])
            for level in (1, 2, 3)
        ),
        confusion={key: dict(row) for key, row in confusion.items()},
        unsure=unsure,
        also_fit=also_fit,
        calibration=calibrate(
            (answer.confidence, hit)
            for hit, (answer, _) in zip(matches, first, strict=True)
            if answer.confidence and answer.system != "unsure"
        ),
        curve=tuple(
            share(f"{start + 1} to {min(start + STRETCH, len(matches))}", matches[start : start + STRETCH])
            for start in range(0, len(matches), STRETCH)
        ),
        skills=skills,
        mixed_up=mixed,
        advice=_advise(skills, mixed, state),
    )


def headline(progress: Progress) -> str:
    """The finding: what is most often taken for what, or else where the answers match most."""
    taken = [
        (count, key, answer)
        for key, row in progress.confusion.items()
        for answer, count in row.items()
        if key != answer and count
    ]
    if taken and max(taken)[0] >= 2:
        _, key, answer = max(taken)
        return f"{NAME[key]} is where you see {answer} most often"
    if progress.whole.answered < 6:
        return "The picture is just beginning"
    best = max(progress.systems, key=lambda row: (row.share or 0, row.answered))
    return f"{NAME[best.name]} is what you recognise most surely"


def _skills(shelf: PracticeIndex, state: State, now: float) -> tuple[SkillDue, ...]:
    rows = []
    for name in shelf.skills:
        own = state.skills.get(name)
        rows.append(
            SkillDue(
                skill=name,
                name=skill_name(name),
                answered=own.n if own else 0,
                matched=own.n - own.missed if own else 0,
                due=own.due if own else None,
                need=need(own, state.ability, now),
            )
        )
    # Pairs before signs; what comes back soonest first, what was never met last.
    return tuple(sorted(rows, key=lambda row: (not is_pair(row.skill), row.due is None, row.due or 0.0, row.name)))


def _advise(skills: Sequence[SkillDue], mixed: Sequence[str], state: State) -> Advice:
    if not state.answers:
        return Advice(None, "Meet the first people", "Nine people, from clear to open, show where to begin.")
    pairs = [skill for skill in mixed if is_pair(skill)]
    if pairs or mixed:
        skill = (pairs or list(mixed))[0]
        own: Skill = state.skills[skill]
        times = "once" if own.missed == 1 else "twice" if own.missed == 2 else f"{own.missed} times"
        question = question_of(skill)
        ask = f" In each, ask: {question}" if question else ""
        return Advice(skill, skill_name(skill), f"The key saw this differently from you {times} so far.{ask}")
    known = [row for row in skills if row.due is not None]
    if known:
        soonest = min(known, key=lambda row: (-row.need, row.due or 0.0))
        question = question_of(soonest.skill)
        ask = f" In each, ask: {question}" if question else ""
        return Advice(soonest.skill, soonest.name, f"It has gone well, and meeting it again keeps it at hand.{ask}")
    return Advice(None, "A mixed set", "Meet a few people, and this page will tell you more.")
