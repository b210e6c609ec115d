"""Days as the JSON takes them."""


def as_written(day: object) -> object:
    """A day is taken as the contract writes it, not as seconds since 1970 or as a day with a time."""
    if day is not None and not (isinstance(day, str) and len(day) == len("2026-12-31")):
        raise ValueError("a day such as 2026-12-31")
    return day
