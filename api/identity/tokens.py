"""Signed values: who carries one is who it says, with no look into the database."""

import hashlib
from functools import lru_cache

from itsdangerous import BadSignature, Signer, TimestampSigner


class Tokens:
    """Signs and reads values, each for one purpose; a token for one purpose is worth nothing for another."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._signers: dict[str, Signer] = {}
        self._timed: dict[str, TimestampSigner] = {}

    def sign(self, purpose: str, value: str) -> str:
        """A token without an end."""
        return self._signer(purpose).sign(value).decode()

    @lru_cache(maxsize=10_000)  # noqa: B019  # one for each application, for as long as it lives
    def read(self, purpose: str, token: str) -> str | None:
        """The value, or None when the token was not made here for this purpose."""
        try:
            return self._signer(purpose).unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    def sign_timed(self, purpose: str, value: str) -> str:
        """A token whose age is checked when it is read."""
        return self._timed_signer(purpose).sign(value).decode()

    def read_timed(self, purpose: str, token: str, seconds: int) -> str | None:
        """The value, or None when the token is not ours or older than so many seconds.

        One from the future is ours as well: the clock has been put back since.
        """
        try:
            signer = self._timed_signer(purpose)
            value, made = signer.unsign(token, return_timestamp=True)
            return value.decode() if signer.get_timestamp() - made.timestamp() <= seconds else None
        except (BadSignature, UnicodeError):
            return None

    # The function itself, not one around it: given that, HMAC is computed in C.
    def _signer(self, purpose: str) -> Signer:
        if purpose not in self._signers:
            signer = Signer(self._secret, salt=f"three-circles.{purpose}", digest_method=hashlib.sha256)
            # The same signatures, with the purpose's key derived once and not for each.
            self._signers[purpose] = Signer(signer.derive_key(), key_derivation="none", digest_method=hashlib.sha256)
        return self._signers[purpose]

    def _timed_signer(self, purpose: str) -> TimestampSigner:
        if purpose not in self._timed:
            self._timed[purpose] = TimestampSigner(
                self._secret, salt=f"three-circles.{purpose}.timed", digest_method=hashlib.sha256
            )
        return self._timed[purpose]
