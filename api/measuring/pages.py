"""Pages of a measured course: for learners to take part in, for the trainer of the class to switch on and read."""

from datetime import date
from typing import Annotated, cast, get_args

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import find_learner
from api.accounts.models import Trainer
from api.charts.leaning import view_lean
from api.classes.access import limit_wrong_codes
from api.classes.service import ClassInfo, led_class, parse_day
from api.guesses.dependencies import take_guess
from api.guesses.rules import CONFIDENCE_LABEL, Confidence
from api.kit.errors import Conflict, NotFound, Problem, Unprocessable
from api.kit.systems import ANSWERS
from api.measuring import service, timing
from api.measuring.dependencies import folders_of
from api.measuring.export import data_package
from api.measuring.results import class_lean, class_results, own_results
from api.measuring.service import LONGEST_CONSENT, USUAL_CONSENT, CourseInfo, NewCourse, Participation
from api.measuring.sets import SIZE
from api.persistence.dependencies import engine_of
from api.persistence.engine import now
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of
from api.vignettes.view_models import view_vignette
from api.web.rendering import render

router = APIRouter(include_in_schema=False)

Code = Annotated[str, Path(max_length=40)]
_CHOOSE = "Choose one of the circles, or “not enough information”."
_SURE = "Say how sure you are."


@router.get("/practice/course")
def own(request: Request) -> Response:
    """What a learner agreed to, what is open now, and their own change."""
    return _own_page(request)


@router.post("/practice/course")
def agree(
    request: Request,
    agree: Annotated[str, Form(max_length=10)] = "",
    research: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    learner = find_learner(request)
    try:
        if agree != "yes":
            raise Unprocessable("Tick the box if you agree to take part. Without it nothing is stored.")
        if learner is None:
            raise NotFound(service.NOT_HERE)
        service.agree(engine_of(request), learner, research == "yes")
    except (Unprocessable, NotFound, Conflict) as problem:
        return _own_page(request, problem)
    return RedirectResponse("/practice/course", status_code=303)


@router.get("/practice/course/story")
def story(request: Request) -> Response:
    """The next story of the set that is open, alone."""
    part = _part(request)
    if part is None or not part.left:
        return RedirectResponse("/practice/course", status_code=303)
    return _story_page(request, part, part.left[0])


@router.post("/practice/course/story")
def answer(
    request: Request,
    number: Annotated[str, Form(max_length=10)] = "",
    system: Annotated[str, Form(max_length=20)] = "",
    confidence: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Keeps an answer, and goes on without telling ours."""
    learner, part = find_learner(request), _part(request)
    if learner is None or part is None or part.occasion is None:
        return RedirectResponse("/practice/course", status_code=303)
    take_guess(request, learner)
    place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if not 0 <= place < len(part.stories):
        raise NotFound("This story is not part of your set.")
    chosen = part.stories[place]
    if system not in ANSWERS or confidence not in get_args(Confidence):
        problem = Unprocessable(_CHOOSE if system not in ANSWERS else _SURE)
        return _story_page(request, part, chosen, problem, system, confidence)
    vignette = catalogue_of(request).sealed([chosen]).get(chosen)
    after = service.answer(engine_of(request), learner, vignette, system, cast(Confidence, confidence))
    return RedirectResponse("/practice/course/story" if after.left else "/practice/course", status_code=303)


@router.post("/practice/course/take-back")
def take_back(request: Request) -> Response:
    """Deletes everything that this learner did in measured courses."""
    if (learner := find_learner(request)) is not None:
        service.take_back(engine_of(request), learner)
    return RedirectResponse("/practice/course", status_code=303)


@router.get("/trainers/classes/{code}/course", dependencies=[Depends(limit_wrong_codes)])
def course(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """The measurement of a class: the form to switch it on, or its days and what changed."""
    return _course_page(request, led_class(engine_of(request), trainer, code))


@router.post("/trainers/classes/{code}/course", dependencies=[Depends(limit_wrong_codes)])
def switch_on(
    request: Request,
    trainer: CurrentTrainer,
    code: Code,
    begins: Annotated[str, Form(max_length=20)] = "",
    ends: Annotated[str, Form(max_length=20)] = "",
    consent: Annotated[str, Form(max_length=5_000)] = "",
) -> Response:
    found = led_class(engine_of(request), trainer, code)
    try:
        first, second = parse_day(begins), parse_day(ends)
        if first is None or second is None:
            raise Unprocessable("Give the first and the last day of the course.")
        _switch_on(request, trainer, found, NewCourse(first, second, consent))
    except (Unprocessable, Conflict) as problem:
        return _course_page(request, found, problem, {"begins": begins, "ends": ends, "consent": consent})
    return RedirectResponse(f"/trainers/classes/{found.code}/course", status_code=303)


def _switch_on(request: Request, trainer: Trainer, found: ClassInfo, wanted: NewCourse) -> CourseInfo:
    catalogue = catalogue_of(request)
    return service.switch_on(engine_of(request), trainer, found, wanted, catalogue, folders_of(request))


@router.post("/trainers/classes/{code}/course/stop", dependencies=[Depends(limit_wrong_codes)])
def stop(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """Ends it now."""
    found = led_class(engine_of(request), trainer, code)
    service.stop(engine_of(request), trainer, found, catalogue_of(request))
    return RedirectResponse(f"/trainers/classes/{found.code}/course", status_code=303)


@router.get("/trainers/classes/{code}/course/research", dependencies=[Depends(limit_wrong_codes)])
def research(request: Request, trainer: CurrentTrainer, code: Code) -> Response:
    """The answers of those who agreed to research, as a data package."""
    found = led_class(engine_of(request), trainer, code)
    measured = service.course_of(engine_of(request), found.id)
    if measured is None:
        raise NotFound("This class is not measured.")
    try:
        body = data_package(engine_of(request), trainer, found, measured, catalogue_of(request))
    except Conflict as problem:
        return _course_page(request, found, problem)
    headers = {"Content-Disposition": 'attachment; filename="course.zip"', "Cache-Control": "no-store"}
    return Response(body, media_type="application/zip", headers=headers)


def _part(request: Request) -> Participation | None:
    learner = find_learner(request)
    return service.participation(engine_of(request), learner) if learner else None


def _own_page(request: Request, problem: Problem | None = None) -> Response:
    learner, part = find_learner(request), _part(request)
    told: list[tuple[Vignette, str]] = []
    if part is not None and part.course.over and part.answers:
        known = catalogue_of(request).sealed([one.vignette_id for one in part.answers])
        told = [(known[one.vignette_id], one.system) for one in part.answers if one.vignette_id in known]
    return render(
        request,
        "measuring/own.html",
        title="Before, after and later",
        section="practice",
        problem=problem,
        part=part,
        days=_days(part.course) if part else (),
        results=own_results(part.course, learner, part.answers) if part and learner else [],
        names=timing.OCCASIONS,
        size=SIZE,
        told=told,
    )


def _story_page(
    request: Request,
    part: Participation,
    story_id: int,
    problem: Problem | None = None,
    system: str = "",
    confidence: str = "",
) -> Response:
    vignette = catalogue_of(request).sealed([story_id])[story_id]
    return render(
        request,
        "measuring/story.html",
        title=f"{vignette.case.head.person}’s story",
        section="practice",
        problem=problem,
        vignette=view_vignette(vignette.case),
        number=part.stories.index(story_id) + 1,
        whole=len(part.stories),
        done=len(part.stories) - len(part.left),
        system=system,
        confidence=confidence,
        confidences=CONFIDENCE_LABEL,
    )


def _course_page(
    request: Request, found: ClassInfo, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    engine = engine_of(request)
    measured = service.course_of(engine, found.id)
    results, lean = [], view_lean([], "this class chooses")
    if measured is not None:
        known = catalogue_of(request).sealed([story for own in measured.sets for story in own])
        cases = {number: vignette.case for number, vignette in known.items()}
        with engine.connect() as connection:
            answers = service.answers_of(connection, found.id)
        results = class_results(measured, answers, cases)
        lean = view_lean(class_lean(measured, answers, cases), "this class chooses")
    return render(
        request,
        "measuring/course.html",
        title=f"Measure {found.name}",
        place="classes",
        problem=problem,
        found=found,
        course=measured,
        days=_days(measured) if measured else (),
        results=results,
        lean=lean,
        names=timing.OCCASIONS,
        typed=typed or {"begins": now().date().isoformat(), "ends": "", "consent": USUAL_CONSENT},
        longest=LONGEST_CONSENT,
    )


def _days(course: CourseInfo) -> tuple[tuple[str, date, date, bool], ...]:
    """Each occasion with its first and last day, and whether it is open now."""
    return tuple(
        (
            name,
            timing.first_day(course.begins, course.ends, occasion),
            timing.closes(course.begins, course.ends, occasion),
            course.open == occasion,
        )
        for occasion, name in enumerate(timing.OCCASIONS)
    )
