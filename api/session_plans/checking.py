"""The rules for a good plan: what `plans check` finds beyond what cannot be read at all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.kit.suggest import did_you_mean
from api.kit.systems import CAVEAT
from api.kit.yaml import Document, Fault
from api.session_plans.parts import CommonStep
from api.session_plans.plan import Audience, Plan
from api.session_plans.reading import read_with_places
from api.session_plans.steps import CloseStep, RoundStep, SystemsStep
from api.session_plans.wording import brain_links, diagnoses, words_to_avoid
from api.vignettes.checking import words
from api.vignettes.readability import reading_age, sentences_of

WALL_TEXT, WALL_ALL, PHONE_TEXT = 60, 95, 90  # words; the wall's smallest letters have 26 px
LONGEST_SENTENCE = 20
OLDEST_READER: Final[Mapping[Audience, int]] = {"psychoeducation": 11, "training": 14}
LEVELS: Final[Mapping[Audience, tuple[int, ...]]] = {"psychoeducation": (1, 2), "training": (2, 3)}
_ON_THE_WALL = ("rules", "questions", "headings", "summary", "goodbye")  # own words that stand on the wall too
_CAVEAT = CAVEAT.partition(".")[0]

Place = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan if there is one; faults, which keep it out; and advice, which does not."""

    plan: Plan | None
    faults: list[Fault]
    advice: list[Fault]


def tolerance(length: int) -> int:
    """By how many minutes the steps may miss a length: one in twenty, and at least two."""
    return max(2, length // 20)


def check(text: str, levels: Mapping[str, int], file_stem: str | None = None) -> Checked:
    """Reads a plan file and applies every rule. `levels` are the vignettes that there are, by slug."""
    plan, document, faults = read_with_places(text)
    if plan is None or document is None:
        return Checked(None, faults, [])
    found = [*_frame_faults(plan, document, file_stem)]
    advice: list[Fault] = []
    for number, step in enumerate(plan.steps):
        path: Place = ("steps", number)
        found += _word_faults(step, document, path)
        found += _size_faults(step, document, path)
        if isinstance(step, RoundStep):
            found += _round_faults(plan, step, document, path, levels)
        advice += _advice(plan, step, document, path)
    return Checked(plan, sorted(set(found)), sorted(set(advice)))


def check_file(path: Path, levels: Mapping[str, int]) -> Checked:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Checked(None, [Fault(1, 1, f"the file cannot be read as UTF-8 text: {error}")], [])
    return check(text, levels, path.stem)


def plan_files(paths: list[Path]) -> list[Path]:
    """The files meant by files and folders: in a folder every .yaml."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return found


def _frame_faults(plan: Plan, document: Document, file_stem: str | None) -> Iterator[Fault]:
    if file_stem is not None and plan.slug != file_stem:
        yield _at(document, ("slug",), f"the slug is “{plan.slug}” and the file “{file_stem}.yaml”: make them equal")
    here: Place = ("lengths",)
    if list(plan.lengths) != sorted(set(plan.lengths)):
        yield _at(document, here, "lengths: write each length once, the shortest first")
    for length in plan.lengths:
        total, room = plan.minutes_in(length), tolerance(length)
        if abs(total - length) > room:
            yield _at(
                document, here, f"the steps of {length} minutes add up to {total}; within {room} minutes is near enough"
            )
        steps = plan.steps_in(length)
        if steps and not isinstance(steps[-1], CloseStep):
            yield _at(document, here, f"the session of {length} minutes does not end with a step of the kind close")
    for number, step in enumerate(plan.steps):
        path: Place = ("steps", number)
        for length in step.minutes if isinstance(step.minutes, dict) else ():
            if length not in plan.lengths:
                yield _at(document, (*path, "minutes", length), f"{length} is not one of the plan's lengths")
        if isinstance(step, CloseStep) and not step.signposting and plan.audience == "psychoeducation":
            yield _at(document, (*path, "signposting"), "a session for members ends with where to find help")
    for field in ("title", "who_for", "aim"):
        for word, reason in (*words_to_avoid(getattr(plan, field)), *diagnoses(getattr(plan, field))):
            yield _find(document, (field,), word, reason)


def _word_faults(step: CommonStep, document: Document, path: Place) -> Iterator[Fault]:
    said: list[tuple[Place, str]] = [(("notes", "say", number), text) for number, text in enumerate(step.notes.say)]
    noted: list[tuple[Place, str]] = [
        (("notes", "watch", number), text) for number, text in enumerate(step.notes.watch)
    ]
    noted.append((("notes", "end"), step.notes.end))
    read = _read_by_members(step)
    for place, text in (*read, *said, *noted):
        for word, reason in words_to_avoid(text):
            yield _find(document, (*path, *place), word, reason)
    for place, text in (*read, *said):
        for word, reason in diagnoses(text):
            yield _find(document, (*path, *place), word, reason)
        # The cards of the systems carry the note by themselves.
        if not isinstance(step, SystemsStep) and _CAVEAT not in f"{step.wall} {step.phone}".replace("\n", " "):
            for word in brain_links(text):
                reason = f"“{word}” needs this note on the shared screen or phone page: “{_CAVEAT}.”"
                yield _find(document, (*path, *place), word, reason)


def _size_faults(step: CommonStep, document: Document, path: Place) -> Iterator[Fault]:
    on_wall = len(words(step.wall))
    with_lists = on_wall + sum(len(words(text)) for place, text in step.own_words() if place[0] in _ON_THE_WALL)
    if on_wall > WALL_TEXT:
        told = f"the shared screen has {on_wall} words. Use about {WALL_TEXT}, so that people at the back can read it"
        yield _at(document, (*path, "wall"), told)
    elif with_lists > WALL_ALL:
        told = f"the shared screen has {with_lists} words with its list. No more than {WALL_ALL} fit"
        yield _at(document, (*path, "wall"), told)
    if (on_phone := len(words(step.phone))) > PHONE_TEXT:
        told = f"the phone page has {on_phone} words. Use {PHONE_TEXT} or fewer"
        yield _at(document, (*path, "phone"), told)
    for place, text in _read_by_members(step):
        for sentence in sentences_of(text):
            if (length := len(words(sentence))) > LONGEST_SENTENCE:
                told = f"this sentence has {length} words. Use {LONGEST_SENTENCE} or fewer"
                yield _find(document, (*path, *place), sentence, told)


def _round_faults(
    plan: Plan, step: RoundStep, document: Document, path: Place, levels: Mapping[str, int]
) -> Iterator[Fault]:
    here: Place = (*path, "vignette")
    level = levels.get(step.vignette)
    if level is None:
        near = did_you_mean(step.vignette, levels) if levels else ""
        yield _at(document, here, f"there is no vignette “{step.vignette}”{near}")
    elif level not in LEVELS[plan.audience]:
        fitting = " and ".join(str(known) for known in LEVELS[plan.audience])
        yield _at(document, here, f"“{step.vignette}” has level {level}; levels {fitting} suit {plan.audience}")
    if "reason" in step.ask and plan.audience == "psychoeducation":
        yield _at(document, (*path, "ask"), "groups for clients collect no comments: leave out “reason”")


def _advice(plan: Plan, step: CommonStep, document: Document, path: Place) -> Iterator[Fault]:
    oldest = OLDEST_READER[plan.audience]
    for field in ("wall", "phone"):
        age = reading_age(getattr(step, field))
        if age is not None and age > oldest:
            told = (
                f"{field}: the reading age is about {age:.0f}. Aim for {oldest} or younger: shorter sentences and words"
            )
            yield _at(document, (*path, field), told)


def _read_by_members(step: CommonStep) -> list[tuple[Place, str]]:
    return [(("title",), step.title), (("wall",), step.wall), (("phone",), step.phone), *step.own_words()]


def _at(document: Document, path: Place, message: str) -> Fault:
    return Fault(*document.place(path), message, path)


def _find(document: Document, path: Place, words_there: str, message: str) -> Fault:
    """The fault where the words stand below the path, wherever the file breaks its lines."""
    pattern = r"\s+".join(re.escape(word) for word in words_there.split())
    return Fault(*document.find(path, rf"(?<!\w){pattern}"), message, path)
