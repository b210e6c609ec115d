"""Names of accounts: what may be chosen, which are the same, and which look the same.

After UTS #39: two names look alike when their skeletons are equal. Ours folds case too, and knows the letters of other
scripts that are drawn as Latin ones.
"""

import unicodedata
from typing import Final

from api.kit.errors import Unprocessable
from api.kit.plain_text import is_plain, one_line

LONGEST_NAME: Final = 60

# Drawn alike in most typefaces, large and small letters apart, since some are alike in one of them only.
_DRAWN_AS: Final = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ" "авекмнорстухѕіјԛԝүһԁӏαβεικνορτυχϲγ" "ıɩɑɡʙʜᴋᴍᴏᴛᴠᴡᴢ×‘’ʼ`´‐‑–—−",
    "ABEKMHOPCTYXSIJQWYABEZHIKMNOPTYXC" "abekmhopctyxsijqwyhdlabeikvoptuxcy" "iiagbhkmotvwzx'''''-----",
)  # fmt: skip
_AFTER_FOLDING: Final = str.maketrans("01i|ǀ", "ollll")
_UNSEEN: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def chosen_name(name: str) -> str:
    """The name as it is kept: composed, without blanks around it. Raises Unprocessable."""
    name = one_line(name)
    if not is_plain(name):
        raise Unprocessable(
            "Use plain text for the name, without control characters or characters that reverse the text.",
            [{"pointer": "/name", "detail": "plain text"}],
        )
    if not 1 <= len(name) <= LONGEST_NAME or not skeleton(name):
        raise Unprocessable(
            "Choose a name of 1 to 60 characters.", [{"pointer": "/name", "detail": "1 to 60 characters"}]
        )
    return name


def name_key(name: str) -> str:
    """The same for every way of typing one name: wide or plain, composed or not, large or small letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())


def skeleton(name: str) -> str:
    """The same for names that look the same."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if not _is_unseen(c))
    folded = unicodedata.normalize("NFD", seen.translate(_DRAWN_AS)).casefold().translate(_AFTER_FOLDING)
    return " ".join(folded.split())


def _is_unseen(character: str) -> bool:
    variation = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
    return variation or character in _UNSEEN or unicodedata.category(character) in ("Cf", "Cc")
