"""Passwords: what may be chosen, and Argon2id.

Hashing takes 64 MiB and a while on purpose: it happens in threads that may wait, two at a time, and those who find the
queue full are told at once to come back, so that a flood of sign-ins takes neither memory nor threads from the pages.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Semaphore
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.accounts.weak_passwords import is_weak
from api.kit.errors import TooMany, Unprocessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200

HASHES_AT_ONCE: Final = 2
HASHES_WAITING: Final = 6
KNOWN_WAITING: Final = 4  # places kept for devices on which the same name has signed in before
RETRY_SECONDS: Final = 3

_passwords = PasswordHash([Argon2Hasher()])
_turns = BoundedSemaphore(HASHES_AT_ONCE)
_places = BoundedSemaphore(HASHES_AT_ONCE + HASHES_WAITING)
_kept_places = BoundedSemaphore(KNOWN_WAITING)


def hash_password(password: str, name: str) -> str:
    """The Argon2id hash of a new password for somebody of this name.

    Raises Unprocessable for one that is too short, too long or guessed first, and TooMany when too many wait.
    """
    password = _composed(password)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Unprocessable(f"Choose a password of {detail}.", [{"pointer": "/password", "detail": detail}])
    if is_weak(password, name):
        raise Unprocessable(
            "This password is easy to guess: it repeats itself, follows the keyboard, or uses common words, your name "
            "or words from Three Circles. Choose another, such as four unrelated words.",
            [{"pointer": "/password", "detail": "a password that is harder to guess"}],
        )
    with _turn(_places):
        return _passwords.hash(password)


def verify_password(password: str, stored: str | None, *, known: bool = False) -> bool:
    """Whether this is the password of that hash; as slow when there is no hash to compare with.

    `known`: the device has places in the queue that strangers cannot take. Raises TooMany when too many wait.
    """
    with _turn(_kept_places if known else _places):
        if len(password) > LONGEST_PASSWORD:
            _passwords.verify(password[:LONGEST_PASSWORD], _nobody())
            return False
        spellings = dict.fromkeys((_composed(password), password))  # as typed for hashes from before they were composed
        return any(_passwords.verify(spelling, stored or _nobody()) for spelling in spellings) and bool(stored)


def _composed(password: str) -> str:
    """The same for every keyboard: some send é as one character, some as two."""
    return unicodedata.normalize("NFC", password)


@contextmanager
def _turn(places: Semaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise TooMany(RETRY_SECONDS, "Many people are signing in at the moment. Please try again in a few seconds.")
    try:
        with _turns:
            yield
    finally:
        places.release()


@cache
def _nobody() -> str:
    return _passwords.hash("a password that nobody has")
