"""Codes to read out and type: no look-alike characters, and no vowels that could make words."""

import re
import secrets
import unicodedata

# Without A E I O U (words), B 8, C, 5 S, 2 Z, 1 L, 0, V (alike in print or in sound).
ALPHABET = "DFGHJKMNPQRTWXY34679"
LENGTH = 6


def new_code(length: int = LENGTH) -> str:
    """A random code; of the usual length 20 to the power of 6, 64 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


_IN_LINK = re.compile(r"(?:/g/|/c/|[?&]code=)([0-9a-z]{1,20})", re.I)


def normalise(typed: str) -> str:
    """The code meant by what was typed or pasted: any case and width, with blanks or hyphens, or a whole link."""
    plain = unicodedata.normalize("NFKC", typed)
    linked = _IN_LINK.search(plain)
    return "".join(sign for sign in (linked[1] if linked else plain).upper() if sign.isalnum())


def spoken(code: str) -> str:
    """The code in two halves, as it is shown and read out."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"
