"""What a learner's answers show: shares with intervals, what is taken for what, calibration, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.kit.systems import SYSTEMS
from api.practice.naming import question_of, skill_name
from api.practice.shelf import PracticeIndex, is_pair, systems_of
from api.practice.sittings import PLANS
from api.practice.skills import need
from api.practice.state import Given, State
from api.stats.calibration import Calibration, calibrate
from api.stats.detection import Detection, detect
from api.stats.shares import Share, share

STRETCH = 10  # answers in one point of the learning curve


@dataclass(frozen=True, slots=True)
class SkillDue:
    """A skill of the library: how it went, and when it comes back (seconds since 1970); not started: due None."""

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
class Taken:
    """In `count` of the `answered` stories whose suggested answer is `key`, the learner chose `answer`."""

    key: str
    answer: str
    count: int
    answered: int


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
    detection: tuple[Detection, ...]
    curve: tuple[Share, ...]
    skills: tuple[SkillDue, ...]
    mixed_up: tuple[str, ...]
    most_taken: Taken | None
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
    systems = tuple(
        share(system, [hit for hit, (_, item) in zip(matches, first, strict=True) if item.dominant == system])
        for system in SYSTEMS
    )
    most_taken = _most_taken(confusion, systems)
    return Progress(
        answered=len(given),
        whole=share("All", matches),
        systems=systems,
        levels=tuple(
            share(f"Level {level}", [hit for hit, (_, item) in zip(matches, first, strict=True) if item.level == level])
            for level in (1, 2, 3)
        ),
        confusion=confusion,
        unsure=unsure,
        also_fit=also_fit,
        calibration=calibrate(
            (answer.confidence, hit)
            for hit, (answer, _) in zip(matches, first, strict=True)
            if answer.confidence and answer.system != "unsure"
        ),
        # Stories with more than one good answer say nothing about a lean.
        detection=tuple(
            detect(system, [(item.dominant, answer.system) for answer, item in first if len(item.acceptable) == 1])
            for system in SYSTEMS
        ),
        curve=tuple(
            share(f"{start + 1} to {min(start + STRETCH, len(matches))}", matches[start : start + STRETCH])
            for start in range(0, len(matches), STRETCH)
        ),
        skills=skills,
        mixed_up=mixed,
        most_taken=most_taken,
        advice=_advise(skills, mixed, state, most_taken),
    )


def finding(progress: Progress) -> str:
    """One sentence: what is most often taken for what, or else where the answers match most; "" while it is early."""
    taken = progress.most_taken
    if taken is not None:
        return f"In {taken.count} of the {taken.answered} stories where we chose {taken.key}, you chose {taken.answer}."
    if progress.whole.answered < 6:
        return ""
    best = max(row.share or 0.0 for row in progress.systems)
    surest = [row.name for row in progress.systems if row.share == best]
    if len(surest) == len(progress.systems):
        return "You spot all three systems equally well."
    return f"You spot {' and '.join(surest)} most reliably."


def _most_taken(confusion: dict[str, dict[str, int]], systems: Sequence[Share]) -> Taken | None:
    """What was taken for something else most often, twice or more; None where two are equally frequent."""
    answered = {row.name: row.answered for row in systems}
    found = [
        Taken(key, answer, count, answered[key])
        for key, row in confusion.items()
        for answer, count in row.items()
        if key != answer and count >= 2
    ]
    found.sort(key=lambda taken: (taken.count, taken.count / taken.answered), reverse=True)
    if len(found) > 1 and (found[0].count, found[0].answered) == (found[1].count, found[1].answered):
        return None
    return found[0] if found else None


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
    # Pairs before cues, what is due soonest first, what was not started last.
    return tuple(sorted(rows, key=lambda row: (not is_pair(row.skill), row.due is None, row.due or 0.0, row.name)))


def _advise(skills: Sequence[SkillDue], mixed: Sequence[str], state: State, taken: Taken | None) -> Advice:
    """What to practise next: first what tells apart the two systems of the finding, so that page and advice agree."""
    if not state.answers:
        return Advice(None, PLANS["placement"].title, PLANS["placement"].says)
    if taken is not None and (told_apart := _telling_apart(skills, mixed, taken)):
        return _advice(told_apart, f"This topic is about telling {taken.key} and {taken.answer} apart.")
    pairs = [skill for skill in mixed if is_pair(skill)]
    if pairs or mixed:
        skill = (pairs or list(mixed))[0]
        missed = state.skills[skill].missed
        times = "once" if missed == 1 else "twice" if missed == 2 else f"{missed} times"
        return _advice(skill, f"Your answer has differed from ours {times} on this topic.")
    known = [row for row in skills if row.due is not None]
    if known:
        soonest = min(known, key=lambda row: (-row.need, row.due or 0.0))
        return _advice(soonest.skill, "You are doing well with this topic. A quick review will help it stick.")
    return Advice(None, PLANS["ten"].title, "Answer a few stories, and this page will tell you more.")


def _telling_apart(skills: Sequence[SkillDue], mixed: Sequence[str], taken: Taken) -> str | None:
    """The pair between the two systems: one that was mixed up, the weakest first, else the one most in need."""
    both = {taken.key, taken.answer}
    weakest = [skill for skill in mixed if is_pair(skill) and systems_of(skill) >= both]
    neediest = sorted((row for row in skills if is_pair(row.skill) and systems_of(row.skill) >= both), key=_by_need)
    return next(iter(weakest + [row.skill for row in neediest]), None)


def _by_need(row: SkillDue) -> float:
    return -row.need


def _advice(skill: str, sentence: str) -> Advice:
    question = question_of(skill)
    return Advice(skill, skill_name(skill), f"{sentence} Ask yourself: {question}" if question else sentence)
