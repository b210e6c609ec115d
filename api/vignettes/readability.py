"""About how old a reader is who finds a text easy. Pure; a rough guide, never a judgement."""

import re
from typing import Final

from api.vignettes.checking import sentences, words

FEWEST_WORDS: Final = 30  # below this the formula says more about chance than about the text
YOUNGEST, OLDEST = 6, 17  # within which a span is told
SCHOOL_STARTS: Final = 5  # years of age before the first grade of the formula's schools

_LIST_MARK = re.compile(r"^[^\S\n]*+(?:[-*]|\d++\.)\s++", re.MULTILINE)


def sentences_of(text: str) -> list[str]:
    """The sentences of a Markdown text; each line of a list is a sentence."""
    apart = _LIST_MARK.sub("\n", text)
    return [sentence for sentence in sentences(re.sub(r"\n\s*\n", "\n\n", apart)) if words(sentence)]


def reading_age(text: str) -> float | None:
    """Years of age by the Automated Readability Index; None for texts too short to tell.

    Index = 4.71 · letters per word + 0.5 · words per sentence − 21.43 (Smith & Senter 1967, AMRL-TR-66-220), a US
    school grade. It counts letters, so it needs no guess at syllables. It was fitted on much longer texts: sixty words
    give it within a year or two at best.
    """
    found = words(text)
    if len(found) < FEWEST_WORDS:
        return None
    letters = sum(character.isalnum() for word in found for character in word)
    grade = 4.71 * letters / len(found) + 0.5 * len(found) / len(sentences_of(text)) - 21.43
    return grade + SCHOOL_STARTS


def age_span(text: str) -> tuple[int, int] | None:
    """The reading age as a span of school years; None for texts too short to tell."""
    age = reading_age(text)
    if age is None:
        return None
    middle = max(YOUNGEST, min(OLDEST, round(age)))
    return middle - 1, middle + 1
