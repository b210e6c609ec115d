"""Says what a mistyped name may have been meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean “…”?` for the nearest known name, or the list of all names."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    return f"; did you mean “{near[0]}”?" if near else f"; known are: {', '.join(names)}"
