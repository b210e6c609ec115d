"""How a session keeps to the time of its plan. Pure."""

CLOSE = 2  # minutes; nearer than that is in time


def behind(before: int, minutes: int, elapsed: float) -> int:
    """By how many minutes a session is behind its plan; below 0 it is ahead.

    `before`: minutes of the plan up to the present step; `minutes`: of the step; `elapsed`: since the first step was
    entered. Within the step's own time no one is behind or ahead.
    """
    if elapsed > before + minutes:
        return round(elapsed - before - minutes)
    return -round(before - elapsed) if elapsed < before else 0


def told(late: int) -> str:
    """A sentence for the facilitator."""
    if late >= CLOSE:
        return f"About {late} minutes behind."
    if late <= -CLOSE:
        return f"About {-late} minutes ahead."
    return "On time."
