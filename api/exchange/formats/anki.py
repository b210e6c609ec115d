"""Anki package: each vignette as a note.

A package is a zip with a SQLite collection of schema 11, which every Anki since 2.0 imports. A note's guid is made from
its slug, so a later import updates the note and leaves what the learner has practised. The tables are those of Anki's
own collections; their columns are told in the AnkiDroid project's "Database Structure".
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import escape

from api.exchange.formats import archive
from api.exchange.formats.anki_reading import BESIDE
from api.exchange.formats.questions import embed
from api.exchange.formats.wording import choices, key_html, story_html
from api.kit.systems import NAME, SYSTEMS
from api.vignettes.case import Case

# Fixed once for all, so that every package means the same note type and deck.
NOTE_TYPE, DECK = 1_763_900_000_001, 1_763_900_000_002
FIELDS = ("Title", "Story", "Question", "Key", "Explanation", "Other views", "Slug")

_FRONT = '<div class="story">{{Story}}</div><p><b>{{Question}}</b></p>'
_BACK = '{{FrontSide}}<hr id="answer"><p><b>{{Key}}</b></p>{{Explanation}}{{Other views}}'
_STYLE = ".card { font-family: sans-serif; font-size: 1.1em; text-align: left; max-width: 36em; margin: 0 auto; }"

_TABLES = """
CREATE TABLE col (id integer PRIMARY KEY, crt integer NOT NULL, mod integer NOT NULL, scm integer NOT NULL,
  ver integer NOT NULL, dty integer NOT NULL, usn integer NOT NULL, ls integer NOT NULL, conf text NOT NULL,
  models text NOT NULL, decks text NOT NULL, dconf text NOT NULL, tags text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, guid text NOT NULL, mid integer NOT NULL, mod integer NOT NULL,
  usn integer NOT NULL, tags text NOT NULL, flds text NOT NULL, sfld integer NOT NULL, csum integer NOT NULL,
  flags integer NOT NULL, data text NOT NULL);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer NOT NULL, did integer NOT NULL, ord integer NOT NULL,
  mod integer NOT NULL, usn integer NOT NULL, type integer NOT NULL, queue integer NOT NULL, due integer NOT NULL,
  ivl integer NOT NULL, factor integer NOT NULL, reps integer NOT NULL, lapses integer NOT NULL, left integer NOT NULL,
  odue integer NOT NULL, odid integer NOT NULL, flags integer NOT NULL, data text NOT NULL);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer NOT NULL, usn integer NOT NULL, ease integer NOT NULL,
  ivl integer NOT NULL, lastIvl integer NOT NULL, factor integer NOT NULL, time integer NOT NULL,
  type integer NOT NULL);
CREATE TABLE graves (usn integer NOT NULL, oid integer NOT NULL, type integer NOT NULL);
"""


def dump(cases: Iterable[Case], changed: int = NOTE_TYPE // 1000) -> bytes:
    """The package. `changed`, in seconds since 1970, has to grow between packages for Anki to take over changes."""
    cases = list(cases)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection.anki2"
        with closing(sqlite3.connect(path)) as db, db:
            db.executescript(_TABLES)
            _fill(db, cases, changed)
        beside = json.dumps({case.head.slug: embed(case) for case in cases}).encode()
        return archive.pack({"collection.anki2": path.read_bytes(), "media": b"{}", BESIDE: beside})


def _fill(db: sqlite3.Connection, cases: Sequence[Case], changed: int) -> None:
    kept = [json.dumps(part) for part in ({}, _note_types(changed), _decks(changed), _deck_options(), {})]
    db.execute(
        "INSERT INTO col VALUES (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, ?)",
        (changed, changed * 1000, changed * 1000, *kept),
    )
    for number, case in enumerate(cases, 1):
        fields = _fields(case)
        note = _id(case.head.slug)
        db.execute(
            "INSERT INTO notes VALUES (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')",
            (note, _guid(case.head.slug), NOTE_TYPE, changed, _tags(case), "\x1f".join(fields), fields[0], 0),
        )
        db.execute(
            "INSERT INTO cards VALUES (?, ?, ?, 0, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')",
            (note, note, DECK, changed, number),
        )


def _fields(case: Case) -> list[str]:
    others = "".join(
        f"<h4>Why someone might choose {NAME[choice.answer].lower()}</h4>{choice.feedback}"
        for choice in choices(case)
        if choice.answer in SYSTEMS and choice.answer != case.head.key.dominant
    )
    names = " or ".join(choice.name for choice in choices(case) if choice.accepted)
    told = [str(escape(case.head.title)), story_html(case), str(escape(case.question)), names, key_html(case), others]
    return [*told, case.head.slug]


def _tags(case: Case) -> str:
    """Tags are parted by blanks, so a tag's own become hyphens."""
    tags = [f"three-circles::level-{case.head.level}", *("-".join(tag.split()) for tag in case.head.tags)]
    return f" {' '.join(tags)} "


def _guid(slug: str) -> str:
    return sha256(f"three-circles/{slug}".encode()).hexdigest()[:20]


def _id(slug: str) -> int:
    """A number for the note within its package, below 2**53; Anki finds notes again by guid."""
    return int.from_bytes(sha256(slug.encode()).digest()[:6], "big") + 1


def _note_types(changed: int) -> dict[str, Any]:
    fields = [
        {"name": name, "ord": place, "sticky": False, "rtl": False, "font": "Arial", "size": 20, "media": []}
        for place, name in enumerate(FIELDS)
    ]
    card = {"name": "Vignette", "ord": 0, "qfmt": _FRONT, "afmt": _BACK, "did": None, "bqfmt": "", "bafmt": ""}
    note_type = {"id": NOTE_TYPE, "name": "Three Circles vignette", "type": 0, "mod": changed, "usn": -1, "sortf": 0}
    note_type |= {"did": DECK, "tmpls": [card], "flds": fields, "css": _STYLE, "latexPre": "", "latexPost": ""}
    return {str(NOTE_TYPE): note_type | {"req": [[0, "any", [1, 2]]], "tags": [], "vers": []}}


def _decks(changed: int) -> dict[str, Any]:
    def deck(number: int, name: str) -> dict[str, Any]:
        today = {kind: [0, 0] for kind in ("newToday", "revToday", "lrnToday", "timeToday")}
        shown = {"collapsed": False, "dyn": 0, "desc": "", "extendNew": 0, "extendRev": 0, "conf": 1}
        return {"id": number, "name": name, "mod": changed, "usn": -1} | today | shown

    return {"1": deck(1, "Default"), str(DECK): deck(DECK, "Three Circles")}


def _deck_options() -> dict[str, Any]:
    new = {"delays": [1, 10], "ints": [1, 4, 7], "initialFactor": 2500, "order": 1, "perDay": 20, "bury": True}
    review = {"perDay": 100, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "bury": True, "minSpace": 1}
    lapse = {"delays": [10], "mult": 0, "minInt": 1, "leechFails": 8, "leechAction": 0}
    options = {"id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "timer": 0, "autoplay": True}
    return {"1": options | {"replayq": True, "dyn": False, "new": new, "rev": review, "lapse": lapse}}
