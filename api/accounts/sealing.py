"""Secrets that the server has to read again, encrypted with keys that stand outside the database.

Fernet: AES-128-CBC with HMAC-SHA-256. The newest signing key seals; what an earlier one sealed can be opened for as
long as that key is kept.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE: Final = b"three-circles.sealed"


def seal(secrets: Sequence[str], text: str) -> str:
    """`secrets`: the key that seals, then earlier ones."""
    return _fernet(secrets).encrypt(text.encode()).decode()


def unseal(secrets: Sequence[str], sealed: str) -> str | None:
    """The text; None when none of the keys sealed it."""
    try:
        return _fernet(secrets).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def reseal(secrets: Sequence[str], sealed: str) -> str:
    """The same under the newest key, so that an earlier one can be forgotten."""
    return _fernet(secrets).rotate(sealed.encode()).decode()


def _fernet(secrets: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(secret))) for secret in secrets])


def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
