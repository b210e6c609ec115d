"""The fields of a plan and of each kind of step, as forms show them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Widget = Literal["line", "text", "lines", "flag", "checks", "choice", "number", "lengths", "minutes", "prompts"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `default` is what counts where the file says nothing; an optional one may be left blank."""

    path: Path
    label: str
    widget: Widget
    hint: str = ""
    default: Any = ""
    optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    group: str = ""

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-").replace("_", "-")


def _lines(path: Path, label: str, hint: str = "", group: str = "") -> Field:
    return Field(path, label, "lines", hint, (), group=group)


AUDIENCES: Final = (("psychoeducation", "Group for clients (psychoeducation)"), ("training", "Training group"))

PLAN_FIELDS: Final = (
    Field(("title",), "Title", "line"),
    Field(("audience",), "Type of group", "choice", choices=AUDIENCES),
    Field(("who_for",), "Who it is for", "text", "One or two sentences."),
    Field(("aim",), "Aim", "text"),
    Field(("lengths",), "Lengths in minutes", "lengths", "One or more, separated by commas, such as 60, 90."),
    _lines(("before",), "Before the session"),
    _lines(("sources",), "Sources"),
    _lines(("authors",), "Authors"),
    Field(("licence",), "Licence", "line", default="CC-BY-4.0", optional=True),
)

_BEFORE: Final = (
    Field(("title",), "Title", "line"),
    Field(("minutes",), "Minutes", "minutes", default=None),
    Field(("wall",), "Shared screen", "text", "Up to about 60 words. A blank line starts a new paragraph."),
    Field(("phone",), "Phones", "text", "Up to 90 words."),
)
_AFTER: Final = (
    _lines(("notes", "say"), "You could say", "Write the words so that they can be said aloud.", "Facilitator notes"),
    _lines(("notes", "watch"), "Look out for", "What may come up, and what helps.", "Facilitator notes"),
    Field(("notes", "end"), "To finish this step", "text", group="Facilitator notes"),
)

ASK: Final = (
    ("cues", "the words that made them think so"),
    ("confidence", "how sure they are"),
    ("reason", "a reason in one line"),
    ("circles", "how big each circle is"),
)

_OWN: Final[Mapping[str, tuple[Field, ...]]] = {
    "talk": (Field(("source",), "Source", "line", "Shown in small print below the text.", None, optional=True),),
    "rules": (_lines(("rules",), "Rules to begin with"),),
    "check_in": (_lines(("questions",), "What people may have tried since last time", "One to four."),),
    "board": (_lines(("headings",), "Headings", "One to four."),),
    "systems": (
        Field(("brain_links",), "Show brain areas and chemicals, with the note about them", "flag", default=True),
        Field(("together",), "Show three circles with arrows instead of the cards", "flag", default=False),
    ),
    "round": (
        Field(("vignette",), "Story", "choice"),
        Field(("second_vote",), "Hold a second vote after talking", "flag", default=True),
        Field(("ask",), "What people can add to their answer", "checks", default=("cues",), choices=ASK),
    ),
    "circles": (_lines(("prompts",), "Questions to think about while drawing"),),
    "private": (
        Field(("prompts",), "Questions", "prompts", "One to five questions, each with examples to tap.", ()),
        Field(
            ("card", "title"),
            "Title of the card",
            "line",
            "Leave both fields blank if there is no card.",
            None,
            True,
            group="Take-home card",
        ),
        Field(("card", "ending"), "Last line of the card", "line", "", None, True, group="Take-home card"),
    ),
    "pause": (
        _lines(("instead",), "Other ways to spend the time"),
        _lines(("guide", "lines"), "Lines to show", "Leave blank for no guide.", "Guide (optional)"),
        Field(
            ("guide", "seconds_each"),
            "Seconds for each line",
            "number",
            default=20,
            optional=True,
            group="Guide (optional)",
        ),
        Field(
            ("guide", "moving_shape"),
            "Show a shape that slowly grows and shrinks",
            "flag",
            default=True,
            group="Guide (optional)",
        ),
    ),
    "close": (
        _lines(("summary",), "Summary"),
        Field(("goodbye",), "Closing words", "text"),
        Field(("signposting",), "Show where to find help", "flag", default=True),
    ),
}

KIND_NAME: Final[Mapping[str, str]] = {
    "talk": "Text to read",
    "rules": "Group rules",
    "check_in": "Check-in",
    "board": "What the group says",
    "systems": "The three systems",
    "round": "A story",
    "circles": "Draw your systems",
    "private": "Private questions",
    "pause": "Pause",
    "close": "Goodbye",
}


def step_fields(kind: Any) -> tuple[Field, ...]:
    """The fields of a step of this kind; none of a kind that there is not."""
    return (*_BEFORE, *_OWN[kind], *_AFTER) if isinstance(kind, str) and kind in _OWN else ()


def prompt_fields(number: int) -> tuple[Field, Field, Field]:
    """The fields of one question to oneself, counted from 0."""
    path: Path = ("prompts", number)
    return (
        Field((*path, "question"), f"Question {number + 1}", "line"),
        _lines((*path, "examples"), "Examples to tap", "Two to twelve."),
        Field((*path, "own_words"), "Let people add their own words", "flag", default=True),
    )


def new_step(kind: str) -> dict[str, Any]:
    """A step to begin with: its fields, still blank."""
    step: dict[str, Any] = {"kind": kind, "title": KIND_NAME[kind], "minutes": 5, "wall": "", "phone": ""}
    for field in _OWN[kind]:
        if len(field.path) == 1 and not field.optional and field.widget not in ("flag", "checks"):
            step[str(field.path[0])] = [] if field.default == () else ""
    return step | {"notes": {"say": [], "watch": [], "end": ""}}
