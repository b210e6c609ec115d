"""Signed values: who carries one is who it says, with no look into the database.

The newest key signs; a value that an earlier key signed is read for as long as that key is kept.
"""

import hashlib
from functools import lru_cache
from hmac import compare_digest
from typing import Final

from fastapi import Request
from itsdangerous import BadSignature, Signer, TimestampSigner

LONGEST_TOKEN: Final = 200  # characters; the longest that is made, of a device and a name, has about 100
_MARK: Final = 22


class Tokens:
    """Signs and reads values, each for one purpose; a token for one purpose is worth nothing for another."""

    def __init__(self, *secrets: str) -> None:
        """`secrets`: the key that signs, then earlier ones in any order."""
        self._secrets = secrets[::-1]  # the library signs with the last
        self._signers: dict[str, Signer] = {}
        self._timed: dict[str, TimestampSigner] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key that signs, then earlier ones."""
        return self._secrets[::-1]

    def sign(self, purpose: str, value: str) -> str:
        """A token without an end."""
        return self._signer(purpose).sign(value).decode()

    def read(self, purpose: str, token: str) -> str | None:
        """The value, or None when the token was not made here for this purpose."""
        if len(token) > LONGEST_TOKEN:
            return None
        try:
            return self._read(purpose, token)
        except (BadSignature, UnicodeError):
            return None

    @lru_cache(maxsize=10_000)  # noqa: B019  # one for each application, for as long as it lives
    def _read(self, purpose: str, token: str) -> str:
        """Kept only when it is ours: what raises is not."""
        return self._signer(purpose).unsign(token).decode()

    def mark(self, purpose: str, value: str) -> str:
        """A signature of 132 bits for a link that names the value itself: short enough for a QR code."""
        return self._signer(purpose).get_signature(value).decode()[:_MARK]

    def is_marked(self, purpose: str, value: str, mark: str) -> bool:
        """Whether the mark was made here for this value, with any of our keys."""
        if len(mark) != _MARK or not mark.isascii():
            return False
        signer = self._signer(purpose)
        made = (Signer(key, key_derivation="none", digest_method=hashlib.sha256) for key in signer.secret_keys)
        return any(compare_digest(one.get_signature(value).decode()[:_MARK], mark) for one in made)

    def is_newest(self, purpose: str, token: str) -> bool:
        """Whether the newest key made this token: one that is not is given anew when its holder comes by."""
        value = self.read(purpose, token)
        return value is not None and self.sign(purpose, value) == token

    def sign_timed(self, purpose: str, value: str) -> str:
        """A token whose age is checked when it is read."""
        return self._timed_signer(purpose).sign(value).decode()

    def read_timed(self, purpose: str, token: str, seconds: int, longest: int = LONGEST_TOKEN) -> str | None:
        """The value, or None when the token is not ours, older than so many seconds, or longer than it can be.

        One from the future is ours as well: the clock has been put back since.
        """
        if len(token) > longest:
            return None
        try:
            signer = self._timed_signer(purpose)
            value, made = signer.unsign(token, return_timestamp=True)
            return value.decode() if signer.get_timestamp() - made.timestamp() <= seconds else None
        except (BadSignature, UnicodeError):
            return None

    # The function itself, not one around it: given that, HMAC is computed in C.
    def _signer(self, purpose: str) -> Signer:
        if purpose not in self._signers:
            # The same signatures, with the purpose's keys derived once and not for each.
            derived = [_signer(secret, purpose).derive_key() for secret in self._secrets]
            self._signers[purpose] = Signer(derived, key_derivation="none", digest_method=hashlib.sha256)
        return self._signers[purpose]

    def _timed_signer(self, purpose: str) -> TimestampSigner:
        if purpose not in self._timed:
            self._timed[purpose] = TimestampSigner(
                self._secrets, salt=f"three-circles.{purpose}.timed", digest_method=hashlib.sha256
            )
        return self._timed[purpose]


def _signer(secret: str, purpose: str) -> Signer:
    return Signer(secret, salt=f"three-circles.{purpose}", digest_method=hashlib.sha256)


def tokens_of(request: Request) -> Tokens:
    tokens: Tokens = request.app.state.tokens
    return tokens
