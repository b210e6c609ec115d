"""Names and passwords: what may be chosen, and Argon2id. Hashing takes a while on purpose: never on the event loop."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import Unprocessable

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_NAME = 60

_passwords = PasswordHash([Argon2Hasher()])


def chosen_name(name: str) -> str:
    """The name without blanks around it. Raises Unprocessable."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Unprocessable(
            "Choose a name of 1 to 60 characters.", [{"pointer": "/name", "detail": "1 to 60 characters"}]
        )
    return name


def hash_password(password: str) -> str:
    """The Argon2id hash of a new password. Raises Unprocessable for one that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Unprocessable(f"Choose a password of {detail}.", [{"pointer": "/password", "detail": detail}])
    return _passwords.hash(password)


def fits(password: str, stored: str | None) -> bool:
    """Whether this is the password of that hash; as slow when there is no hash to compare with."""
    valid = _passwords.verify(password[:LONGEST_PASSWORD], stored or _nobody())
    return valid and bool(stored) and len(password) <= LONGEST_PASSWORD


@cache
def _nobody() -> str:
    return _passwords.hash("a password that nobody has")
