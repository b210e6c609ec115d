"""A vignette as one row of a spreadsheet: the columns in plain words, and the way there and back.

What does not come back: blanks at the start and end of a cell, line breaks within one entry of a list, an empty content
note (it comes back as none), and empty explanations.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from api.exchange.formats.exchanged import Path, from_case, to_row
from api.exchange.formats.rows import Current, Finding, Refused, Row, nothing_known
from api.kit.plain_text import one_line
from api.kit.suggest import did_you_mean
from api.vignettes.case import About, Case

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """`path` leads to the field; `kind` says how a cell is read: as text, a number, names, or one entry a line."""

    name: str
    path: Path
    explains: str
    kind: Literal["text", "number", "names", "words", "lines"] = "text"
    required: bool = True


_LINES = "One a line."
COLUMNS: tuple[Column, ...] = (
    Column("slug", ("slug",), "The story’s address: small letters, digits and hyphens, such as ana-the-race."),
    Column("title", ("title",), "A short title."),
    Column("person", ("person",), "The first name, as in the story."),
    Column("level", ("level",), "1 clear, 2 one cue that can be confused, 3 mixed or hidden motives.", "number"),
    Column("dominant", ("key", "dominant"), "The biggest system: threat, drive or soothing."),
    Column("secondary", ("key", "secondary"), "The next system, where the story shows one.", required=False),
    Column(
        "acceptable",
        ("key", "acceptable"),
        "Every answer that fits: threat, drive, soothing, unsure. Empty means only the dominant one.",
        "names",
        required=False,
    ),
    *(
        Column(
            f"{system} {word}", ("key", "blend", system, end), f"How big {system} is for the person: {says}.", "number"
        )
        for system in ("threat", "drive", "soothing")
        for end, word, says in ((0, "low", "at least, in percent"), (1, "high", "at most, in percent"))
    ),
    Column(
        "content note", ("content_note",), "What follows “This story …”, such as: mentions a mugging.", required=False
    ),
    Column(
        "story",
        ("story",),
        "40 to 90 words. Mark the words that show something: [She gets up at five]{.drive.effort}. For a hint write "
        "{.drive.effort strength=partial}, for something that is missing {.drive.effort polarity=absent}.",
    ),
    Column("why", ("why",), "Why the key says so."),
    *(
        Column(
            f"why {system}",
            ("others", system),
            f"Why someone might choose {system}, where the key says another.",
            required=False,
        )
        for system in ("threat", "drive", "soothing")
    ),
    Column("to talk about", ("questions",), f"Questions. {_LINES}", "lines", required=False),
    Column("tags", ("tags",), f"Words to find it by. {_LINES}", "words", required=False),
    Column("skills", ("skills",), "The pairs and cue types that it practises.", "names", required=False),
    *(
        Column(
            f"about {field}",
            ("about", field),
            f"As far as the story tells: {', '.join(get_args(told.annotation))}.",
            required=False,
        )
        for field, told in About.model_fields.items()
    ),
    Column("sources", ("sources",), f"Where it comes from. {_LINES}", "lines", required=False),
    Column("authors", ("authors",), f"Who wrote it. {_LINES}", "lines"),
    Column("licence", ("licence",), "CC-BY-4.0 if left empty.", required=False),
    Column(
        "reconstructed",
        ("reconstructed",),
        f"Words that a damaged source did not give, then | and why they were chosen. {_LINES}",
        "lines",
        required=False,
    ),
)
_BY_NAME = {column.name: column for column in COLUMNS}
_NUMBER = re.compile(r"(?:level )?([0-9]{1,6})(?:[.,]0{1,6})?\s*%?", re.I)
NOTE_MARK = "#"  # a row that starts so explains, and is passed over


def cells(case: Case) -> list[Cell]:
    """The cells of a case, in the order of COLUMNS."""
    data = from_case(case)
    data["reconstructed"] = [
        f"{_escaped(words['text'])} | {_escaped(words['note'])}" for words in data["reconstructed"]
    ]
    # People part words by commas and semicolons too, so those within a word are marked.
    data["tags"] = [re.sub(r"([\\,;])", r"\\\1", tag) for tag in data["tags"]]
    return [_cell(_get(data, column.path)) for column in COLUMNS]


def notes() -> list[tuple[str, str]]:
    """What each column holds."""
    return [
        (f"{NOTE_MARK} {column.name}", column.explains + ("" if column.required else " May be empty."))
        for column in COLUMNS
    ]


def header(names: Sequence[str]) -> list[Column | None]:
    """The columns that a first row names, in any order; None for one without a name. Raises Refused."""
    for name in filter(None, names):
        if name not in _BY_NAME:
            raise Refused(f"The first row names columns; “{name[:40]}” is unknown{did_you_mean(name[:40], _BY_NAME)}")
        if names.count(name) > 1:
            raise Refused(f"The column “{name}” appears twice.")
    if "slug" not in names:
        raise Refused("The first row names columns, slug among them. The template has them all.")
    return [_BY_NAME.get(name) for name in names]


def read_row(place: str, given: Sequence[tuple[Column, str]], current: Current = nothing_known) -> Row:
    """The row of cells with their columns. A field without a column stays as it is; an empty cell empties it."""
    slug = next((value.strip() for column, value in given if column.name == "slug"), "")
    there = {column.name for column, _ in given}
    absent = [column for column in COLUMNS if column.name not in there]
    known = current(slug) if absent and slug else None
    told = dict(zip((column.name for column in COLUMNS), cells(known), strict=True)) if known else {}
    data: dict[str, Any] = {"key": {"blend": {}}, "about": {}, "others": {}}
    for column in absent:
        _put(data, column, str(told.get(column.name) or "").strip())
    for column, value in given:
        _put(data, column, value.strip())
    row = to_row(data, place, _column_of)
    blank = {column.name for column, value in given if not value.strip()}
    empty = {f"{place}, column {c.name}" for c in COLUMNS if c.required and c.name in blank}
    missing = set() if known else {f"{place}, column {c.name}" for c in absent if c.required}
    return Row(
        row.place, row.case, row.source, tuple(dict.fromkeys(_told(found, empty, missing) for found in row.findings))
    )


def _told(found: Finding, empty: Collection[str], missing: Collection[str]) -> Finding:
    if found.place in empty:
        return Finding(found.place, "is empty")
    if found.place in missing:
        return Finding(found.place, "is not in the file; a new story needs it")
    return found


def is_note(values: Sequence[str]) -> bool:
    """Whether a row holds nothing, or explains."""
    return not any(value.strip() for value in values) or values[0].lstrip().startswith(NOTE_MARK)


def _column_of(path: Path) -> str:
    """The column whose field the path leads to, or into, or that is the first below it."""
    reach = [
        column for column in COLUMNS if column.path[: len(path)] == path or path[: len(column.path)] == column.path
    ]
    return f"column {reach[0].name}" if reach else ".".join(map(str, path))


def _get(data: Mapping[str, Any], path: Path) -> Any:
    value: Any = data
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else value[step]
    return value


def _cell(value: object) -> Cell:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value if isinstance(value, int) or value is None else str(value)


def _put(data: dict[str, Any], column: Column, value: str) -> None:
    *way, last = column.path
    if column.path[:2] == ("key", "blend"):
        data["key"]["blend"].setdefault(column.path[2], [None, None])[int(last)] = _number(value)
    elif value:
        place = data
        for step in way:
            place = place[str(step)]
        place[str(last)] = _value(column, value)


def _value(column: Column, value: str) -> Any:
    if column.path == ("reconstructed",):
        return [_words_and_note(line) for line in _lines(value)]
    if column.kind == "lines":
        return _lines(value)
    if column.kind == "names":
        return [name.lower() for name in re.split(r"[,;\s]+", value) if name]
    if column.name in ("dominant", "secondary") or column.path[0] == "about":
        return value.lower()
    if column.kind == "words":
        parts = re.findall(r"(?:\\.|[^\\,;\n]|\\$)+", value)
        return [word for part in parts if (word := re.sub(r"\\([\\,;])", r"\1", part).strip())]
    if column.kind == "number":
        return _number(value)
    return value if column.path[0] in ("story", "why", "others") else one_line(value)


def _number(value: str) -> int | str | None:
    """Whole numbers, also as spreadsheets show them: 5 %, 5%, 5.0, “Level 1”."""
    plain = _NUMBER.fullmatch(unicodedata.normalize("NFKC", value))
    return int(plain[1]) if plain else value or None


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.split("\n") if line.strip()]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _words_and_note(line: str) -> dict[str, str]:
    parts = re.findall(r"(?:\\.|[^\\|]|\\$)+", line, re.DOTALL)
    words, note = [re.sub(r"\\(.)", r"\1", part).strip() for part in [*parts, "", ""][:2]]
    return {"text": words, "note": note}
