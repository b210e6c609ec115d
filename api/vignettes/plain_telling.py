"""What makes a story plain to follow, as far as a program can see it: more than `checking` asks of every file.

`vignettes check` holds files to it. In trainers' editor the same is advice: a published text is never refused for it.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from api.vignettes.case import Case
from api.vignettes.checking import sentences

MOST_NAMES: Final = 2  # at levels 1 and 2
REACH: Final = 90  # characters before and after a quotation, within which someone says it

_ITALIC = re.compile(r"(?<!\*)\*([^*\n]{1,300})\*(?!\*)")
_QUOTATION = re.compile(r"[‘“]([^‘’“”]{1,300}(?:’[a-z]{1,3}[^‘’“”]{0,300}){0,9})[’”]")
_SPOKEN = re.compile(
    r"\b(says?|said|asks?|tells?|told|thinks?|thought|writes?|replies|reply|answers?|shouts?|calls?|mutters?|whispers?"
    r"|adds?|laughs|screams?|snaps?|sighs?|explains?|repeats?|reads?|goes|words|message)\b"
)
_FELT = re.compile(
    r"\b(feel\w*|fear\w*|afraid|scar\w+|worr\w*|anxi\w*|panic\w*|dread\w*|angr\w*|furious|asham\w*|shame|guilt\w*|hate\w*"
    r"|disgust\w*|tense|tight\w*|sick|shak\w+|rac\w+|pound\w*|trembl\w*|freez\w*|frozen|numb|empty|heavy|cold|hot|burn\w*"
    r"|cannot breathe|proud|pride|thrill\w*|excit\w*|delight\w*|love\w*|like\w*|enjoy\w*|glad|happ\w*|pleas\w*|want\w*"
    r"|wish\w*|hope\w*|look\w* forward|grin\w*|smil\w*|laugh\w*|warm\w*|calm\w*|safe\w*|content\w*|peace\w*|relax\w*"
    r"|comfort\w*|settled|slow\w*|rest\w*|quiet\w*|ease|gentl\w*|sad\w*|lonel\w*|cr(?:y|ies|ied)|tears?|think\w*|thought"
    r"|know\w*|certain|sure|convinced|believ\w*|hurt\w*)\b",
    re.I,
)
_ALCOHOL = re.compile(r"\b(beers?|lager|wines?|vodka|whisky|gin|rum|cider|pints?|drunk|hangovers?)\b", re.I)
_NUMB = re.compile(r"\b(numb|numbness|feels? nothing|not (?:to )?feel anything)\b", re.I)
_CAPITAL = re.compile(r"(?<![.!?…‘“’”:] )(?<![‘“\n-])(?<!^)\b(?!I\b|I’)([A-ZÀ-Þ][\w’'-]*)")
_BEFORE_PLACE = re.compile(r"\b(in|at|to|from|of|near|through|for|a|an|the|next)\s+$")
_CALENDAR = re.compile(
    r"^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?$|^(January|February|March|April|May|June|July|August|September|October"
    r"|November|December|Christmas|Easter|Eid|Ramadan|Diwali)$"
)

Concerns = Literal["story", "marks", "key", "content_note", "explanation"]


class Finding(NamedTuple):
    """What would make the case plainer. `quote` are words of the file where it can be seen."""

    concerns: Concerns
    message: str
    quote: str = ""


def plain_findings(case: Case) -> Iterator[Finding]:
    yield from _quotations(case)
    yield from _level(case)
    yield from _speech(case)
    yield from _notes(case)


def _quotations(case: Case) -> Iterator[Finding]:
    story = _folded(case.story)
    for text in (case.why, *case.others.values()):
        for match in _ITALIC.finditer(text):
            if _folded(match[1]).strip(".,;:!?'\" ") not in story:
                yield Finding("explanation", f"“{match[1]}” is in italics but is not in the story", match[1])


def _level(case: Case) -> Iterator[Finding]:
    level, key = case.head.level, case.head.key
    if level == 3 and (len(set(case.acceptable) - {"unsure"}) < 2 or "unsure" not in case.acceptable):
        yield Finding("key", "level 3 accepts two systems and unsure: its motive is mixed or not told")
    if level == 1:
        own = [cue for cue in case.cues if cue.system == key.dominant and cue.polarity == "present"]
        if own and not any(
            _FELT.search(case.story[cue.start : cue.end]) or _FELT.search(_sentence_of(case.story, cue.start))
            for cue in own
        ):
            yield Finding("marks", "level 1 says a feeling, a thought or what the body does in a marked place")
    if level < 3 and len(others := _other_names(case)) >= MOST_NAMES:
        names = ", ".join(others)
        yield Finding("story", f"the story names {case.head.person}, {names}: two people at most are easy to follow")


def _speech(case: Case) -> Iterator[Finding]:
    for match in _QUOTATION.finditer(case.story):
        before = case.story[max(0, match.start() - REACH) : match.start()]
        around = before + case.story[match.end() : match.end() + REACH]
        if len(match[1].split()) > 1 and not _SPOKEN.search(around):
            yield Finding("story", f"“{match[1]}”: say who says, thinks or writes it", match[1])


def _notes(case: Case) -> Iterator[Finding]:
    note = (case.head.content_note or "").lower()
    harsh = any(cue.type == "threat.self_attack" and cue.strength == "clear" for cue in case.cues)
    if harsh and "self-talk" not in note:
        yield Finding("content_note", "the story has harsh self-talk: the content note says so")
    if (drink := _ALCOHOL.search(case.story)) and "alcohol" not in note:
        yield Finding("content_note", f"“{drink[0]}”: the content note mentions alcohol", drink[0])
    if (numb := _NUMB.search(case.story)) and "numb" not in note:
        yield Finding("content_note", f"“{numb[0]}”: the content note mentions numbness", numb[0])


def _folded(text: str) -> str:
    """For comparing words: without regard to case, line breaks and the shapes of quotes."""
    return " ".join(text.translate(_QUOTES).casefold().split())


_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def _sentence_of(story: str, place: int) -> str:
    at = 0
    for sentence in sentences(story):
        at = story.index(sentence, at)
        if at + len(sentence) > place:
            return sentence
        at += len(sentence)
    return ""


def _other_names(case: Case) -> list[str]:
    """Names besides the character's: words with a capital within a sentence that are no place and no day."""
    found: dict[str, None] = {}
    for match in _CAPITAL.finditer(case.story):
        name = match[1].removesuffix("’s").removesuffix("'s")
        if name in ("Mr", "Mrs", "Ms", "Dr") or name.isupper() or _CALENDAR.match(name) or name in case.head.person:
            continue
        if not _BEFORE_PLACE.search(case.story[: match.start()]):
            found.setdefault(name)
    return list(found)
