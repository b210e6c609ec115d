"""The blind ratings that come with the vignettes: `ratings/round-*.csv` beside the case files."""

import csv
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.kit.systems import Answer
from api.vignettes.case import Slug

FOLDER = "ratings"


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


def read_rounds(vignettes: Path) -> dict[str, list[BlindRating]]:
    """The ratings of each round by its name, in the order of the names. Raises ValueError that names file and row."""
    return {path.stem: _read(path) for path in sorted((vignettes / FOLDER).glob("round-*.csv"))}


def _read(path: Path) -> list[BlindRating]:
    found, seen = list[BlindRating](), set[tuple[str, str]]()
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                rating = BlindRating.model_validate(row)
            except ValidationError as error:
                raise ValueError(f"{path}, row {number}: {error}") from None
            if (rating.unit, rating.rater) in seen:
                raise ValueError(f"{path}, row {number}: {rating.rater} rates {rating.unit} a second time")
            seen.add((rating.unit, rating.rater))
            found.append(rating)
    return found
