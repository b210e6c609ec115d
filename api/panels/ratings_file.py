"""Ratings as CSV: what a panel gives out, and what it takes in, so that people can also rate on paper.

The form is told in `docs/panels.md`. A file with one bad row changes nothing.
"""

import csv
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, insert, select

from api.accounts.models import Trainer
from api.audit.trail import record, record_export
from api.exchange.formats.rows import Refused, decode
from api.guesses.rules import CONFIDENCE_LABEL
from api.kit.errors import Problem, Unprocessable
from api.kit.plain_text import folded, is_plain, one_line
from api.kit.spreadsheet import bare_cell, csv_text
from api.kit.systems import ANSWERS, NAME
from api.panels.bands import PROFESSION, YEARS_LABEL
from api.panels.models import PanelRater, PanelRating
from api.panels.rating import LONGEST_NAME, MOST_RATERS, NewRater, PanelRatingBody, body_of, checked_name, rating_row
from api.panels.service import PanelInfo, led_panel, one
from api.persistence.engine import now, table, write_engine
from api.vignettes.case import story_mark
from api.vignettes.catalogue import Catalogue, Vignette
from api.vignettes.words import word_spans

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
COLUMNS: Final = (
    "story",
    "version",
    "rater",
    "profession",
    "years",
    "named",
    "name",
    "answer",
    "how_sure",
    "also_fits",
    "words",
    "reason",
)
NEEDED: Final = ("story", "rater", "answer")
MOST_ROWS: Final = 10_000
LARGEST_FILE: Final = 2_000_000  # bytes
MOST_TOLD: Final = 20  # faults of a file
PARTING: Final = " | "  # between phrases that were marked, and between answers that also fit
_NAMED: Final = {"no": "no", "profession": "profession", "name": "name"}
_LONGEST_LABEL: Final = 40

_rater, _rating = table(PanelRater), table(PanelRating)


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did: ratings that are new, and those that were here just so."""

    added: int
    same: int


@dataclass(frozen=True, slots=True)
class Line:
    """A good row of a file."""

    number: int
    label: str
    who: Mapping[str, str | None]
    vignette: Vignette
    body: PanelRatingBody


def export_ratings(engine: Engine, trainer: Trainer, panel: PanelInfo, catalogue: Catalogue) -> str:
    """The panel's ratings in the form that can be brought in again. Raters are numbers; names only of who agreed."""
    with engine.connect() as connection:
        raters = connection.execute(
            select(*_rater.c).where(_rater.c.panel_id == panel.id).order_by(_rater.c.joined_at, _rater.c.id)
        ).all()
        ratings = connection.execute(
            select(*_rating.c)
            .select_from(_rating.join(_rater, _rater.c.id == _rating.c.rater_id))
            .where(_rater.c.panel_id == panel.id)
            .order_by(_rating.c.id)
        ).all()
    labels = names_of(raters)
    people = {rater.id: rater for rater in raters}
    rows: list[tuple[object, ...]] = [COLUMNS]
    for row in ratings:
        rater, told = people[row.rater_id], catalogue.version(row.vignette_id, row.version)
        if told is not None:
            words = PARTING.join(told.case.story[start:end] for start, end in row.cues)
            rows.append((
                told.slug, row.version, labels[rater.id], rater.profession, rater.years, rater.named, rater.name,
                row.system, row.confidence, PARTING.join(row.also.split()), words, row.reason,
            ))  # fmt: skip
    record_export(engine, trainer, "export_ratings", f"panel {panel.id}, {len(rows) - 1} ratings")
    return csv_text(rows)


def names_of(raters: Iterable[Any]) -> dict[str, str]:
    """What each rater is called in tables: as a file called them, else by their place."""
    return {rater.id: rater.label or f"rater-{place}" for place, rater in enumerate(raters, 1)}


def import_ratings(engine: Engine, trainer: Trainer, code: str, data: bytes, catalogue: Catalogue) -> Brought:
    """Brings ratings in. A rater of the file is someone new, or whom an earlier file called so.

    Raises Unprocessable with what is wrong row by row; then nothing has changed.
    """
    panel = led_panel(engine, trainer, code)
    try:
        lines = read_lines(data, catalogue)
    except Refused as refused:
        raise Unprocessable(str(refused), [{"pointer": "/csv", "detail": str(refused)}]) from None
    with write_engine(engine).begin() as connection:
        one(connection, panel.code, to_change=True)
        known = {
            row.label: row.id
            for row in connection.execute(select(_rater.c.id, _rater.c.label).where(_rater.c.panel_id == panel.id))
        }
        if len(known) + len({line.label for line in lines} - known.keys()) > MOST_RATERS:
            raise Unprocessable(f"A panel has at most {MOST_RATERS} raters. Make another panel for some of them.")
        brought = _keep(connection, panel.id, known, lines)
        record(connection, trainer, "import_ratings", f"panel {panel.id}, {brought.added} ratings")
    return brought


def _keep(connection: Connection, panel_id: int, known: dict[str | None, str], lines: Sequence[Line]) -> Brought:
    added = same = 0
    for line in lines:
        rater = known.get(line.label)
        if rater is None:
            rater = known[line.label] = secrets.token_urlsafe(16)
            given = list(dict.fromkeys(other.vignette.id for other in lines if other.label == line.label))
            row = {"id": rater, "panel_id": panel_id, "label": line.label, "given": given, "joined_at": now()}
            connection.execute(insert(_rater), row | {"name": None} | dict(line.who))
        before = connection.execute(
            select(*_rating.c).where(_rating.c.rater_id == rater, _rating.c.vignette_id == line.vignette.id)
        ).one_or_none()
        if before is None:
            connection.execute(insert(_rating), rating_row(rater, line.vignette, line.body))
            added += 1
        elif before.story == story_mark(line.vignette.case) and body_of(before) == line.body:
            same += 1
        else:
            raise Unprocessable(
                f"Row {line.number}: {line.label} has rated {line.vignette.slug} otherwise in an earlier file. "
                "Nothing has been brought in. Give this rater another name, or take the row out."
            )
    return Brought(added, same)


def read_lines(data: bytes, catalogue: Catalogue) -> list[Line]:
    """The rows of a file. Raises Refused with one sentence, or with one for each of the first faults."""
    if len(data) > LARGEST_FILE:
        raise Refused("The file is larger than 2 MB. Split it into smaller files.")
    text = decode(data)
    if not text.strip():
        raise Refused("The file is empty. Choose a CSV file with the columns of the form.")
    parted_by = max(",;\t", key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=parted_by, strict=True))
    except csv.Error as error:
        raise Refused(f"The file is not CSV: {error}.") from None
    columns = [name.strip().lower().replace(" ", "_") for name in rows[0]]
    missing = [name for name in NEEDED if name not in columns]
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    unknown = [name for name in columns if name and name not in COLUMNS]
    if missing or twice or unknown:
        told = f"There is no column {' and no column '.join(missing)}. " if missing else ""
        told += f"The column {twice[:40]} is there twice. " if twice else ""
        told += f"There is no such column as {unknown[0][:40]}. " if unknown else ""
        raise Refused(
            f"{told}The first row names the columns: {', '.join(COLUMNS)}. "
            f"{', '.join(NEEDED[:-1])} and {NEEDED[-1]} have to be there."
        )
    if len(rows) > MOST_ROWS:
        raise Refused(f"The file has more than {MOST_ROWS:,} rows. Split it into smaller files.")
    lines, faults, seen = list[Line](), list[str](), set[tuple[str, int]]()
    people: dict[str, dict[str, str | None]] = {}
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        cell = {name: bare_cell(one_line(value)) for name, value in zip(columns, cells, strict=False) if name}
        try:
            line = _line(number, cell, catalogue, people)
            if (line.label, line.vignette.id) in seen:
                raise ValueError(f"{line.label} rates {line.vignette.slug} a second time")
            seen.add((line.label, line.vignette.id))
            lines.append(line)
        except ValueError as error:
            faults.append(f"Row {number}: {error}.")
    if faults:
        more = f" And {len(faults) - MOST_TOLD} more rows." if len(faults) > MOST_TOLD else ""
        raise Refused("Nothing has been brought in. " + " ".join(faults[:MOST_TOLD]) + more)
    if not lines:
        raise Refused("The file has no rating below its first row.")
    return lines


def _line(number: int, cell: Mapping[str, str], catalogue: Catalogue, people: dict[str, dict[str, str | None]]) -> Line:
    label, slug = cell["rater"], cell["story"]
    if not label or len(label) > _LONGEST_LABEL or not is_plain(label):
        raise ValueError(f"the column rater needs a short name such as R1, at most {_LONGEST_LABEL} characters")
    vignette = _story(slug, cell.get("version", ""), catalogue)
    if label not in people:
        people[label] = _person(cell)
    answers: dict[str, str] = {answer: NAME[answer] for answer in ANSWERS}
    system = _one_of("answer", cell["answer"], answers)
    parts = [part for part in cell.get("also_fits", "").replace(",", "|").split("|") if part.strip()]
    also = {_one_of("also_fits", part, answers) for part in parts}
    body = {
        "system": system,
        "confidence": _one_of("how_sure", cell.get("how_sure", ""), CONFIDENCE_LABEL, optional=True) or None,
        "also": [answer for answer in ANSWERS if answer in also and answer != system],
        "cues": [_words(part.strip(), vignette) for part in cell.get("words", "").split("|") if part.strip()] or None,
        "reason": cell.get("reason") or None,
    }
    try:
        return Line(number, label, people[label], vignette, PanelRatingBody.model_validate(body))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ValueError(f"{first['loc'][0] if first['loc'] else 'the row'}: {first['msg']}") from None


def _story(slug: str, version: str, catalogue: Catalogue) -> Vignette:
    found = catalogue.vignettes.get(slug)
    if found is None:
        raise ValueError(f"there is no published story called {slug[:80]!r}; use the last part of its address")
    if not version:
        return found
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
    older = catalogue.version(found.id, number)
    if older is None:
        raise ValueError(f"{slug} has no version {version[:10]}")
    return older


def _person(cell: Mapping[str, str]) -> dict[str, str | None]:
    named = _one_of("named", cell.get("named", "") or "no", _NAMED)
    profession = _one_of("profession", cell.get("profession", ""), PROFESSION)
    years = _one_of("years", cell.get("years", ""), YEARS_LABEL)
    try:
        name = checked_name(NewRater(profession, years, named, cell.get("name", "")))  # type: ignore[arg-type]
    except Problem:
        raise ValueError(f"the column name needs 1 to {LONGEST_NAME} characters where named is “name”") from None
    return {"profession": profession, "years": years, "named": named, "name": name}


def _one_of(column: str, typed: str, labels: Mapping[str, str], *, optional: bool = False) -> str:
    """The value that a cell means: as it is kept or as it is called, in any case."""
    plain = folded(typed)
    for value, label in labels.items():
        if plain in (folded(value), folded(label)):
            return value
    if optional and not plain:
        return ""
    raise ValueError(f"the column {column} is one of {', '.join(labels)}, not {typed[:40]!r}")


def _words(phrase: str, vignette: Vignette) -> tuple[int, int]:
    """Where a phrase stands in the story: the first place, whatever its case, quotes and breaks."""
    wanted = folded(phrase)
    flat = folded(vignette.case.story)
    if wanted and wanted in flat:
        start = vignette.case.story.find(phrase)
        if start >= 0:
            return start, start + len(phrase)
        return _search(wanted, vignette.case.story)
    raise ValueError(f"the words {phrase[:60]!r} do not stand in {vignette.slug}")


def _search(wanted: str, story: str) -> tuple[int, int]:
    """Start and end of the shortest run of the story that reads as `wanted`."""
    spans = word_spans(story)
    for place, (start, _) in enumerate(spans):
        for _, end in spans[place : place + 60]:
            if folded(story[start:end]) == wanted:
                return start, end
    raise ValueError(f"the words {wanted[:60]!r} begin or end inside a word of the story")
