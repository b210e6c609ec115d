"""Passwords: what may be chosen, and Argon2id.

Hashing takes 64 MiB and a while on purpose: it happens in threads that may wait, two at a time, and those who find the
queue full are told at once to come back, so that a flood of sign-ins takes neither memory nor threads from the pages.
"""

import os
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore, Semaphore
from time import monotonic
from typing import Final, TypeVar

import structlog
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.accounts.weak_passwords import is_weak
from api.kit.errors import TooMany, Unprocessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200

HASHES_AT_ONCE: Final = 2
HASHES_WAITING: Final = 6
KNOWN_WAITING: Final = 4  # places kept for who is signed in, and for devices on which the same name was before
RETRY_SECONDS: Final = 3
STEPS_BACK: Final = 10
TOLD_SECONDS: Final = 60.0

log = structlog.get_logger()

Done = TypeVar("Done")

_passwords = PasswordHash([Argon2Hasher()])
_places = BoundedSemaphore(HASHES_AT_ONCE + HASHES_WAITING)
_kept_places = BoundedSemaphore(KNOWN_WAITING)
_next_told = 0.0  # on the monotonic clock


def hash_password(password: str, name: str, *, known: bool = False) -> str:
    """The Argon2id hash of a new password for someone of this name.

    Raises Unprocessable for one that is too short, too long or guessed first, and TooMany when too many wait. `known`
    as for `verify_password`.
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
    return _in_turn(_kept_places if known else _places, lambda: _passwords.hash(password))


def verify_password(password: str, stored: str | None, *, known: bool = False) -> bool:
    """Whether this is the password of that hash; as slow when there is no hash to compare with.

    `known`: the one who asks is signed in, or was before on this device, and has places in the queue that strangers
    cannot take. Raises TooMany when too many wait.
    """

    def verify() -> bool:
        if len(password) > LONGEST_PASSWORD:
            _passwords.verify(password[:LONGEST_PASSWORD], _nobody())
            return False
        spellings = dict.fromkeys((_composed(password), password))  # as typed for hashes from before they were composed
        return any(_passwords.verify(spelling, stored or _nobody()) for spelling in spellings) and bool(stored)

    return _in_turn(_kept_places if known else _places, verify)


def _composed(password: str) -> str:
    """The same for every keyboard: some send é as one character, some as two."""
    return unicodedata.normalize("NFC", password)


def _step_back() -> None:
    """Lets pages and votes go first: on Linux a thread may have a priority of its own, which Argon2's lanes inherit."""
    if sys.platform == "linux":
        os.nice(STEPS_BACK)  # from wherever the process stands: only a step back is open to everyone


_hashing = ThreadPoolExecutor(HASHES_AT_ONCE, thread_name_prefix="password", initializer=_step_back)


def _in_turn(places: Semaphore, work: Callable[[], Done]) -> Done:
    if not places.acquire(blocking=False):
        _tell_refusal()
        raise TooMany(RETRY_SECONDS, "Many people are signing in at the moment. Please try again in a few seconds.")
    try:
        return _hashing.submit(work).result()
    finally:
        places.release()


def _tell_refusal() -> None:
    """A line of the log, at most one a minute: a flood must not fill the disk with them."""
    global _next_told  # noqa: PLW0603  # two threads that meet here write one line more
    if monotonic() >= _next_told:
        _next_told = monotonic() + TOLD_SECONDS
        log.warning("limit_met", kind="passwords_waiting")


@cache
def _nobody() -> str:
    return _passwords.hash("a password that no one has")
