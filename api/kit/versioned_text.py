"""A text that several people may edit, such as a story or a session plan: what is kept, and what stands in the way.

A writer says which save they began with, by its mark. Whatever is saved is kept, with faults and all.
"""

import re
import unicodedata
from collections.abc import Callable, Collection

from api.kit.errors import Conflict, TooLarge, Unprocessable
from api.kit.yaml import plain_lines

LONGEST_SLUG = 60
_SAME_TITLE = 1000


class EditConflict(Conflict):
    """Someone else has saved since; `theirs` is the text as it now stands, `mark` what a save over it must name."""

    title = "Someone else saved changes before you"

    def __init__(self, thing: str, theirs: str, mark: str) -> None:
        super().__init__(
            f"Someone has saved this {thing} since you opened it. "
            "Both versions are safe. Check theirs, then save again.",
            headers={"ETag": f'"{mark}"'},
        )
        self.theirs, self.mark = theirs, mark


def as_kept(source: str, largest: int, thing: str) -> str:
    """The text with plain line ends. Raises TooLarge above `largest` bytes, Unprocessable for what no database takes.

    `thing` is what its people call it.
    """
    source = plain_lines(source)
    if "\0" in source:
        raise Unprocessable("The text contains an invalid character (NUL). Remove it, then save again.")
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        raise Unprocessable("The text contains half a character. Remove it, then save again.") from None
    if size > largest:
        raise TooLarge(f"A {thing} can have up to {largest:,} bytes. Shorten it, then save again.")
    return source


def free_slug(title: str, thing: str, taken: Callable[[str], Collection[str]]) -> str:
    """An address made of the title's words that nothing has yet; `taken` gives the addresses that begin so.

    Raises Unprocessable for a title without letters.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")
    if not base:
        problem = f"Give the {thing} a title with letters in it."
        raise Unprocessable(problem, [{"pointer": "/title", "detail": "letters"}])
    known = taken(base)
    for slug in (base, *(f"{base}-{number}" for number in range(2, _SAME_TITLE))):
        if slug not in known:
            return slug
    raise Conflict(f"Too many have this title. Choose a different one for the {thing}.")
