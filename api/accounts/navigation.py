"""Where the trainers' pages are, and who sees which of them named."""

from dataclasses import dataclass
from typing import Final

from api.accounts.models import Trainer
from api.accounts.permissions import Action, may


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the trainers' own navigation; `name` is what its pages give as `place`."""

    name: str
    href: str
    label: str
    action: Action | None = None


PLACES: Final = (
    Place("stories", "/trainers", "Stories", "see_library"),
    Place("map", "/trainers/map", "Map", "see_library"),
    Place("analysis", "/trainers/analysis", "Analysis", "see_library"),
    Place("classes", "/trainers/classes", "Classes", "lead_class"),
    Place("plans", "/trainers/plans", "Plans", "write_plan"),
    Place("exchange", "/trainers/exchange", "Exchange", "export"),
    Place("people", "/trainers/people", "People", "manage_people"),
    Place("settings", "/trainers/settings", "Settings", "change_settings"),
    Place("audit", "/trainers/audit", "Trail", "see_trail"),
    Place("account", "/trainers/account", "Account"),
)


def places_for(trainer: Trainer) -> tuple[Place, ...]:
    """The places of which at least one's own part is open."""
    return tuple(place for place in PLACES if place.action is None or may(trainer, place.action, own=True))
