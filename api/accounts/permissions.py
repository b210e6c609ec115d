"""Who may do what. The one place where roles are weighed: all other code asks `may` or `require`."""

from typing import Final, Literal, cast, get_args

from api.accounts.models import Trainer
from api.kit.errors import Forbidden

Role = Literal["trainer", "editor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

# Of a row that only stands for the author of what stays; it may do nothing.
REMOVED: Final = "removed"

Action = Literal[
    "see_library",
    "write_draft",
    "rate",
    "submit_for_review",
    "publish",
    "retire",
    "restore",
    "import",
    "export",
    "lead_class",
    "lead_panel",
    "decide_key",
    "write_plan",
    "offer_plan",
    "manage_people",
    "change_settings",
    "see_trail",
]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

Cell = Literal["yes", "own", "no"]

# fmt: off
PERMISSIONS: Final[dict[Action, dict[Role, Cell]]] = {
    #                     trainer           editor           admin
    "see_library":       {"trainer": "yes", "editor": "yes", "admin": "yes"},  # keys, statistics, analysis
    "write_draft":       {"trainer": "own", "editor": "yes", "admin": "yes"},
    "rate":              {"trainer": "yes", "editor": "yes", "admin": "yes"},  # never one's own: the review sees to it
    "submit_for_review": {"trainer": "own", "editor": "yes", "admin": "yes"},
    "publish":           {"trainer": "no",  "editor": "yes", "admin": "yes"},
    "retire":            {"trainer": "no",  "editor": "yes", "admin": "yes"},
    "restore":           {"trainer": "no",  "editor": "yes", "admin": "yes"},
    "import":            {"trainer": "no",  "editor": "yes", "admin": "yes"},
    "export":            {"trainer": "yes", "editor": "yes", "admin": "yes"},
    "lead_class":        {"trainer": "own", "editor": "own", "admin": "own"},  # its totals too: no one else's class
    "lead_panel":        {"trainer": "own", "editor": "yes", "admin": "yes"},  # what it found anyone may read
    "decide_key":        {"trainer": "no",  "editor": "yes", "admin": "yes"},
    "write_plan":        {"trainer": "own", "editor": "yes", "admin": "yes"},
    "offer_plan":        {"trainer": "no",  "editor": "yes", "admin": "yes"},  # to facilitators; and withdraw it
    "manage_people":     {"trainer": "no",  "editor": "no",  "admin": "yes"},
    "change_settings":   {"trainer": "no",  "editor": "no",  "admin": "yes"},
    "see_trail":         {"trainer": "no",  "editor": "no",  "admin": "yes"},
}
# fmt: on

ROLE_SENTENCE: Final[dict[Role, str]] = {
    "trainer": "Can see every story, write their own drafts and rate other people’s.",
    "editor": "Can also edit anyone’s draft, and publish and archive stories.",
    "admin": "Can also manage people and settings.",
}

_ASK: Final[dict[Action, str]] = {
    "write_draft": "This draft belongs to someone else. Only its author or an editor can change it.",
    "submit_for_review": "This draft belongs to someone else. Only its author or an editor can send it for review.",
    "publish": "Only editors can publish stories. Ask an editor to look at yours.",
    "retire": "Only editors can archive stories. Ask an editor to do it.",
    "restore": "Only editors can restore an earlier version. Ask an editor to do it.",
    "import": "Only editors can import stories. Ask an editor to do it.",
    "lead_class": "This class belongs to someone else. Only the trainer who created it can see its totals.",
    "lead_panel": "This panel belongs to someone else. Only the trainer who created it or an editor can change it.",
    "decide_key": "Only editors can decide about a suggested answer. Ask an editor to do it.",
    "write_plan": "This plan belongs to someone else. Only its author or an editor can change it, but you can copy it.",
    "offer_plan": "Only editors can share plans with facilitators or withdraw them. Ask an editor to do it.",
    "manage_people": "Only admins can manage people. Ask an admin to do it.",
    "change_settings": "Only admins can change the settings. Ask an admin to do it.",
    "see_trail": "Only admins can read the activity log. Ask an admin.",
}


def role_of(trainer: Trainer) -> Role:
    return cast(Role, trainer.role)


def may(trainer: Trainer, action: Action, own: bool = False) -> bool:
    """Whether this person may do this; `own` says that the thing is their own. A role unknown here may do nothing."""
    cell = PERMISSIONS[action].get(role_of(trainer), "no")
    return cell == "yes" or (cell == "own" and own)


def require(trainer: Trainer, action: Action, own: bool = False) -> None:
    """Raises Forbidden, saying who to ask, when this person may not do this."""
    if not may(trainer, action, own):
        raise Forbidden(_ASK.get(action, "You do not have permission to do this. Ask an admin."))
