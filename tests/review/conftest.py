"""The trainers of the editorial tests."""

from tests.editorial.conftest import author, editor, other_rater, rater

__all__ = ["author", "editor", "other_rater", "rater"]
