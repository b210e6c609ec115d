"""Answers for research: a Frictionless data package of those who agreed, with a codebook and a first analysis."""

import json
import secrets
import zipfile
from io import BytesIO
from typing import Any, Final

from sqlalchemy import Engine, select

from api.accounts.models import Trainer
from api.audit.trail import record_export
from api.classes.service import ClassInfo
from api.kit.errors import Conflict
from api.kit.spreadsheet import csv_text
from api.kit.systems import ANSWERS, SYSTEMS
from api.measuring.models import CourseMember
from api.measuring.service import CourseInfo, answers_of
from api.persistence.engine import now, table
from api.stats.change import LEAST_LEARNERS
from api.vignettes.catalogue import Catalogue

_member = table(CourseMember)

FIELDS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "person",
        "type": "string",
        "description": "A learner, by a number made for this file alone: it differs in each export.",
        "constraints": {"required": True},
    },
    {
        "name": "occasion",
        "type": "string",
        "description": "Before, after or four weeks later.",
        "constraints": {"required": True, "enum": ["before", "after", "later"]},
    },
    {
        "name": "day",
        "type": "integer",
        "description": "Days since this learner agreed to take part.",
        "constraints": {"required": True},
    },
    {
        "name": "set",
        "type": "string",
        "description": "Which of the three sets the story is in.",
        "constraints": {"required": True, "enum": ["A", "B", "C"]},
    },
    {
        "name": "expected",
        "type": "number",
        "description": "How easy the set was expected to be, 0 to 1, from answers outside this course.",
        "constraints": {"required": True, "minimum": 0, "maximum": 1},
    },
    {
        "name": "story",
        "type": "string",
        "description": "The story, by a number of this course.",
        "constraints": {"required": True},
    },
    {
        "name": "slug",
        "type": "string",
        "description": "The story's name in the library; left out while it is sealed.",
    },
    {
        "name": "level",
        "type": "integer",
        "description": "How hard it is meant to be: 1 clear, 2 one confusable cue.",
        "constraints": {"required": True, "enum": [1, 2]},
    },
    {
        "name": "key",
        "type": "string",
        "description": "The suggested answer.",
        "constraints": {"required": True, "enum": list(SYSTEMS)},
    },
    {
        "name": "answer",
        "type": "string",
        "description": "What the learner chose.",
        "constraints": {"required": True, "enum": list(ANSWERS)},
    },
    {
        "name": "confidence",
        "type": "string",
        "description": "How sure they said they were.",
        "constraints": {"enum": ["guessing", "leaning", "sure"]},
    },
    {
        "name": "matched",
        "type": "boolean",
        "description": "Whether the key accepts the answer.",
        "trueValues": ["1"],
        "falseValues": ["0"],
        "constraints": {"required": True},
    },
)

ANALYSIS: Final = '''"""Mean change of the share matched, before to after and to later: pip install pandas scipy."""

import pandas
from scipy import stats

answers = pandas.read_csv("answers.csv")
answers["adjusted"] = answers["matched"] - answers["expected"]
sets = answers.groupby(["person", "occasion"])["adjusted"].agg(["mean", "size"])
means = sets.query("size == 12")["mean"].unstack()
for later in ("after", "later"):
    if later in means and "before" in means:
        change = (means[later] - means["before"]).dropna()
        low, high = stats.t.interval(0.95, len(change) - 1, change.mean(), stats.sem(change))
        print(f"before to {later}: {change.mean():+.3f} ({low:+.3f} to {high:+.3f}), {len(change)} learners")
'''


def data_package(engine: Engine, trainer: Trainer, found: ClassInfo, course: CourseInfo, catalogue: Catalogue) -> bytes:
    """A zip of the answers of everyone who agreed to research and has not taken it back.

    Raises Conflict for fewer than ten of them.
    """
    with engine.connect() as connection:
        entered = {
            row.learner: row.agreed_at.date()
            for row in connection.execute(select(*_member.c).where(_member.c.class_id == found.id, _member.c.research))
        }
        answers = [one for one in answers_of(connection, found.id) if one.learner in entered]
    if len({one.learner for one in answers}) < LEAST_LEARNERS:
        raise Conflict(
            f"Fewer than {LEAST_LEARNERS} learners have agreed to research and answered, so there is no file."
        )
    known = catalogue.sealed([story for own in course.sets for story in own])
    place = {story: (index, number) for index, own in enumerate(course.sets) for number, story in enumerate(own, 1)}
    people = {learner: secrets.token_hex(6) for learner in entered}
    rows: list[tuple[object, ...]] = []
    for one in answers:
        if (vignette := known.get(one.vignette_id)) is None:
            continue
        index, number = place[one.vignette_id]
        head = vignette.case.head
        rows.append(
            (
                people[one.learner],
                ("before", "after", "later")[one.occasion],
                (one.at.date() - entered[one.learner]).days,
                "ABC"[index],
                course.expected[index],
                f"{'ABC'[index]}{number:02}",
                vignette.slug if course.over else None,
                head.level,
                head.key.dominant,
                one.system,
                one.confidence,
                int(one.matched),
            )
        )
    rows.sort(key=lambda row: (str(row[0]), str(row[1]), str(row[5])))  # not in the order in which people answered
    record_export(engine, trainer, "export_answers", f"class {found.id}, {len(rows)} answers")
    return _zip(csv_text([tuple(field["name"] for field in FIELDS), *rows]))


def _zip(answers: str) -> bytes:
    package = {
        "name": "three-circles-course",
        "title": "Answers of a measured course",
        "profile": "tabular-data-package",
        "created": f"{now():%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [{"name": "other-closed", "title": "As agreed with the learners"}],
        "resources": [
            {
                "name": "answers",
                "path": "answers.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {"fields": list(FIELDS), "missingValues": [""], "primaryKey": ["person", "story"]},
            }
        ],
    }
    codebook = "# Codebook\n\nOne row is one answer. Only learners who agreed to research are in it.\n\n"
    codebook += "".join(f"- `{field['name']}` ({field['type']}): {field['description']}\n" for field in FIELDS)
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", json.dumps(package, indent=2))
        archive.writestr("answers.csv", answers)
        archive.writestr("codebook.md", codebook)
        archive.writestr("analyse.py", ANALYSIS)
    return held.getvalue()
