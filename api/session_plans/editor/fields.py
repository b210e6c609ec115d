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


AUDIENCES: Final = (("psychoeducation", "Members of a group"), ("training", "Trainees and colleagues"))

PLAN_FIELDS: Final = (
    Field(("title",), "Title", "line"),
    Field(("audience",), "For", "choice", choices=AUDIENCES),
    Field(("who_for",), "Who it is for", "text", "One or two sentences."),
    Field(("aim",), "Aim", "text"),
    Field(("lengths",), "Lengths in minutes", "lengths", "One or more, separated by commas, for example 60, 90."),
    _lines(("before",), "Before the session"),
    _lines(("sources",), "Sources"),
    _lines(("authors",), "Authors"),
    Field(("licence",), "Licence", "line", default="CC-BY-4.0", optional=True),
)

_BEFORE: Final = (
    Field(("title",), "Title", "line"),
    Field(("minutes",), "Minutes", "minutes", default=None),
    Field(
        ("wall",), "On the shared screen", "text", "About 60 words are the most. A blank line begins a new paragraph."
    ),
    Field(("phone",), "On phones", "text", "At most 90 words."),
)
_AFTER: Final = (
    _lines(("notes", "say"), "You could say", "Words ready to be spoken.", "For the facilitator"),
    _lines(("notes", "watch"), "Look out for", "What may happen, and what helps.", "For the facilitator"),
    Field(("notes", "end"), "To finish this step", "text", group="For the facilitator"),
)

ASK: Final = (
    ("cues", "clues: the words that made them think so"),
    ("confidence", "how sure they are"),
    ("reason", "a reason in their own words"),
    ("circles", "how big each circle is"),
)

_OWN: Final[Mapping[str, tuple[Field, ...]]] = {
    "talk": (Field(("source",), "Source of the idea", "line", "Shown in small letters below the text.", None, optional=True),),
    "rules": (_lines(("rules",), "Rules to start with"),),
    "check_in": (_lines(("questions",), "What people may have tried", "One to four."),),
    "board": (_lines(("headings",), "Headings", "One to four."),),
    "systems": (
        Field(("brain_links",), "The cards name brain areas, with the note that goes with them", "flag", default=True),
        Field(("together",), "Show three circles with arrows instead of the cards", "flag", default=False),
    ),
    "round": (
        Field(("vignette",), "Story", "choice"),
        Field(("second_vote",), "People vote again after talking", "flag", default=True),
        Field(("ask",), "What people can add to their answer", "checks", default=("cues",), choices=ASK),
    ),
    "circles": (_lines(("prompts",), "Questions to think about while drawing"),),
    "private": (
        Field(("prompts",), "Questions", "prompts", "Each with examples to tap. One to five.", ()),
        Field(
            ("card", "title"),
            "Card title",
            "line",
            "Leave the title and the last line blank for no card.",
            None,
            True,
            group="Card to take home",
        ),
        Field(("card", "ending"), "Last line of the card", "line", "", None, True, group="Card to take home"),
    ),
    "pause": (
        _lines(("instead",), "Other things people can do"),
        _lines(("guide", "lines"), "Lines of the guide", "Leave these blank for no guide.", "Optional guide"),
        Field(
            ("guide", "seconds_each"),
            "Seconds for each line",
            "number",
            default=20,
            optional=True,
            group="Optional guide",
        ),
        Field(
            ("guide", "moving_shape"),
            "A shape slowly grows and shrinks",
            "flag",
            default=True,
            group="Optional guide",
        ),
    ),
    "close": (
        _lines(("summary",), "Summary"),
        Field(("goodbye",), "Goodbye", "text"),
        Field(("signposting",), "Show where to find help", "flag", default=True),
    ),
}

KIND_NAME: Final[Mapping[str, str]] = {
    "talk": "Text to read",
    "rules": "Group rules",
    "check_in": "Review of last time",
    "board": "What the group says",
    "systems": "The three systems",
    "round": "A story",
    "circles": "Draw your systems",
    "private": "Private questions",
    "pause": "Practice or break",
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
        Field((*path, "own_words"), "People can add their own words", "flag", default=True),
    )


def new_step(kind: str) -> dict[str, Any]:
    """A step to begin with: its fields, still blank."""
    step: dict[str, Any] = {"kind": kind, "title": KIND_NAME[kind], "minutes": 5, "wall": "", "phone": ""}
    for field in _OWN[kind]:
        if len(field.path) == 1 and not field.optional and field.widget not in ("flag", "checks"):
            step[str(field.path[0])] = [] if field.default == () else ""
    return step | {"notes": {"say": [], "watch": [], "end": ""}}
