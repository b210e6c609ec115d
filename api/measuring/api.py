"""JSON: switching a measurement on, taking part in it, and what changed."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import require_learner
from api.classes.access import limit_wrong_codes
from api.classes.service import led_class
from api.guesses.dependencies import take_guess
from api.guesses.rules import Confidence
from api.kit.days import as_written
from api.kit.errors import NotFound, Unprocessable
from api.kit.systems import Answer, System
from api.measuring import service, timing
from api.measuring.dependencies import folders_of
from api.measuring.export import data_package
from api.measuring.results import class_lean, class_results, own_results
from api.measuring.service import LONGEST_CONSENT, NOT_HERE, USUAL_CONSENT, CourseInfo, NewCourse, Participation
from api.persistence.dependencies import engine_of
from api.stats.change import Change
from api.vignettes.dependencies import catalogue_of
from api.web.problems import responses

router = APIRouter(prefix="/api/v1", tags=["courses"])

Code = Annotated[str, Path(max_length=40)]
Day = Annotated[date, BeforeValidator(as_written)]
Rounded = Annotated[float, AfterValidator(lambda value: round(value, 4))]


class NewCourseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    begins: Day
    ends: Day
    consent: str = Field(USUAL_CONSENT, min_length=1, max_length=LONGEST_CONSENT)


class OccasionOut(BaseModel):
    name: str
    opens_on: date
    closes_on: date


class ChangeOut(BaseModel):
    """A change of the share matched, from −1 to 1, with its 95 % interval; null where there are too few."""

    learners: int | None = Field(description="Null below ten.")
    change: Rounded | None
    interval: tuple[Rounded, Rounded] | None
    told: str = Field(description="`up`, `down` or `open`: too few to tell.")


class PartOut(ChangeOut):
    name: str


class ClassResultOut(BaseModel):
    occasion: str
    whole: ChangeOut
    parts: list[PartOut] = Field(description="By system and by level.")


class LeanOut(BaseModel):
    name: System
    sensitivity: Rounded | None
    criterion: Rounded | None
    ratio: Rounded | None


class CourseOut(BaseModel):
    """A measured course. Results come when an occasion has closed, and from ten learners on."""

    occasions: list[OccasionOut]
    over: bool
    results: list[ClassResultOut]
    lean: list[LeanOut]


class AgreeBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    agree: bool = Field(strict=True)
    research: bool = Field(False, strict=True)


class CourseStory(BaseModel):
    number: int
    person: str
    text: str
    content_note: str | None
    question: str


class OwnChangeOut(ChangeOut):
    occasion: str
    sentence: str


class PlaceOut(BaseModel):
    """Where a learner stands. `next` is null where nothing is open or all is answered."""

    consent: str
    agreed: bool
    research: bool
    occasions: list[OccasionOut]
    over: bool
    answered: int
    left: int
    next: CourseStory | None
    changes: list[OwnChangeOut]


class CourseAnswerBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"system": "drive", "confidence": "sure"}})

    system: Answer
    confidence: Confidence


@router.post(
    "/classes/{code}/course",
    status_code=201,
    responses=responses(401, 403, 404, 409, 503),
    dependencies=[Depends(limit_wrong_codes)],
)
def switch_on(request: Request, trainer: CurrentTrainer, code: Code, body: NewCourseBody) -> CourseOut:
    """Begins to measure a class of one's own, and seals its stories."""
    found = led_class(engine_of(request), trainer, code)
    wanted = NewCourse(body.begins, body.ends, body.consent)
    catalogue = catalogue_of(request)
    return _told(request, service.switch_on(engine_of(request), trainer, found, wanted, catalogue, folders_of(request)))


@router.get("/classes/{code}/course", responses=responses(401, 403, 404), dependencies=[Depends(limit_wrong_codes)])
def get_course(request: Request, trainer: CurrentTrainer, code: Code) -> CourseOut:
    """The measurement of a class, and what changed."""
    return _told(request, _measured(request, trainer, code))


@router.post(
    "/classes/{code}/course/stop", responses=responses(401, 403, 404, 503), dependencies=[Depends(limit_wrong_codes)]
)
def stop(request: Request, trainer: CurrentTrainer, code: Code) -> CourseOut:
    """Ends it now; its stories are published again."""
    found = led_class(engine_of(request), trainer, code)
    service.stop(engine_of(request), trainer, found, catalogue_of(request))
    return _told(request, _measured(request, trainer, code))


@router.get(
    "/classes/{code}/course/research",
    responses={**responses(401, 403, 404, 409), 200: {"content": {"application/zip": {}}}},
    response_class=Response,
    dependencies=[Depends(limit_wrong_codes)],
)
def research(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """The answers of those who agreed to research, as a Frictionless data package."""
    found = led_class(engine_of(request), trainer, code)
    course = _measured(request, trainer, code)
    body = data_package(engine_of(request), trainer, found, course, catalogue_of(request))
    return Response(body, media_type="application/zip", headers={"Cache-Control": "no-store"})


@router.get("/practice/course", responses=responses(401, 404))
def own(request: Request) -> PlaceOut:
    """Where the learner stands in the measurement of their class."""
    return _place(request, require_learner(request))


@router.post("/practice/course", responses=responses(401, 404, 409, 503))
def agree(request: Request, body: AgreeBody) -> PlaceOut:
    """Takes part; again, to change whether files for research may hold one's answers."""
    learner = require_learner(request)
    if not body.agree:
        raise Unprocessable("Send agree: true to take part.", [{"pointer": "/agree", "detail": "true"}])
    service.agree(engine_of(request), learner, body.research)
    return _place(request, learner)


@router.put("/practice/course/answers/{number}", responses=responses(401, 404, 409, 503))
def answer(request: Request, number: Annotated[int, Path(ge=1, le=100)], body: CourseAnswerBody) -> PlaceOut:
    """Answers a story of the set that is open, by its number. The first answer counts; ours is not told."""
    learner = require_learner(request)
    take_guess(request, learner)
    part = service.participation(engine_of(request), learner)
    if part is None or number > len(part.stories):
        raise NotFound(NOT_HERE if part is None or not part.agreed else "This story is not part of your set.")
    chosen = part.stories[number - 1]
    vignette = catalogue_of(request).sealed([chosen]).get(chosen)
    service.answer(engine_of(request), learner, vignette, body.system, body.confidence)
    return _place(request, learner)


@router.delete("/practice/course", status_code=204, response_class=Response, responses=responses(401, 503))
def take_back(request: Request) -> Response:
    """Deletes everything that the learner did in measured courses."""
    service.take_back(engine_of(request), require_learner(request))
    return Response(status_code=204)


def _measured(request: Request, trainer: CurrentTrainer, code: str) -> CourseInfo:
    found = service.course_of(engine_of(request), led_class(engine_of(request), trainer, code).id)
    if found is None:
        raise NotFound("This class is not measured.")
    return found


def _occasions(course: CourseInfo) -> list[OccasionOut]:
    return [
        OccasionOut(
            name=name,
            opens_on=timing.first_day(course.begins, course.ends, occasion),
            closes_on=timing.closes(course.begins, course.ends, occasion),
        )
        for occasion, name in enumerate(timing.OCCASIONS)
    ]


def _change(change: Change, *, learners: bool = True) -> dict[str, object]:
    told = change.learners if learners and change.interval else None
    return {"learners": told, "change": change.change, "interval": change.interval, "told": change.called}


def _told(request: Request, course: CourseInfo) -> CourseOut:
    engine = engine_of(request)
    known = catalogue_of(request).sealed([story for own in course.sets for story in own])
    cases = {number: vignette.case for number, vignette in known.items()}
    with engine.connect() as connection:
        answers = service.answers_of(connection, course.class_id)
    return CourseOut(
        occasions=_occasions(course),
        over=course.over,
        results=[
            ClassResultOut(
                occasion=timing.OCCASIONS[result.occasion],
                whole=ChangeOut.model_validate(_change(result.whole)),
                parts=[PartOut.model_validate(_change(change) | {"name": name}) for name, change in result.parts],
            )
            for result in class_results(course, answers, cases)
        ],
        lean=[LeanOut.model_validate(one, from_attributes=True) for one in class_lean(course, answers, cases)],
    )


def _place(request: Request, learner: str) -> PlaceOut:
    part = service.participation(engine_of(request), learner)
    if part is None:
        raise NotFound(NOT_HERE)
    return PlaceOut(
        consent=part.course.consent,
        agreed=part.agreed,
        research=part.research,
        occasions=_occasions(part.course),
        over=part.course.over,
        answered=len(part.answers),
        left=len(part.left),
        next=_next(request, part),
        changes=[
            OwnChangeOut.model_validate(
                _change(result.change) | {"occasion": timing.OCCASIONS[result.occasion], "sentence": result.sentence}
            )
            for result in own_results(part.course, learner, part.answers)
        ],
    )


def _next(request: Request, part: Participation) -> CourseStory | None:
    if not part.left:
        return None
    case = catalogue_of(request).sealed([part.left[0]])[part.left[0]].case
    return CourseStory(
        number=part.stories.index(part.left[0]) + 1,
        person=case.head.person,
        text=case.story,
        content_note=case.head.content_note,
        question=case.question,
    )
