"""Passwords: what may be chosen, and Argon2id. Hashing takes a while on purpose: never on the event loop."""

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.identity.weak_passwords import is_weak
from api.problems import Unprocessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200

_passwords = PasswordHash([Argon2Hasher()])


def hash_password(password: str, name: str) -> str:
    """The Argon2id hash of a new password for somebody of this name.

    Raises Unprocessable for one that is too short, too long or guessed first.
    """
    password = _composed(password)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Unprocessable(f"Choose a password of {detail}.", [{"pointer": "/password", "detail": detail}])
    if is_weak(password, name):
        raise Unprocessable(
            "This password is among the first that someone would try: it repeats itself, follows the keyboard, or is"
            " made of common words, your name or words of Three Circles. Choose another, such as four unrelated words.",
            [{"pointer": "/password", "detail": "choose one that is harder to guess"}],
        )
    return _passwords.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether this is the password of that hash; as slow when there is no hash to compare with."""
    if len(password) > LONGEST_PASSWORD:
        _passwords.verify(password[:LONGEST_PASSWORD], _nobody())
        return False
    spellings = dict.fromkeys((_composed(password), password))  # as typed for hashes from before they were composed
    return any(_passwords.verify(spelling, stored or _nobody()) for spelling in spellings) and bool(stored)


def _composed(password: str) -> str:
    """The same for every keyboard: some send é as one character, some as two."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    return _passwords.hash("a password that nobody has")
