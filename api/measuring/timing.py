"""When each occasion of a course is open. Pure."""

from datetime import date, timedelta
from typing import Final, Literal

Occasion = Literal[0, 1, 2]
OCCASIONS: Final = ("Before", "After", "Four weeks later")
OPEN_DAYS: Final = 14
LATER_DAYS: Final = 28
LEAST_DAYS, MOST_DAYS = 14, 366  # between the first days of the first two occasions


def first_day(begins: date, ends: date, occasion: int) -> date:
    return (begins, ends, ends + timedelta(days=LATER_DAYS))[occasion]


def closes(begins: date, ends: date, occasion: int) -> date:
    """The last day of an occasion."""
    return first_day(begins, ends, occasion) + timedelta(days=OPEN_DAYS - 1)


def last_day(ends: date) -> date:
    """The last day of the whole measurement."""
    return ends + timedelta(days=LATER_DAYS + OPEN_DAYS - 1)


def open_now(begins: date, ends: date, today: date) -> int | None:
    """The occasion that is open on this day."""
    return next((o for o in range(3) if first_day(begins, ends, o) <= today <= closes(begins, ends, o)), None)
