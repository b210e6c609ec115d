"""The totals of a check-in with small numbers hidden. Pure.

Nothing is told below the smallest group; counts of one or two, and of none next to them, read “hidden”, as
docs/decisions/0007 has it for votes. A check-in is about people themselves, so this holds in every kind of group, and
where all but one or two gave one answer nothing is told either: it would be nearly everyone's own.
"""

from api.session_plans.faces import CheckInTotals
from api.stats.disclosure import enough, own_answers


def totals(counts: tuple[int, int, int], smallest: int, people: int | None = None) -> CheckInTotals:
    """The counts of one question as everyone may see them."""
    answered = sum(counts)
    if not enough(answered, smallest, people):
        told = (
            "No one answered this one."
            if not answered
            else f"Fewer than {smallest} people answered. To protect privacy, the numbers are hidden."
            if answered < smallest
            else f"Fewer than {smallest} people are in the room. To protect privacy, the numbers are hidden."
        )
        return CheckInTotals(answered, None, told)
    shown = own_answers(counts, smallest)
    if shown is None:
        return CheckInTotals(
            answered, None, "The answers were very similar. To protect privacy, the numbers are hidden."
        )
    first, second, third = shown
    return CheckInTotals(answered, (first, second, third))
