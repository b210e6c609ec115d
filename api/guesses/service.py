"""Recording a guess and giving its outcome."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.guesses.models import Guess
from api.guesses.recording import NO_COUNTS, Counts, NewGuess, Recorded, read_tallies
from api.guesses.rules import CircleSizes, GuessBody
from api.kit.errors import Unprocessable
from api.persistence.engine import now
from api.persistence.group_commit import Writer
from api.vignettes.catalogue import Vignette

# So many of the newest circles make the class's middle; more would cost time and hardly move it.
NEWEST_CIRCLES = 2_000

GuessWriter = Writer[NewGuess, Recorded]


async def record(writer: GuessWriter, learner: str, vignette: Vignette, body: GuessBody) -> Recorded:
    """Keeps a guess; when this returns it is on disk.

    Raises Unprocessable when marked words lie outside the story, Unavailable when the database cannot take it.
    """
    length = len(vignette.case.story)
    if any(end > length for _, end in body.cues or []):
        raise Unprocessable(
            "The marked words must be inside the story.",
            [{"pointer": "/cues", "detail": f"spans must end at {length} or before"}],
        )
    return await writer.submit(
        NewGuess(
            learner=learner,
            vignette_id=vignette.id,
            series=vignette.series,
            version=vignette.version,
            system=body.system,
            confidence=body.confidence,
            cues=body.cues,
            reason=body.reason,
            circles=body.circles.model_dump() if body.circles else None,
            created_at=now(),
        )
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """A learner's latest guess on a vignette, as it was kept."""

    system: Any
    confidence: Any
    cues: list[tuple[int, int]]
    attempt: int
    version: int
    series: int
    reason: str | None
    circles: CircleSizes | None


def latest_guess(db: Session, learner: str, vignette: Vignette) -> Answered | None:
    """The learner's newest attempt, of whichever version of the vignette, or None before the first."""
    row = db.exec(
        select(Guess)
        .where(Guess.learner == learner, Guess.vignette_id == vignette.id)
        .order_by(col(Guess.series).desc(), col(Guess.attempt).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    cues = [tuple(span) for span in row.cues or []]
    circles = CircleSizes.model_validate(row.circles) if row.circles else None
    return Answered(row.system, row.confidence, cues, row.attempt, row.version, row.series, row.reason, circles)


def counts_of(engine: Engine, vignettes: list[Vignette]) -> dict[int, Counts]:
    """How everyone first answered, by vignette id; one query, however many guesses there are."""
    keys = [(vignette.id, vignette.series) for vignette in vignettes]
    with engine.connect() as connection:
        found = read_tallies(connection, keys)
    return {vignette.id: found.get((vignette.id, vignette.series), NO_COUNTS) for vignette in vignettes}


def circles_of(engine: Engine, vignette: Vignette) -> list[dict[str, Any]]:
    """The circles that came with first attempts at the vignette's series, the newest; one query."""
    query = (
        select(Guess.circles)
        .where(Guess.vignette_id == vignette.id, Guess.series == vignette.series)
        .where(Guess.attempt == 1, col(Guess.circles).is_not(None))
        .order_by(col(Guess.id).desc())
        .limit(NEWEST_CIRCLES)
    )
    with Session(engine) as db:
        return [dict(sizes) for sizes in db.exec(query) if sizes]
