"""Where in a session a learner is: one line with a bar on the story, its outcome, a pair and after an error.

The form of a story carries it, so that an answer asks the database nothing more.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from markupsafe import Markup

from api.practice.sittings import KINDS, PLANS, Kind
from api.web.rendering import fragment

_MOST = 999  # answers that a form may claim


@dataclass(frozen=True, slots=True)
class Place:
    """A session of a kind after `done` answers; `planned` is None where time decides."""

    kind: Kind
    done: int

    @property
    def title(self) -> str:
        return PLANS[self.kind].title

    @property
    def planned(self) -> int | None:
        return PLANS[self.kind].cases

    @property
    def carried(self) -> str:
        """As a form carries it."""
        return f"{self.kind}.{self.done}"

    def after_answer(self) -> "Place":
        return Place(self.kind, self.done + 1)


def read_place(carried: str | None) -> Place | None:
    """The place that a form carried; None where it is none of ours."""
    kind, _, done = (carried or "").partition(".")
    if kind not in KINDS or not (done.isascii() and done.isdigit()) or len(done) > 3 or int(done) > _MOST:
        return None
    known: Kind = get_args(Kind)[KINDS.index(kind)]
    return Place(known, int(done))


@lru_cache(maxsize=512)
def place_line(place: Place | None, reading: bool) -> Markup:
    """The line for the page: of the story that is being read, or of those that have been answered."""
    if place is None:
        return Markup()
    at = place.done + reading
    context = {"place": place, "at": min(at, place.planned) if place.planned else at, "reading": reading}
    return Markup(fragment("practice/_place.html", context))  # noqa: S704  # a template
