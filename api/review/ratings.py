"""The blind ratings that come with the vignettes: `ratings/round-*.csv` beside the case files."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.kit.systems import Answer
from api.vignettes.case import Slug

FOLDER = "ratings"

Row = TypeVar("Row", bound=BaseModel)


class BlindRating(BaseModel):
    """What one reader answered who saw the story and not the key. `story` is the mark of the words that were read.

    Since round 9 also: who the reader was asked to read as, how clear it was what happens (1 to 5, 5 is effortless),
    and one sentence that says what happens.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Slug
    rater: str
    label: Answer
    confidence: Literal["guessing", "leaning", "sure"]
    second: Answer | Literal[""]
    words: str
    story: str
    read_as: str = ""
    clarity: float | None = Field(None, ge=1, le=5)
    happens: str = ""


class Verdict(BaseModel):
    """Whether one reader's sentence says what happens in the story. The judge is not the reader who wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Slug
    rater: str
    story: str
    judge: str
    verdict: Literal["right", "partly", "wrong"]
    why: str = ""


def read_rounds(vignettes: Path) -> dict[str, list[BlindRating]]:
    """The ratings of each round by its name, oldest first. Raises ValueError that names file and row."""
    paths = sorted((vignettes / FOLDER).glob("round-*.csv"), key=lambda path: (len(path.stem), path.stem))
    rounds = {path.stem: _read(path, BlindRating) for path in paths}
    for path in paths:
        _refuse_a_second(path, [f"{rating.rater} rates {rating.unit}" for rating in rounds[path.stem]])
    return rounds


def read_verdicts(vignettes: Path) -> list[Verdict]:
    """What was judged of the readers' sentences, by one judge or more; nothing without the file.

    Raises ValueError with file and row.
    """
    path = vignettes / FOLDER / "sentences.csv"
    verdicts = _read(path, Verdict) if path.is_file() else []
    _refuse_a_second(path, [f"{one.judge} judges {one.rater} on {one.unit}" for one in verdicts])
    return verdicts


def _read(path: Path, kind: type[Row]) -> list[Row]:
    found = list[Row]()
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                found.append(kind.model_validate(row))
            except ValidationError as error:
                raise ValueError(f"{path}, row {number}: {error}") from None
    return found


def _refuse_a_second(path: Path, told: Sequence[str]) -> None:
    seen = set[str]()
    for number, what in enumerate(told, 2):
        if what in seen:
            raise ValueError(f"{path}, row {number}: {what} a second time")
        seen.add(what)
