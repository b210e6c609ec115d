"""How a session stands against the time of its plan, told gently. Pure."""

CLOSE = 2  # minutes; nearer than that is in time


def behind(before: int, minutes: int, elapsed: float) -> int:
    """By how many minutes a session is behind its plan; below 0 it is ahead.

    `before`: minutes of the plan up to the present step; `minutes`: of the step; `elapsed`: since the first step was
    entered. Within the step's own time nobody is behind or ahead.
    """
    if elapsed > before + minutes:
        return round(elapsed - before - minutes)
    return -round(before - elapsed) if elapsed < before else 0


def told(late: int) -> str:
    """A sentence for the facilitator."""
    if late >= CLOSE:
        return f"About {late} minutes behind the plan; that is fine."
    if late <= -CLOSE:
        return f"About {-late} minutes ahead of the plan. There is room to breathe."
    return "About in time with the plan."
