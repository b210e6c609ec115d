"""What someone does in a panel: join it, rate story after story, and take everything back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from api.guesses.rules import MarkedBody
from api.kit.errors import Conflict, NotFound, Unauthorized, Unprocessable
from api.kit.plain_text import is_plain, is_visible, one_line
from api.kit.systems import ANSWERS, Answer
from api.panels.bands import Named, Profession, Years
from api.panels.models import PanelRater, PanelRating, RatingPanel
from api.panels.service import PanelInfo, one
from api.persistence.engine import insert_into, now, table, write_engine
from api.stats.handing_out import hand_out
from api.vignettes.case import story_mark
from api.vignettes.catalogue import Vignette

MOST_RATERS: Final = 500
LONGEST_NAME: Final = 60
CLOSED: Final = "This panel has closed, so nothing can be added. What was rated before is kept."
TAKEN_BACK: Final = "Your part in this panel has been taken back, or was never begun on this device."

_panel, _rater, _rating = table(RatingPanel), table(PanelRater), table(PanelRating)


@dataclass(frozen=True, slots=True)
class NewRater:
    """What someone says about themselves when they agree to take part."""

    profession: Profession
    years: Years
    named: Named = "no"
    name: str = ""


class PanelRatingBody(MarkedBody):
    """A rating: the biggest system or `unsure`, how sure, what else would fit, words that tell, and one line why."""

    system: Answer
    also: Annotated[list[Answer], Field(max_length=4)] = Field(
        default_factory=list, description="What else would fit, besides the answer itself."
    )


@dataclass(frozen=True, slots=True)
class Own:
    """A rating as its rater sees it again."""

    vignette_id: int
    version: int
    body: PanelRatingBody


@dataclass(frozen=True, slots=True)
class Part:
    """Someone's part in a panel: what they were handed, and what they have rated of it, by vignette."""

    panel: PanelInfo
    rater: str
    given: tuple[int, ...]
    ratings: Mapping[int, Own]

    @property
    def open(self) -> tuple[int, ...]:
        """What is still to be rated."""
        return tuple(one for one in self.given if one not in self.ratings)

    @property
    def finished(self) -> bool:
        """Whether the keys may be shown: nothing can be changed from then on."""
        return self.panel.closed or not self.open


def join(engine: Engine, code: str, who: NewRater, library: Sequence[Vignette]) -> str:
    """Takes someone in and hands them their stories; their random id. Raises NotFound, Conflict, Unprocessable."""
    name = checked_name(who)
    here = {vignette.id for vignette in library}
    rater = secrets.token_urlsafe(16)
    with write_engine(engine).begin() as connection:
        panel = one(connection, code, to_change=True)
        if panel.closed:
            raise Conflict(CLOSED)
        blocks = connection.execute(select(_rater.c.given).where(_rater.c.panel_id == panel.id)).scalars().all()
        if len(blocks) >= MOST_RATERS:
            raise Conflict(f"This panel is full: it has {MOST_RATERS} raters. Thank you for wanting to help.")
        stories = [story for story in panel.stories if story in here]
        if not stories:
            raise Conflict("The stories of this panel are no longer published, so there is nothing to rate.")
        given = hand_out(stories, blocks, panel.each, SystemRandom())
        row = {
            "id": rater,
            "panel_id": panel.id,
            "profession": who.profession,
            "years": who.years,
            "named": who.named,
            "name": name,
            "given": given,
            "joined_at": now(),
        }
        connection.execute(insert(_rater), row)
    return rater


def checked_name(who: NewRater) -> str | None:
    """The name below reasons, where one is wanted. Raises Unprocessable."""
    if who.named != "name":
        return None
    name = one_line(who.name)
    if not is_plain(name) or not is_visible(name) or len(name) > LONGEST_NAME:
        detail = (
            f"Give the name that may stand below your reasons, 1 to {LONGEST_NAME} characters, or choose another way."
        )
        raise Unprocessable(detail, [{"pointer": "/name", "detail": "too long, empty or not plain"}])
    return name


def part_of(engine: Engine, code: str, rater: str) -> Part:
    """Where someone stands. Raises NotFound for the panel, Unauthorized for someone who is not in it."""
    with engine.connect() as connection:
        return _part(connection, code, rater)


def _part(connection: Connection, code: str, rater: str, *, to_change: bool = False) -> Part:
    panel = one(connection, code, to_change=to_change)
    given = connection.execute(
        select(_rater.c.given).where(_rater.c.id == rater, _rater.c.panel_id == panel.id)
    ).scalar_one_or_none()
    if given is None:
        raise Unauthorized(TAKEN_BACK)
    rows = connection.execute(select(*_rating.c).where(_rating.c.rater_id == rater))
    return Part(
        panel, rater, tuple(given), {row.vignette_id: Own(row.vignette_id, row.version, body_of(row)) for row in rows}
    )


def body_of(row: Any) -> PanelRatingBody:
    """What a row of ratings holds."""
    return PanelRatingBody.model_validate(
        {
            "system": row.system,
            "confidence": row.confidence,
            "also": row.also.split(),
            "cues": row.cues or None,
            "reason": row.reason,
        }
    )


def rate(engine: Engine, code: str, rater: str, vignette: Vignette, body: PanelRatingBody) -> Part:
    """Keeps a rating; sent again it takes the place of the first until every story is rated. Where one then stands.

    Raises NotFound, Unauthorized, Conflict, Unprocessable.
    """
    if any(end > len(vignette.case.story) for _, end in body.cues or []):
        raise Unprocessable("The marked words must be inside the story.", [{"pointer": "/cues", "detail": "too far"}])
    with write_engine(engine).begin() as connection:
        part = _changeable(connection, code, rater, vignette)
        before = part.ratings.get(vignette.id)
        if before is None or before.body != body or before.version != vignette.version:
            row = rating_row(rater, vignette, body)
            connection.execute(
                insert_into(_rating, connection)
                .values(row)
                .on_conflict_do_update(index_elements=["rater_id", "vignette_id"], set_=row)
            )
        return _part(connection, code, rater)


def rating_row(rater: str, vignette: Vignette, body: PanelRatingBody) -> dict[str, object]:
    """A row of ratings; no reason is shown before a trainer has read it."""
    return {
        "rater_id": rater,
        "vignette_id": vignette.id,
        "version": vignette.version,
        "story": story_mark(vignette.case),
        "system": body.system,
        "confidence": body.confidence,
        "also": " ".join(answer for answer in ANSWERS if answer in body.also and answer != body.system),
        "cues": [list(span) for span in body.cues or []],
        "reason": body.reason,
        "shown": False,
        "created_at": now(),
    }


def leave_out(engine: Engine, code: str, rater: str, vignette: Vignette) -> Part:
    """Takes a story that is not rated yet out of what someone was handed."""
    with write_engine(engine).begin() as connection:
        part = _changeable(connection, code, rater, vignette)
        if vignette.id not in part.ratings:
            left = [story for story in part.given if story != vignette.id]
            connection.execute(update(_rater).where(_rater.c.id == rater).values(given=left))
        return _part(connection, code, rater)


def _changeable(connection: Connection, code: str, rater: str, vignette: Vignette) -> Part:
    part = _part(connection, code, rater, to_change=True)
    if part.panel.closed:
        raise Conflict(CLOSED)
    if vignette.id not in part.given:
        raise NotFound("This story is not one of those that you were asked to rate.")
    if part.finished and vignette.id in part.ratings:
        raise Conflict("You have rated all your stories and could see our answers, so your ratings stay as they are.")
    return part


def take_back(engine: Engine, code: str, rater: str) -> None:
    """Deletes everything about someone in a panel. Raises NotFound, Unauthorized."""
    with write_engine(engine).begin() as connection:
        part = _part(connection, code, rater, to_change=True)
        connection.execute(delete(_rating).where(_rating.c.rater_id == part.rater))
        connection.execute(delete(_rater).where(_rater.c.id == part.rater))


def counted(engine: Engine) -> tuple[int, int]:
    """How many stories' present or former words people have rated in panels, and how many ratings there are."""
    with engine.connect() as connection:
        stories, ratings = connection.execute(select(func.count(_rating.c.story.distinct()), func.count())).one()
    return stories, ratings
