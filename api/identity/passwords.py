"""Names and passwords: what may be chosen, and Argon2id.

Hashing takes 64 MiB and a while on purpose: it happens in threads that may wait, two at a time, and those who find the
queue full are told at once to come back, so that a flood of sign-ins takes neither memory nor threads from the pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Semaphore
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import TooMany, Unprocessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_NAME = 60

HASHES_AT_ONCE: Final = 2
HASHES_WAITING: Final = 6
KNOWN_WAITING: Final = 4  # places kept for devices on which the same name has signed in before
RETRY_SECONDS: Final = 3

_passwords = PasswordHash([Argon2Hasher()])
_turns = BoundedSemaphore(HASHES_AT_ONCE)
_places = BoundedSemaphore(HASHES_AT_ONCE + HASHES_WAITING)
_kept_places = BoundedSemaphore(KNOWN_WAITING)


def chosen_name(name: str) -> str:
    """The name without blanks around it. Raises Unprocessable."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Unprocessable(
            "Choose a name of 1 to 60 characters.", [{"pointer": "/name", "detail": "1 to 60 characters"}]
        )
    return name


def hash_password(password: str) -> str:
    """The Argon2id hash of a new password. Raises Unprocessable, and TooMany when too many wait."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Unprocessable(f"Choose a password of {detail}.", [{"pointer": "/password", "detail": detail}])
    with _turn(_places):
        return _passwords.hash(password)


def fits(password: str, stored: str | None, *, known: bool = False) -> bool:
    """Whether this is the password of that hash; as slow when there is no hash to compare with.

    `known`: the device has places in the queue that strangers cannot take. Raises TooMany when too many wait.
    """
    with _turn(_kept_places if known else _places):
        valid = _passwords.verify(password[:LONGEST_PASSWORD], stored or _nobody())
    return valid and bool(stored) and len(password) <= LONGEST_PASSWORD


@contextmanager
def _turn(places: Semaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise TooMany(RETRY_SECONDS, "Many people are signing in just now. Please try again in a few seconds.")
    try:
        with _turns:
            yield
    finally:
        places.release()


@cache
def _nobody() -> str:
    return _passwords.hash("a password that nobody has")
