"""A share with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.stats.intervals import wilson


@dataclass(frozen=True)
class Share:
    """`matched` of `answered`, and what `name` calls them. Share and interval lie from 0 to 1; None without answers."""

    name: str
    answered: int
    matched: int

    @property
    def share(self) -> float | None:
        return self.matched / self.answered if self.answered else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, Wilson."""
        return wilson(self.matched, self.answered) if self.answered else None


def share(name: str, matches: Sequence[bool]) -> Share:
    return Share(name, len(matches), sum(matches))
