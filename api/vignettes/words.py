"""The words of a story that people mark: where each one stands, and what a form says of them."""

from collections.abc import Iterable

from api.vignettes.checking import WORD

Span = tuple[int, int]  # start and end in the story's text, in characters


def word_spans(story: str) -> list[Span]:
    """Start and end of every word, in order."""
    return [match.span() for match in WORD.finditer(story)]


def spans_of(form: Iterable[tuple[str, str]]) -> list[Span]:
    """The words that a form marks, each as `cues=start-end`. Raises ValueError where one is no pair of numbers."""
    pairs = [value.partition("-") for name, value in form if name == "cues"]
    return [(int(start), int(end)) for start, _, end in pairs]


def phrases(words: Iterable[Span]) -> list[Span]:
    """Marked words as phrases: those that only a space parts become one span."""
    spans: list[Span] = []
    for start, end in sorted(words):
        if spans and start <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def passages(story: str, marked: Iterable[Span]) -> list[str]:
    """Marked spans as they read: those of one paragraph with no word between them become one passage."""
    spans: list[Span] = []
    for start, end in sorted(marked):
        between = story[spans[-1][1] : start] if spans else "\n\n"
        if "\n\n" in between or WORD.search(between):
            spans.append((start, end))
        else:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
    return [story[start:end] for start, end in spans]
