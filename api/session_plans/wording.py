"""Words that a plan does without, and what to say instead."""

import re
from collections.abc import Iterator
from typing import Final

from api.vignettes.checking import DIAGNOSIS

_BRAIN: Final = (
    r"\b(amygdala\w*|nucleus accumbens|accumbens|prefrontal|dopamine|oxytocin|opioids?|opiates?|adrenaline|cortisol|"
    r"endorphins?|serotonin)\b"
)
_KIND: Final = "can sound harsh; invite instead: “you may”, “some people find”"
_AVOID: Final[tuple[tuple[str, str], ...]] = (
    (r"\bshould(?:n['’]t)?\b", _KIND),
    (r"\byou must\b", _KIND),
    (r"\b(?:in)?correct(?:ly)?\b", "sounds like a judgement; say “fits”, “another view” or “what the story says”"),
    (r"\bwrong(?:ly)?\b", "sounds like a judgement; say “another view” or what happened"),
    (r"\bscor(?:es?|ed|ing)\b", "makes it a contest; say “size” or “count”"),
    (r"\bsuffer(?:s|ing|ed)? from\b", "makes the person smaller; say “lives with” or “has”"),
    (r"\bvictims?\b", "makes the person smaller; say what happened"),
    (r"\bmentally ill\b", "names people by an illness; say what can be seen"),
    (r"\b(?:patients|a patient|the patient)\b", "does not fit group members; say “people” or “members”"),
    (r"\b(?:reptil\w+|lizard|old|new|monkey) brains?\b", "is a picture of evolution that has been disproved"),
    (r"\byour (?:biggest )?system is\b", "tells people what they are like; ask what they notice"),
    (r"\bonly (?:living )?(?:animals?|creatures?|species|beings?)\b", "claims something untested; leave it out"),
    (r"\b(?:scientifically )?prove[sn]?\b", "promises too much; say what was found, and with which people"),
)


def words_to_avoid(text: str) -> Iterator[tuple[str, str]]:
    """Each such word as a pattern that finds it in the file, and what is the matter with it."""
    for pattern, reason in _AVOID:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield match[0], f"“{match[0]}” {reason}"


def diagnoses(text: str) -> Iterator[tuple[str, str]]:
    for match in DIAGNOSIS.finditer(text):
        yield match[0], f"“{match[0]}” is a diagnosis or jargon; say what can be seen or felt"


def brain_links(text: str) -> list[str]:
    """The parts of the brain and chemicals that a text names."""
    return [match[0] for match in re.finditer(_BRAIN, text, re.IGNORECASE)]
