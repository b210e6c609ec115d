"""Text as people paste it: brought into one form at every entrance, and compared as people see it."""

import re
import unicodedata
from typing import Final

# Soft returns of word processors and slides, and the ends of lines and paragraphs of web pages.
_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Soft hyphens, zero-width blanks, byte order marks, and the brackets of direction that phones put around names.
_NOTHING: Final = re.compile("[\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\u202a-\u202c\u2066-\u2069]")
# Joiners carry something between emoji and in scripts whose letters join: never beside what is plain there.
_JOINED: Final = "\u0590-\u1dff\u2190-\ufefe\U00010000-\U0010ffff"
_LOOSE_JOINER: Final = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])")
_QUOTES: Final = str.maketrans("‘’‚‛ʼ`´′“”„‟«»″‐‑‒–—−", "''''''''\"\"\"\"\"\"\"------")
_OVERRIDES: Final = frozenset("\u202d\u202e")


# A plain name between plain signs is what people see: nothing has to be folded to find it.
_FOUND_AT_ONCE: Final = re.compile("[A-Za-z]{1,40}")
_APART: Final = r"\s.,;:!?()\[\]“”‘’\"'"


def tidy(text: str) -> str:
    """The text with composed letters and plain line breaks, without signs that show and mean nothing."""
    if "\r" in text or not text.isascii() or "\v" in text or "\f" in text:
        text = _NOTHING.sub("", _BREAKS.sub("\n", text))
        return unicodedata.normalize("NFC", _LOOSE_JOINER.sub("", text))
    return text


def one_line(text: str) -> str:
    """The tidy text on one line, with single blanks."""
    return " ".join(tidy(text).split())


def is_plain(text: str) -> bool:
    """Whether a line holds nothing but signs to read: no controls, and none that turn the direction of what follows.

    Emoji that this Python does not know yet are signs to read, and so are joiners and right-to-left marks.
    """
    return not any(
        unicodedata.category(sign) in ("Cc", "Cs") or sign in _OVERRIDES or ord(sign) & 0xFFFE == 0xFFFE
        for sign in text
    )


def is_visible(text: str) -> bool:
    """Whether there is anything to see in it."""
    return any(unicodedata.category(sign)[0] not in "ZM" and unicodedata.category(sign) != "Cf" for sign in text)


def folded(text: str) -> str:
    """The same for texts between which people see no difference: quotes' shapes, blanks, case, and unseen signs."""
    plain = unicodedata.normalize("NFKC", one_line(text).translate(_QUOTES)).casefold()
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", seen)


def names(text: str, name: str) -> bool:
    """Whether the text holds the name as a word of its own, as people see it.

    Where a script has no blanks between words, or the name ends in a dot, nothing has to stand beside it.
    """
    if _FOUND_AT_ONCE.fullmatch(name) and re.search(f"(?<![^{_APART}]){name}(?![^{_APART}])", text):
        return True
    wanted = folded(name)
    if not wanted:
        return False
    before = r"(?<!\w)" if _parts_words(wanted[0]) else ""
    after = r"(?!\w)" if _parts_words(wanted[-1]) else ""
    return re.search(before + re.escape(wanted) + after, folded(text)) is not None


def _parts_words(sign: str) -> bool:
    """Whether it is a letter of a script whose words stand apart: Latin, Greek, Cyrillic, Armenian."""
    return sign.isalnum() and ord(sign) < 0x590
