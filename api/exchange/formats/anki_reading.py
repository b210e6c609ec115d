"""Reads Anki packages: notes that tell a story and name its system, in ours and in other people's note types."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Final

from zstandard import ZstdDecompressor, ZstdError

from api.exchange.formats import archive
from api.exchange.formats.questions import Option, Question, answer_of, plain, to_rows
from api.exchange.formats.rows import Current, Progress, Refused, Row, limit, limit_rows, nothing_known, quiet
from api.kit.systems import NAME, SYSTEMS

BESIDE: Final = "three-circles.json"  # the stories whole, which Anki passes over
_COLLECTIONS: Final = ("collection.anki21", "collection.anki2")
_NEWER: Final = "collection.anki21b"
_LARGEST_WINDOW: Final = 8 * 1024 * 1024  # bytes that unpacking may look back: four times what Anki's own files need
_CHUNK: Final = 64 * 1024
_MOST_STEPS = 20_000  # of a thousand operations each: a made-up table must not keep us
# In the order in which new cards are shown.
_LONGEST_VALUE = 4_000_000  # bytes; the note types of a large collection are one value
_MOST_TEXT = 64_000_000  # characters of all notes: a table that is made up as it is read could go on for ever
# The package is someone's database, and Anki's has tables alone: what else stands in it would run while it is read.
_NOT_ANKI = """SELECT 1 FROM sqlite_schema WHERE type NOT IN ('table', 'index')
    OR sql LIKE '%virtual%table%' OR sql LIKE '%generated%' OR sql LIKE '% as %(%'"""
_NOTES = "SELECT mid, flds FROM notes ORDER BY (SELECT min(due) FROM cards WHERE nid = notes.id), id"


def load(data: bytes, progress: Progress = quiet, current: Current = nothing_known) -> list[Row]:
    """The rows of a package's notes; a note that is no story with our answers is told and passed over."""
    parts = archive.unpack(limit(data), lambda name: name in (*_COLLECTIONS, _NEWER, BESIDE))
    # A package for new versions holds an empty collection beside, which tells old ones that they are too old.
    collection = next((parts[name] for name in (_NEWER, *_COLLECTIONS) if name in parts), None)
    if collection is None:
        raise Refused("The package has no collection of Anki in it.")
    try:
        if _NEWER in parts:
            collection = _unpacked(collection)
        questions = list(_questions(collection, _whole(parts.get(BESIDE, b"{}"))))
    except Refused:
        raise
    except (sqlite3.Error, ValueError, KeyError, TypeError, AttributeError, ZstdError):
        raise Refused("The package’s collection cannot be read. Export it from Anki again.") from None
    if not questions:
        raise Refused("The package has no notes.")
    return to_rows(questions, progress, current)


def _whole(data: bytes) -> dict[str, str]:
    """Each slug's whole story, where our own export has put them beside."""
    try:
        told = json.loads(data)
    except ValueError:
        return {}
    return {str(slug): text for slug, text in told.items() if isinstance(text, str)} if isinstance(told, dict) else {}


def _unpacked(packed: bytes) -> bytes:
    """The collection of a package for new versions of Anki. What comes out is counted: sizes that are told can lie."""
    whole = bytearray()
    with ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(packed) as stream:
        while part := stream.read(_CHUNK):
            whole += part
            if len(whole) > archive.LARGEST_UNPACKED:
                raise Refused(
                    f"The package unpacks to more than {archive.LARGEST_UNPACKED // 2**20} MB. Export fewer notes."
                )
    return bytes(whole)


def _field_names(db: sqlite3.Connection) -> dict[int, list[str]]:
    """The names of each note type's fields: in a value of JSON up to schema 11, in a table of their own since."""
    (kinds,) = db.execute("SELECT models FROM col").fetchone()
    if kinds:
        return {
            int(number): [str(field["name"]) for field in kind["flds"]] for number, kind in json.loads(kinds).items()
        }
    names: dict[int, list[str]] = {}
    for kind, name in db.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        names.setdefault(kind, []).append(str(name))
    return names


def _questions(collection: bytes, whole: dict[str, str]) -> Iterator[Question]:
    steps = read = 0

    def tired() -> int:
        nonlocal steps
        steps += 1
        return steps > _MOST_STEPS

    with closing(sqlite3.connect(":memory:")) as db:
        # A file that is marked for a write-ahead log (bytes 18 and 19), as Anki leaves it, is not opened in memory.
        db.deserialize(collection[:18] + b"\1\1" + collection[20:])
        db.set_progress_handler(tired, 1000)
        db.execute("PRAGMA trusted_schema = OFF")
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        db.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        if db.execute(_NOT_ANKI).fetchone():
            raise ValueError("no collection of Anki has views, triggers or made-up columns")
        db.create_collation(
            "unicase", lambda one, other: (one > other) - (one < other)
        )  # Anki's own; order is not asked
        names = _field_names(db)
        for number, (kind, fields) in enumerate(db.execute(_NOTES), 1):
            limit_rows(number)
            read += len(str(fields))
            if read > _MOST_TEXT:
                raise ValueError("more text than a package can hold")
            yield _question(f"note {number}", dict(zip(names[kind], str(fields).split("\x1f"), strict=False)), whole)


def _question(place: str, fields: dict[str, str], whole: dict[str, str]) -> Question:
    """A note as a question: the field that names a system is the answer, the longest other one the story."""
    lower = {name.lower(): text for name, text in fields.items()}
    key, named = _key(lower)
    if not named:
        return Question(place, "", "", (), kind="note")
    rest = {name: text for name, text in lower.items() if name != key}
    story = next(
        (rest[name] for name in ("story", "front", "text") if name in rest), max(rest.values(), key=len, default="")
    )
    options = [Option(NAME[system], system in named, "") for system in (*SYSTEMS, "unsure")]
    back = lower.get("explanation") or "".join(plain(lower[key]).split("\n\n", 1)[1:])
    return Question(
        place,
        lower.get("title", ""),
        f"<p>{story}</p><p>{rest.get('question', '')}</p>",
        options,
        back,
        embedded=whole.get(plain(lower.get("slug", "")), ""),
    )


def _key(fields: dict[str, str]) -> tuple[str, Sequence[str]]:
    """The field that says which answers are right, and those."""
    for name in sorted(fields, key=lambda name: name not in ("key", "answer", "back")):
        first = plain(fields[name]).split("\n\n")[0]
        named = [answer_of(part) for part in first.rstrip(".").replace(",", " or ").split(" or ")]
        if named and all(named):
            return name, [answer for answer in named if answer]
    return "", ()
