"""Who may do what. The one place where roles are weighed: everybody else asks `may` or `require`."""

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
    "lead_class":        {"trainer": "own", "editor": "own", "admin": "own"},  # its totals too: nobody else's class
    "write_plan":        {"trainer": "own", "editor": "yes", "admin": "yes"},
    "offer_plan":        {"trainer": "no",  "editor": "yes", "admin": "yes"},  # to facilitators; and withdraw it
    "manage_people":     {"trainer": "no",  "editor": "no",  "admin": "yes"},
    "change_settings":   {"trainer": "no",  "editor": "no",  "admin": "yes"},
    "see_trail":         {"trainer": "no",  "editor": "no",  "admin": "yes"},
}
# fmt: on

ROLE_SENTENCE: Final[dict[Role, str]] = {
    "trainer": "Sees every story, writes drafts of their own and rates others’.",
    "editor": "A trainer who also changes any draft, publishes and retires.",
    "admin": "An editor who also looks after people and settings.",
}

_ASK: Final[dict[Action, str]] = {
    "write_draft": "This draft is somebody else’s. An editor can change it, or its author.",
    "submit_for_review": "This draft is somebody else’s. An editor can send it to review, or its author.",
    "publish": "Editors publish stories. Ask one of them to look at yours.",
    "retire": "Editors retire stories. Ask one of them.",
    "restore": "Editors bring back an earlier version. Ask one of them.",
    "import": "Editors bring stories in from files. Ask one of them.",
    "lead_class": "This class is somebody else’s. Whoever made it sees its totals.",
    "write_plan": "This plan is somebody else’s. An editor can change it, or its author; anybody can copy it.",
    "offer_plan": "Editors offer plans to facilitators and withdraw them. Ask one of them.",
    "manage_people": "Admins look after the people here. Ask one of them.",
    "change_settings": "Admins change the settings. Ask one of them.",
    "see_trail": "Admins read what was done here. Ask one of them.",
}


def role_of(trainer: Trainer) -> Role:
    return cast(Role, trainer.role)


def may(trainer: Trainer, action: Action, own: bool = False) -> bool:
    """Whether this person may do this; `own` says that the thing is their own. A role unknown here may do nothing."""
    cell = PERMISSIONS[action].get(role_of(trainer), "no")
    return cell == "yes" or (cell == "own" and own)


def require(trainer: Trainer, action: Action, own: bool = False) -> None:
    """Raises Forbidden, with whom to ask, when this person may not do this."""
    if not may(trainer, action, own):
        raise Forbidden(_ASK.get(action, "Ask an admin to let you in here."))
