"""Passwords that are guessed first, by rule: no list has to be shipped, looked up or kept up to date.

A password is read as a row of pieces that a guesser tries first. What it costs is how many of them, and of characters
between them, have to be guessed.
"""

import unicodedata
from typing import Final

ENOUGH: Final = 5
_SHORTEST_WALK: Final = 3

# A walk goes along one of these, either way.
_WALKS: Final = tuple(
    walk
    for row in (
        "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl",
        "qsdfghjklm",
        "zxcvbnm", "yxcvbnm", "wxcvbn", "!\"£$%^&*()", "!@#$%^&*()", "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn",
        "7ujm", "147", "258", "369", "159", "753", "aeiou",
    )
    for walk in (row, row[::-1])
)  # fmt: skip

# What people take for a password, written down for this product by kinds.
_COMMON: Final = tuple(
    """
    password passwort passphrase motdepasse contrasena pass word secret secure security private login logon signin
    welcome hello letmein changeme change access admin administrator root user guest test testing demo default master
    superman batman spiderman pokemon starwars computer internet google facebook windows microsoft iphone samsung
    iloveyou loveyou love lovely forever family baby angel princess prince sunshine flower butterfly rainbow summer
    autumn winter spring january february march april may june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday football soccer rugby cricket hockey baseball basketball tennis
    golf swimming racing liverpool arsenal chelsea manchester united everton tottenham celtic rangers barcelona juventus
    england scotland wales ireland britain london paris berlin dragon monkey tiger lion eagle shadow ninja hunter ranger
    dolphin chicken chocolate cookie banana orange apple cheese purple yellow silver golden diamond freedom whatever
    nothing trustno trust jesus christ heaven michael jennifer jessica ashley charlie daniel thomas george matthew
    andrew joshua robert william nicole hannah samantha the my me you this is new old one two three four five six
    seven eight nine ten abc abcd qwe asd zxc mynameis itsme doctor
    nurse hospital clinic nhs health staff office work team
    """.split()  # noqa: SIM905  # words are read and changed as a text
)
# Of this product and its subject: worth nothing here.
_OURS: Final = tuple(
    """
    threecircles three circles circle threat threats drive drives soothing soothe system systems emotion emotions
    emotional regulation regulate compassion compassionate focused focus therapy therapist therapists trainer trainers
    training trainee facilitator facilitators group groups session sessions vignette vignettes story stories julie dave
    mind brain breathing mindfulness cft and
    """.split()  # noqa: SIM905  # words are read and changed as a text
)
_LEET: Final = (str.maketrans("013457@$!", "oieastasi"), str.maketrans("013457@$!|", "oleastasll"))
_BETWEEN: Final = " -_.,:;/"


def is_weak(password: str, name: str) -> bool:
    """Whether this is among what is tried first, also for someone of this name."""
    ours = (*_OURS, *(part for part in _plain(name).replace("-", " ").split() if len(part) > 2), _joined(name))
    return _cost(_plain(password), ours) < ENOUGH


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _joined(name: str) -> str:
    return "".join(_plain(name).split())


def _cost(text: str, ours: tuple[str, ...]) -> int:
    """The least that has to be guessed: 1 for a common word, walk, year or other character; words of ours and
    repetitions of what stands just before are free."""
    spellings = (text, *(text.translate(table) for table in _LEET))
    cost = [0] + [len(text)] * len(text)
    for start in range(len(text)):
        here = cost[start]

        def reach(length: int, price: int, start: int = start, here: int = here) -> None:
            cost[start + length] = min(cost[start + length], here + price)

        reach(1, 0 if text[start] in _BETWEEN else 1)
        for words, price in ((_COMMON, 1), (ours, 0)):
            for word in words:
                if word and any(spelling.startswith(word, start) for spelling in spellings):
                    reach(len(word), price)
        if text[start : start + 2] in ("19", "20") and text[start : start + 4].isdecimal() and len(text) >= start + 4:
            reach(4, 1)
        for length in range(_SHORTEST_WALK, _walk(text, start) + 1):
            reach(length, 1)
        for length in range(1, min(start, len(text) - start) + 1):
            if text.startswith(text[start - length : start], start):
                reach(length, 0)
    return cost[-1]


def _walk(text: str, start: int) -> int:
    """How many characters from here go along one row."""
    longest = 0
    for row in _WALKS:
        length = 1
        while start + length < len(text) and text[start : start + length + 1] in row:
            length += 1
        longest = max(longest, length)
    return longest
