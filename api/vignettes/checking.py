"""The rules for a good case: what `vignettes check` finds beyond what cannot be read at all."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from api.kit.plain_text import folded, names, tidy
from api.kit.prose import LONGEST as LONGEST_PROSE
from api.kit.suggest import did_you_mean
from api.kit.systems import NAME, SYSTEMS
from api.kit.yaml import MOST_FAULTS, Fault
from api.vignettes.case import Case
from api.vignettes.codebook import SKILLS
from api.vignettes.reading import read

SHORTEST, LONGEST, LONGEST_SENTENCE = 40, 90, 20
FAR_TOO_LONG = 4 * LONGEST  # words; of such a story only its length is told
WORDS_SOUGHT = 8  # are enough to find a sentence by
SHORTEST_RECONSTRUCTED = 30  # a source may give fewer facts, and nothing is added to them

_SENTENCE = re.compile(r"\S.*?(?:[.!?…][”’\"')]*(?=\s|$)|$)", re.DOTALL)
WORD = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
SYSTEM_NAME = re.compile(r"\b(threat\w*|drives?|driven|sooth\w*)\b", re.I)
DIAGNOSIS = re.compile(
    r"\b(PTSD|OCD|ADHD|depress\w*|bipolar|psychosis|psychotic|schizo\w*|burnout|phobia|\w+ disorder|mentally ill)\b",
    re.I,
)

Place = Callable[[str], tuple[int, int]]


def check(text: str, file_stem: str | None = None) -> tuple[Case | None, list[Fault]]:
    """Reads a case file and applies every rule; `file_stem` is the name that the slug has to equal."""
    case, faults = read(text)
    if case is None:
        return None, faults
    place = finder(text)
    if file_stem is not None and case.head.slug != file_stem:
        faults.append(
            Fault(*place("slug:"), f"the slug is “{case.head.slug}” and the file “{file_stem}.md”: make them equal")
        )
    faults += (*_story_faults(case, place), *_key_faults(case, place), *_text_faults(case, place))
    return case, sorted(set(faults))


def check_files(paths: list[Path]) -> Iterator[tuple[Path, Case | None, list[Fault]]]:
    """Each file's case and faults, among them a slug that an earlier file has taken."""
    taken: dict[str, Path] = {}
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            yield path, None, [Fault(1, 1, f"the file cannot be read as UTF-8 text: {error}")]
            continue
        case, faults = check(text, path.stem)
        if case and (first := taken.setdefault(case.head.slug, path)) is not path:
            faults = [
                Fault(*finder(text)("slug:"), f"the slug “{case.head.slug}” is already used by {first}"),
                *faults,
            ]
        yield path, case, faults


def case_files(paths: list[Path]) -> list[Path]:
    """The files meant by files and folders: in a folder every .md but its README."""
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.glob("*.md") if p.name != "README.md") if path.is_dir() else [path]
    return found


def finder(text: str) -> Place:
    """Where words first stand in the file, seen through span marks and line breaks; its start if nowhere.

    The file is looked at as it was read, once there is something to find in it.
    """
    read_as = cache(lambda: tidy(text))

    def place(words: str) -> tuple[int, int]:
        text = read_as()
        # Bounded, so that a text made to be hard to read is given up at once.
        gap = r"(?:\s|\[|\]\{[^{}]{0,300}+\})+"
        pattern = gap.join(re.escape(word) for word in words.split()[:WORDS_SOUGHT])
        match = re.search(pattern, text) or re.search(gap.join(re.escape(w) for w in words.split()[:2]), text)
        offset = match.start() if match else 0
        return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1

    return place


def words(text: str) -> list[str]:
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    return [m.group() for paragraph in text.split("\n\n") for m in _SENTENCE.finditer(paragraph)]


def _story_faults(case: Case, place: Place) -> Iterator[Fault]:
    count = len(words(case.story))
    shortest = SHORTEST_RECONSTRUCTED if case.head.reconstructed else SHORTEST
    if not shortest <= count <= LONGEST:
        start = place(" ".join(case.story.split()[:3])) if case.story else (1, 1)
        yield Fault(
            *start, f"the story has {count} words; {shortest} to {LONGEST} fit on a phone and leave room for cues"
        )
    if count > FAR_TOO_LONG:
        return
    for sentence in sentences(case.story):
        if (length := len(words(sentence))) > LONGEST_SENTENCE:
            yield Fault(*place(sentence), f"the sentence has {length} words; at most {LONGEST_SENTENCE} read easily")
    for match in SYSTEM_NAME.finditer(case.story):
        yield Fault(
            *place(case.story[match.start() :][:40]), f"“{match[0]}” gives the answer away; say what can be seen"
        )
    for match in DIAGNOSIS.finditer(case.story):
        yield Fault(
            *place(case.story[match.start() :][:40]), f"“{match[0]}” is a diagnosis or jargon; say what can be seen"
        )
    if not names(case.story, case.head.person):
        yield Fault(*place("person:"), f"the story does not name {case.head.person}")
    for words_lost in case.head.reconstructed[:MOST_FAULTS]:
        if folded(words_lost.text) not in folded(case.story):
            yield Fault(*place("reconstructed:"), f"reconstructed: “{words_lost.text}” does not stand in the story")


def _key_faults(case: Case, place: Place) -> Iterator[Fault]:
    key, level = case.head.key, case.head.level
    present = [cue for cue in case.cues if cue.polarity == "present"]
    clear = [cue.system for cue in present if cue.strength == "clear"]
    if key.acceptable and key.dominant not in key.acceptable:
        yield Fault(*place("key:"), f"acceptable has to name the dominant system too: add {key.dominant}")
    if key.secondary == key.dominant:
        yield Fault(*place("key:"), "secondary is another system than dominant; write null where the text shows none")
    if level == 3 and len(case.acceptable) < 2:
        yield Fault(
            *place("key:"),
            "level 3 is for mixed motives: name two acceptable answers, or unsure beside the dominant one",
        )
    if level == 1 and len(case.acceptable) > 1:
        yield Fault(*place("key:"), "level 1 has one answer; with two acceptable answers make it level 3")
    for answer in case.acceptable:
        if answer != "unsure" and answer not in [cue.system for cue in present]:
            yield Fault(
                *place("key:"), f"the key says {answer}, but no cue in the story supports it: mark the words that do"
            )
    if level < 3 and 0 < clear.count(key.dominant) < 2:
        yield Fault(*place("key:"), f"level {level} needs two clear cues for {key.dominant}; the story marks one")
    if len(case.cues) < 3:
        yield Fault(
            *place("key:"), f"the story marks {len(case.cues)} cues; three facts that can be observed are the least"
        )
    for cue in present[:MOST_FAULTS]:
        if level == 1 and cue.strength == "clear" and cue.system != key.dominant:
            quote = case.story[cue.start : cue.end]
            yield Fault(
                *place(quote), f"level 1 has no clear cue of another system ({cue.type}): mark it strength=partial"
            )
    ranges = {system: getattr(key.blend, system) for system in SYSTEMS}
    for system, (low, high) in ranges.items():
        if low > high:
            yield Fault(
                *place(f"{system}: ["), f"blend: {system} goes from {low} down to {high}; write the lower number first"
            )
    if sum(low for low, _ in ranges.values()) > 100 or sum(high for _, high in ranges.values()) < 100:
        yield Fault(*place("blend:"), "blend: no three sizes in these ranges add up to 100")


def _text_faults(case: Case, place: Place) -> Iterator[Fault]:
    for system in SYSTEMS:
        if system != case.head.key.dominant and not case.others.get(system):
            yield Fault(
                *place("## To talk about"),
                f"“## Why someone might choose {system}” is missing: {NAME[system]} deserves its reason",
            )
    if not case.why:
        yield Fault(*place(f"## Why {case.head.key.dominant}"), "the key has no explanation")
    for text in (case.why, *case.others.values(), *case.questions):
        if len(text) > LONGEST_PROSE:
            yield Fault(
                *place(text[:80]), f"this text has {len(text)} characters; at most {LONGEST_PROSE} fit beside a story"
            )
    if len(case.questions) < 1:
        yield Fault(*place("## To talk about"), "“## To talk about” needs at least one question, as a list with -")
    for skill in case.head.skills[:MOST_FAULTS]:
        if skill not in SKILLS:
            yield Fault(*place("skills:"), f"skills: “{skill}” is unknown{did_you_mean(skill, SKILLS)}")
