"""Where the trainers' pages are, and who sees which of them named."""

from dataclasses import dataclass, replace
from typing import Final

from api.accounts.models import Trainer
from api.accounts.permissions import Action, may


@dataclass(frozen=True, slots=True)
class NavPart:
    """A page of an area; `name` is what it and the pages below it give as `place`."""

    name: str
    href: str
    label: str
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class NavArea:
    """An entry of the trainers' own navigation. It leads to its first part; the others are named on their own pages."""

    name: str
    label: str
    parts: tuple[NavPart, ...]

    def holds(self, place: str) -> bool:
        return any(part.name == place for part in self.parts)


AREAS: Final = (
    NavArea(
        "stories",
        "Stories",
        (
            NavPart("stories", "/trainers", "All stories", "see_library"),
            NavPart("map", "/trainers/map", "Map", "see_library"),
            NavPart("exchange", "/trainers/exchange", "Import and export", "export"),
        ),
    ),
    NavArea(
        "reviews",
        "Reviews",
        (
            NavPart("reviews", "/trainers/reviews", "Waiting for you", "rate"),
            NavPart("panels", "/trainers/panels", "Panels", "see_library"),
        ),
    ),
    NavArea("results", "Results", (NavPart("analysis", "/trainers/analysis", "All stories", "see_library"),)),
    NavArea("classes", "Classes", (NavPart("classes", "/trainers/classes", "Your classes", "lead_class"),)),
    NavArea("plans", "Plans", (NavPart("plans", "/trainers/plans", "All plans", "write_plan"),)),
    NavArea(
        "settings",
        "Settings",
        (
            NavPart("account", "/trainers/account", "Your account"),
            NavPart("people", "/trainers/people", "People", "manage_people"),
            NavPart("settings", "/trainers/settings", "Publishing", "change_settings"),
            NavPart("audit", "/trainers/audit", "Activity log", "see_trail"),
        ),
    ),
)


def nav_for(trainer: Trainer) -> tuple[NavArea, ...]:
    """The areas with those parts of which at least one's own share is open."""
    areas = (
        replace(area, parts=tuple(p for p in area.parts if p.action is None or may(trainer, p.action, own=True)))
        for area in AREAS
    )
    return tuple(area for area in areas if area.parts)
