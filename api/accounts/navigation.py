"""Where the trainers' pages are, and who sees which of them named."""

from dataclasses import dataclass
from typing import Final

from api.accounts.models import Trainer
from api.accounts.permissions import Action, may


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the trainers' own navigation; `name` is what its pages give as `place`."""

    name: str
    href: str
    label: str
    action: Action | None = None


PLACES: Final = (
    NavItem("stories", "/trainers", "Stories", "see_library"),
    NavItem("map", "/trainers/map", "Map", "see_library"),
    NavItem("analysis", "/trainers/analysis", "Analysis", "see_library"),
    NavItem("classes", "/trainers/classes", "Classes", "lead_class"),
    NavItem("plans", "/trainers/plans", "Session plans", "write_plan"),
    NavItem("exchange", "/trainers/exchange", "Import and export", "export"),
    NavItem("people", "/trainers/people", "People", "manage_people"),
    NavItem("settings", "/trainers/settings", "Settings", "change_settings"),
    NavItem("audit", "/trainers/audit", "Activity log", "see_trail"),
    NavItem("account", "/trainers/account", "Account"),
)


def nav_for(trainer: Trainer) -> tuple[NavItem, ...]:
    """The places of which at least one's own part is open."""
    return tuple(place for place in PLACES if place.action is None or may(trainer, place.action, own=True))
