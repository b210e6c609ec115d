"""Cells for spreadsheets that run nothing."""

# OWASP's list of what a spreadsheet takes for the beginning of a formula, or skips before one.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.startswith(_STARTS) else text
