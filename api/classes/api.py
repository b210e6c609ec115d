"""JSON: making a class, joining and leaving it, its totals, and how everyone answered a story."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel import Session

from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import require_learner
from api.accounts.models import Trainer
from api.accounts.trainer import find_trainer
from api.classes import service
from api.classes.access import limit_wrong_codes
from api.classes.dependencies import limit_classes
from api.classes.service import ClassInfo
from api.classes.view_models import join_url, statistics_of, totals_of
from api.guesses.service import counts_of, latest_guess
from api.kit.days import as_written
from api.kit.errors import Conflict, Forbidden
from api.kit.systems import System
from api.persistence.dependencies import engine_of, session
from api.stats.answer_shares import ClassStatistics, class_statistics
from api.vignettes.dependencies import find_vignette
from api.web.dependencies import settings_of
from api.web.load_shedding import shed_statistics
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/classes", tags=["classes"])
statistics = APIRouter(prefix="/api/v1", tags=["guesses"])

Code = Annotated[str, Path(max_length=40)]


class NewClassBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, pattern=r"\S")
    closes_on: Annotated[date | None, BeforeValidator(as_written)] = Field(
        None, description="The last day (UTC); half a year from now when left out."
    )


class ClassOut(BaseModel):
    code: str
    name: str
    closes_on: date
    closed: bool


class MadeClassOut(ClassOut):
    join_url: str


Rounded = Annotated[float, AfterValidator(lambda value: round(value, 4))]


class SumOut(BaseModel):
    """Answers that fitted the key, over the stories whose shown counts tell; `left_out` of them do not."""

    name: str
    answered: int
    matched: int
    stories: int
    left_out: int
    share: Rounded | None
    interval: tuple[Rounded, Rounded] | None


class StoryTotalOut(BaseModel):
    vignette: str
    title: str
    level: int
    dominant: System
    statistics: ClassStatistics


class ClassTotalsOut(ClassOut):
    """Totals only. They grow by at least the smallest group's answers at a time and never shrink."""

    members: int | None = Field(description="Null below the smallest group.")
    smallest: int
    vignettes: list[StoryTotalOut]
    systems: list[SumOut]
    levels: list[SumOut]


@router.post("", status_code=201, responses=responses(401, 403), dependencies=[Depends(limit_classes)])
def make_class(request: Request, trainer: CurrentTrainer, body: NewClassBody) -> MadeClassOut:
    """Makes a class of the trainer's own. Learners join it with its code."""
    return _made(request, service.make_class(engine_of(request), trainer, body.name, body.closes_on))


@router.get("", responses=responses(401))
def list_classes(request: Request, trainer: CurrentTrainer) -> list[MadeClassOut]:
    """The trainer's own classes, newest first."""
    return [_made(request, found) for found in service.classes_of(engine_of(request), trainer)]


@router.get(
    "/{code}",
    responses=responses(401, 403, 404, 503),
    dependencies=[Depends(limit_wrong_codes), Depends(shed_statistics)],
)
def get_totals(request: Request, trainer: CurrentTrainer, code: Code) -> ClassTotalsOut:
    """How the class first answered: its totals, for the trainer who made it."""
    found = service.led_class(engine_of(request), trainer, code)
    totals = totals_of(request, found)
    return ClassTotalsOut(
        **_fields(found),
        members=totals.members,
        smallest=settings_of(request).small_group,
        vignettes=[
            StoryTotalOut(
                vignette=told.slug,
                title=told.title,
                level=told.level,
                dominant=told.dominant,
                statistics=told.statistics,
            )
            for told in totals.stories
        ],
        systems=[SumOut.model_validate(row, from_attributes=True) for row in totals.systems],
        levels=[SumOut.model_validate(row, from_attributes=True) for row in totals.levels],
    )


@router.delete(
    "/{code}",
    status_code=204,
    response_class=Response,
    responses=responses(401, 403, 404),
    dependencies=[Depends(limit_wrong_codes)],
)
def delete_class(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """Deletes the class with its totals. The learners and their answers stay."""
    service.delete_class(engine_of(request), trainer, code)
    return Response(status_code=204)


@router.post(
    "/{code}/members",
    status_code=201,
    responses=responses(401, 404, 409),
    dependencies=[Depends(limit_wrong_codes)],
)
def join_class(request: Request, code: Code) -> ClassOut:
    """Puts the learner into the class, and out of any other. All their first answers count in its totals."""
    return ClassOut(**_fields(service.join(engine_of(request), require_learner(request), code)))


@router.delete("/{code}/members/me", status_code=204, response_class=Response, responses=responses(401))
def leave_class(request: Request, code: Code) -> Response:
    """Takes the learner out of the class. What its totals hold already stays in them; nothing more is added."""
    service.leave(engine_of(request), require_learner(request), code)
    return Response(status_code=204)


@statistics.get(
    "/vignettes/{slug}/statistics",
    responses=responses(401, 403, 404, 409, 422, 503),
    dependencies=[Depends(shed_statistics)],
)
def get_statistics(
    request: Request,
    slug: str,
    trainer: Annotated[Trainer | None, Depends(find_trainer)],
    db: Annotated[Session, Depends(session)],
    scope: Literal["everyone", "class"] = "everyone",
) -> ClassStatistics:
    """How everyone first answered: for trainers, and for learners who have answered.

    With `scope=class` how the learner's own class did. It is counted in steps of at least the smallest group, counts
    of 1 or 2 are not told, and below the first step `answered` is 0. Its trainer asks for the class's totals instead.
    """
    vignette = find_vignette(request, slug)
    mine = None
    if trainer is None or scope == "class":
        learner = require_learner(request)
        guess = latest_guess(db, learner, vignette)
        if guess is None or guess.series != vignette.series:
            raise Forbidden("Give your own answer first. Then you can see how everyone answered.")
        mine = service.class_of(engine_of(request), learner) if scope == "class" else None
    if mine is not None:
        return statistics_of(request, mine, vignette)
    if scope == "class":
        raise Conflict("You are in no class. Join one with its code.")
    counts = counts_of(engine_of(request), [vignette])[vignette.id]
    return class_statistics(counts, settings_of(request).small_group)


def _fields(found: ClassInfo) -> dict[str, object]:
    return {"code": found.code, "name": found.name, "closes_on": found.last_day, "closed": found.closed}


def _made(request: Request, found: ClassInfo) -> MadeClassOut:
    return MadeClassOut(**_fields(found), join_url=join_url(request, found))
