"""Bytes as text that a cookie takes as it stands: base64url without padding."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_text(value: bytes) -> str:
    """Letters, digits, hyphens and underscores alone: anything else would be put in quotes."""
    return urlsafe_b64encode(value).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """What `to_text` was given."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
