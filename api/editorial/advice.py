"""What helps someone who is writing a vignette right now: few sentences, the most useful one first."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from api.editorial.similar import Likeness
from api.editorial.undecided import Choice
from api.kit.plain_text import folded, names
from api.kit.systems import NAME, SYSTEMS, System
from api.kit.yaml import Fault
from api.vignettes.case import Case
from api.vignettes.checking import DIAGNOSIS, LONGEST, LONGEST_SENTENCE, SHORTEST, SYSTEM_NAME, sentences, words
from api.vignettes.plain_telling import Concerns, plain_findings
from api.vignettes.readability import age_span

AT_ONCE = 3  # pieces of advice shown; more would be a wall

Kind = Literal["next", "consider"]
Field = Literal[
    "source", "title", "person", "level", "key", "blend", "content_note", "skills", "story", "marks", "why",
    "others", "questions",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """`next` stops the text until it is done, `consider` is only worth a look. `quote` are words of the text."""

    kind: Kind
    headline: str
    detail: str
    field: Field
    quote: str = ""

    @property
    def tab(self) -> Literal["write", "source"]:
        """The tab of the editor where it can be done."""
        return "source" if self.field == "source" else "write"

    @property
    def anchor(self) -> str:
        """The id of the place in that tab."""
        return _ANCHOR[self.field]


_ANCHOR: dict[Field, str] = {
    "source": "f-source",
    "title": "f-title",
    "person": "f-person",
    "level": "part-level",
    "key": "part-key",
    "blend": "part-sizes",
    "content_note": "part-more",
    "skills": "part-more",
    "story": "part-story",
    "marks": "part-story",
    "why": "f-why",
    "others": "part-why",
    "questions": "f-questions",
}


@dataclass(frozen=True, slots=True)
class Measures:
    """The story in figures. `age` is None while there are too few words to say anything."""

    words: int
    longest_sentence: int
    age: tuple[int, int] | None
    marks: int
    marks_for_key: int
    fits: bool


@dataclass(frozen=True, slots=True)
class WritingAdvice:
    """Advice for now, how much more is waiting, and the figures. `ready` says that `check` finds nothing.

    `stops` is all that stands between the text and a review; it comes first in `items` too.
    """

    items: tuple[Advice, ...]
    stops: tuple[Advice, ...]
    waiting: int
    measures: Measures | None
    ready: bool


def advise(
    case: Case | None, faults: Sequence[Fault], alike: Likeness | None = None, choices: Sequence[Choice] = ()
) -> WritingAdvice:
    """Advice on a text as it was read, with the published vignette that is most like it, and what is left open."""
    if case is None:
        found = [Advice("next", f"Line {fault.line}.", _sentence(fault.message), "source") for fault in faults]
        return WritingAdvice(tuple(found[:AT_ONCE]), tuple(found), len(found[AT_ONCE:]), None, ready=False)
    found = list(_advice(case, alike, choices))
    if faults and not any(item.kind == "next" for item in found):
        found = [Advice("next", f"Line {f.line}.", _sentence(f.message), "source") for f in faults] + found
    found.sort(key=lambda item: item.kind != "next")
    stops, shown = tuple(item for item in found if item.kind == "next"), tuple(found[:AT_ONCE])
    return WritingAdvice(shown, stops, len(found) - len(shown), measure(case), ready=not faults)


def measure(case: Case) -> Measures:
    count = len(words(case.story))
    present = [cue for cue in case.cues if cue.polarity == "present"]
    return Measures(
        words=count,
        longest_sentence=max((len(words(sentence)) for sentence in sentences(case.story)), default=0),
        age=age_span(case.story) if count >= SHORTEST else None,
        marks=len(case.cues),
        marks_for_key=sum(cue.system == case.head.key.dominant for cue in present),
        fits=SHORTEST <= count <= LONGEST,
    )


def _advice(case: Case, alike: Likeness | None, choices: Sequence[Choice]) -> Iterator[Advice]:
    """In the order of work: a story, its words, marks, the key, explanations, and what is worth a second look."""
    count = len(words(case.story))
    if count == 0:
        yield Advice(
            "next",
            "Start with one short scene.",
            "Write in the present tense what a camera could see and hear.",
            "story",
        )
        return
    yield from _wording(case)
    if count < SHORTEST:
        more = "a few more sentences give" if count > SHORTEST // 2 else "go on; later sentences give"
        yield Advice(
            "next", f"{count} words so far.", f"{SHORTEST} to {LONGEST} work well: {more} room for cues.", "story"
        )
        if count < SHORTEST // 2:
            return
    yield from _story(case, count)
    for choice in choices:
        yield _TO_CHOOSE[choice]
    if "dominant" in choices:
        return
    yield from _marks(case)
    if len(case.cues) >= 3:
        yield from _key(case)
    if count >= SHORTEST and case.cues:
        yield from _explanations(case)
        yield from _plainness(case)
        yield from _second_look(case, alike)


_TO_CHOOSE: dict[Choice, Advice] = {
    "level": Advice("next", "No level is chosen yet.", "Say how hard it is.", "level"),
    "dominant": Advice("next", "No answer is chosen yet.", "Say which system is biggest.", "key"),
    "blend": Advice("next", "The sizes are blank.", "Say about how big each circle is.", "blend"),
}


def _wording(case: Case) -> Iterator[Advice]:
    for match in SYSTEM_NAME.finditer(case.story):
        yield Advice(
            "next", f"“{match[0]}” gives the answer away.", "Describe what can be seen instead.", "story", match[0]
        )
    for match in DIAGNOSIS.finditer(case.story):
        yield Advice("next", f"“{match[0]}” labels the character.", "Say what happens instead.", "story", match[0])
    texts: list[tuple[Field, str]] = [
        ("story", case.story),
        ("why", case.why),
        *(("others", text) for text in case.others.values()),
        *(("questions", question) for question in case.questions),
    ]
    for pattern, hint in GUIDANCE:
        for field, text in texts:
            # What people say to themselves may be harsh: that is often the very sign.
            heard = _SPEECH.sub(lambda said: " " * len(said[0]), text) if field == "story" else text
            if unkind := pattern.search(heard):
                yield Advice("consider", f"“{unkind[0]}” can be said more kindly.", hint, field, unkind[0])
                break


_FIELD: dict[Concerns, Field] = {
    "story": "story",
    "marks": "marks",
    "key": "key",
    "content_note": "content_note",
    "explanation": "why",
}


def _plainness(case: Case) -> Iterator[Advice]:
    for finding in plain_findings(case):
        detail = _sentence(finding.message)
        yield Advice("consider", "Easier to follow.", detail, _FIELD[finding.concerns], finding.quote)


_SPEECH = re.compile(r"“[^“”]*”|‘[^‘’]*’(?!\w)|\"[^\"]*\"")
# Domain brief, section 4, after the NHS style guide.
GUIDANCE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bsuffer(?:s|ed|ing)? from\b", re.I), "“Has” or “lives with” leaves the person whole."),
    (re.compile(r"\bvictims?\b", re.I), "Say what happened, such as “was mugged”."),
    (re.compile(r"\bmentally ill\b", re.I), "Say what can be seen, or “lives with …” where it matters."),
    (re.compile(r"\bshould(?:n[’']t)?\b", re.I), "“Could” leaves people a choice."),
    (re.compile(r"\b(?:suicid\w*|self[- ]harm\w*)\b", re.I), "Such details can hurt readers. Please leave them out."),
)


def _story(case: Case, count: int) -> Iterator[Advice]:
    if count > LONGEST:
        yield Advice(
            "next", f"{count} words.", f"Up to {LONGEST} fit on a phone. Which sentence could you cut?", "story"
        )
    for sentence in sentences(case.story):
        if (length := len(words(sentence))) > LONGEST_SENTENCE:
            start = " ".join(sentence.split()[:5]) + " …"
            yield Advice(
                "next", f"One sentence has {length} words.", f"“{start}” Try two short sentences.", "story", sentence
            )
    if not names(case.story, case.head.person):
        yield Advice(
            "next", f"{case.head.person} is not in the story yet.", "Use the name once, or change it above.", "person"
        )
    for lost in case.head.reconstructed:
        if folded(lost.text) not in folded(case.story):
            yield Advice(
                "next", "Reconstructed words have gone.", f"“{lost.text}” is listed in the source.", "source", lost.text
            )


def _marks(case: Case) -> Iterator[Advice]:
    key, present = case.head.key, [cue for cue in case.cues if cue.polarity == "present"]
    for answer in case.acceptable:
        if answer != "unsure" and not any(cue.system == answer for cue in present):
            yield Advice(
                "next",
                f"Nothing points to {answer} yet.",
                f"The key says {answer}: mark the words that point to it.",
                "marks",
            )
    clear = sum(cue.system == key.dominant and cue.strength == "clear" for cue in present)
    if case.head.level < 3 and clear == 1:
        yield Advice(
            "next", f"One clear cue for {key.dominant}.", f"Level {case.head.level} needs a second one.", "marks"
        )
    if len(case.cues) < 3:
        there = {0: "No cues are marked yet.", 1: "One cue is marked.", 2: "Two cues are marked."}[len(case.cues)]
        yield Advice("next", there, "Select words, then choose what they show. Three cues are enough.", "marks")
    for cue in present:
        if case.head.level == 1 and cue.strength == "clear" and cue.system != key.dominant:
            quote = case.story[cue.start : cue.end]
            yield Advice(
                "next",
                f"A clear cue for {cue.system} competes.",
                f"Make “{quote}” a hint, or choose level 2.",
                "marks",
                quote,
            )


def _key(case: Case) -> Iterator[Advice]:
    key, level = case.head.key, case.head.level
    if key.acceptable and key.dominant not in key.acceptable:
        yield Advice("next", f"{NAME[key.dominant]} is biggest.", "Tick it among the answers that fit.", "key")
    if key.secondary == key.dominant:
        yield Advice("next", f"{NAME[key.dominant]} is biggest and second.", "Choose another second, or none.", "key")
    if level == 3 and len(case.acceptable) < 2:
        yield Advice(
            "next", "Level 3 has more than one answer.", "Tick two that fit, or add “not enough information”.", "key"
        )
    if level == 1 and len(case.acceptable) > 1:
        yield Advice("next", "Level 1 has one answer.", "With two that fit, level 3 suits this story.", "level")
    ranges = {system: getattr(key.blend, system) for system in SYSTEMS}
    for system, (low, high) in ranges.items():
        if low > high:
            yield Advice(
                "next", f"{NAME[system]} goes from {low} down to {high}.", "Put the smaller number first.", "blend"
            )
    if sum(low for low, _ in ranges.values()) > 100 or sum(high for _, high in ranges.values()) < 100:
        yield Advice(
            "next", "The sizes do not add up.", "Somewhere within the three ranges there has to be 100 %.", "blend"
        )
    largest: System = max(SYSTEMS, key=lambda system: (sum(ranges[system]), system == key.dominant))
    if largest != key.dominant:
        yield Advice("consider", f"{NAME[largest]} has the largest size.", f"The key says {key.dominant}.", "blend")


def _explanations(case: Case) -> Iterator[Advice]:
    key = case.head.key
    if not case.why:
        yield Advice("next", f"Why {key.dominant}?", "Two or three sentences that quote the words.", "why")
    for system in SYSTEMS:
        if system != key.dominant and not case.others.get(system):
            yield Advice(
                "next",
                f"Why might someone choose {system}?",
                "Say what in the story supports it, and what the story does not tell us.",
                "others",
            )
    if not case.questions:
        yield Advice("next", "Add a question to discuss.", "For example: what would change your mind?", "questions")


def _second_look(case: Case, alike: Likeness | None) -> Iterator[Advice]:
    if case.others.get(case.head.key.dominant):
        yield Advice(
            "consider",
            f"{NAME[case.head.key.dominant]} is explained twice.",
            "It is the key now: move what fits into the first explanation and empty the other.",
            "others",
        )
    if alike is not None:
        yield Advice(
            "consider",
            f"This story is very similar to “{alike.title}”.",
            "Someone who has read one will guess the answer to the other.",
            "story",
        )
    long = next((part for part in case.story.split("\n\n") if len(sentences(part)) > 3), None)
    if long is not None:
        yield Advice("consider", "One paragraph is long.", "Three sentences are easy to take in.", "story", long)
    if not case.head.skills:
        yield Advice("consider", "What does it practise?", "Trainers use this to find stories.", "skills")


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + "."
