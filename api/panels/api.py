"""JSON: making a panel, rating in it, what it found, files in and out, and the experts' lens of a story."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlmodel import Session

from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import require_learner
from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.accounts.trainer import find_trainer
from api.classes.dependencies import limit_classes
from api.guesses.dependencies import take_guess
from api.guesses.rules import AnswerBody
from api.guesses.service import latest_guess
from api.kit.days import as_written
from api.kit.errors import Forbidden, Unprocessable
from api.kit.join_codes import normalise
from api.kit.systems import ANSWERS, Answer
from api.panels import rating, ratings_file, reviewing, service
from api.panels.access import CurrentRater, PanelCode, linked_panel, panel_url, rater_token
from api.panels.bands import Kind, Named, Profession, Years
from api.panels.experts import ExpertsOut, experts_json, experts_of
from api.panels.figures import StandingKind
from api.panels.rating import NewRater, PanelRatingBody, Part
from api.panels.service import NewPanel, PanelInfo
from api.persistence.dependencies import engine_of, session
from api.stats.resampling import Agreed
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.web.admission import take_learner
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/panels", tags=["panels"])
stories = APIRouter(prefix="/api/v1/vignettes", tags=["panels"])

Rounded = Annotated[float, AfterValidator(lambda value: round(value, 4))]
Slug = Annotated[str, Field(max_length=80)]


class NewPanelBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, pattern=r"\S")
    stories: list[Slug] | None = Field(
        None, max_length=500, description="Slugs; those that need ratings most if left out."
    )
    many: Annotated[int, Field(strict=True, ge=1, le=service.MOST_STORIES)] = service.USUAL_STORIES
    each: Annotated[int, Field(strict=True, ge=1, le=service.MOST_EACH)] = service.USUAL_EACH
    closes_on: Annotated[date | None, BeforeValidator(as_written)] = None


class PanelOut(BaseModel):
    code: str
    name: str
    stories: int
    each: int
    closes_on: date
    closed: bool


class LedPanelOut(PanelOut):
    url: str = Field(description="The link that lets raters in.")


class NewRaterBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    k: str = Field(max_length=40, description="The mark of the link.")
    profession: Profession
    years: Years
    named: Named = "no"
    name: str = Field("", max_length=300)
    agree: bool = Field(description="True, or nothing is stored.", strict=True)


class RaterOut(BaseModel):
    rater_token: str
    stories: int


class StoryToRate(BaseModel):
    slug: str
    person: str
    text: str
    content_note: str | None
    question: str
    version: int


class PlaceOut(BaseModel):
    """Where a rater stands. `next` is null once all is rated or the panel has closed."""

    given: int
    rated: int
    next: StoryToRate | None


class OwnRatingOut(AnswerBody):
    vignette: str
    system: Answer
    also: list[Answer]
    key: Answer | None = Field(description="Our answer; null until all stories are rated or the panel has closed.")


class OwnRatingsOut(PlaceOut):
    items: list[OwnRatingOut]


class AgreedOut(BaseModel):
    kind: Kind | None = Field(description="Null for all together.")
    raters: int
    ratings: int
    stories: int
    alpha: Rounded | None
    alpha_interval: tuple[Rounded, Rounded] | None
    ac1: Rounded | None
    ac1_interval: tuple[Rounded, Rounded] | None


class StoryFindingOut(BaseModel):
    vignette: str
    standing: StandingKind
    clinicians: int
    counts: dict[Answer, int]
    likeliest: Answer | None = Field(description="By Dawid and Skene's model; null below five raters.")
    chance: Rounded | None
    words_in_common: Rounded | None
    look_again: bool


class RaterFindingOut(BaseModel):
    rater: str
    kind: Kind
    ratings: int
    alike: Rounded | None
    accuracy: Rounded | None
    differs: bool


class PanelReviewOut(PanelOut):
    raters: int
    finished: int
    agreement: list[AgreedOut]
    confusion: dict[Answer, dict[Answer, int]] = Field(description="The key's answer, then what raters chose.")
    vignettes: list[StoryFindingOut]
    people: list[RaterFindingOut]


class RatingsFileBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csv: str = Field(max_length=ratings_file.LARGEST_FILE, description="The file's text, with the columns of the form.")


class BroughtOut(BaseModel):
    added: int
    same: int


class DecisionBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decision: str = Field(max_length=20, description="`keep`, `both` or `rewrite`.")
    reason: str = Field(max_length=2_000)


class DecisionOut(BaseModel):
    version: int
    decision: str
    reason: str
    clinicians: int
    fitting: int
    by: str
    at: datetime


class DecisionsOut(BaseModel):
    standing: StandingKind
    clinicians: int
    items: list[DecisionOut]


@router.post("", status_code=201, responses=responses(401, 403, 503), dependencies=[Depends(limit_classes)])
def make_panel(request: Request, trainer: CurrentTrainer, body: NewPanelBody) -> LedPanelOut:
    """Makes a panel of the trainer's own. Anyone who has its `url` can rate."""
    wanted = NewPanel(body.name, body.stories or (), body.many, body.each, body.closes_on)
    library = catalogue_of(request).vignettes.values()
    return _led(request, service.make_panel(engine_of(request), trainer, wanted, library))


@router.get("", responses=responses(401, 403))
def list_panels(request: Request, trainer: CurrentTrainer) -> list[LedPanelOut]:
    """Every panel, newest first."""
    require(trainer, "see_library")
    return [_led(request, found) for found, _, _ in service.panels(engine_of(request))]


@router.post(
    "/{code}/raters", status_code=201, responses=responses(404, 409, 503), dependencies=[Depends(take_learner)]
)
def join(request: Request, code: PanelCode, body: NewRaterBody) -> RaterOut:
    """Takes part by the link's code and mark, without an account."""
    panel = linked_panel(request, code, body.k)
    if not body.agree:
        raise Unprocessable("Send agree: true to take part.", [{"pointer": "/agree", "detail": "true"}])
    who = NewRater(body.profession, body.years, body.named, body.name)
    rater = rating.join(engine_of(request), panel.code, who, list(catalogue_of(request).vignettes.values()))
    part = rating.part_of(engine_of(request), panel.code, rater)
    return RaterOut(rater_token=rater_token(request, panel, rater), stories=len(part.given))


@router.get("/{code}/next", responses=responses(401, 404))
def get_next(request: Request, code: PanelCode, rater: CurrentRater) -> PlaceOut:
    """The next story to rate: the story alone."""
    return _place(request, rating.part_of(engine_of(request), normalise(code), rater))


@router.put("/{code}/ratings/{slug}", responses=responses(401, 404, 409, 503))
def put_rating(request: Request, code: PanelCode, slug: str, rater: CurrentRater, body: PanelRatingBody) -> PlaceOut:
    """Rates a story. Sent again it takes the place of the first, until all stories are rated."""
    take_guess(request, rater)
    part = rating.rate(engine_of(request), normalise(code), rater, find_vignette(request, slug), body)
    experts_of(request).refresh()
    return _place(request, part)


@router.get("/{code}/ratings", responses=responses(401, 404))
def own_ratings(request: Request, code: PanelCode, rater: CurrentRater) -> OwnRatingsOut:
    """Everything that is held about this rater's answers."""
    part = rating.part_of(engine_of(request), normalise(code), rater)
    catalogue = catalogue_of(request)
    items = []
    for own in part.ratings.values():
        told = catalogue.version(own.vignette_id, own.version)
        if told is not None:
            key = told.case.head.key.dominant if part.finished else None
            items.append(OwnRatingOut(vignette=told.slug, key=key, **own.body.model_dump()))
    return OwnRatingsOut(items=items, **dict(_place(request, part)))


@router.delete("/{code}/raters/me", status_code=204, response_class=Response, responses=responses(401, 404))
def take_back(request: Request, code: PanelCode, rater: CurrentRater) -> Response:
    """Deletes everything about this rater."""
    rating.take_back(engine_of(request), normalise(code), rater)
    experts_of(request).refresh()
    return Response(status_code=204)


@router.get("/{code}", responses=responses(401, 403, 404))
def get_review(request: Request, trainer: CurrentTrainer, code: PanelCode) -> PanelReviewOut:
    """What the panel's ratings say about raters and keys."""
    require(trainer, "see_library")
    engine, catalogue = engine_of(request), catalogue_of(request)
    panel = service.find_panel(engine, code)
    view = reviewing.review(engine, panel, catalogue.vignettes.values())
    slugs = {vignette.id: vignette.slug for vignette in catalogue.vignettes.values()}
    found = view.findings
    return PanelReviewOut(
        **_fields(panel),
        raters=view.raters,
        finished=view.finished,
        agreement=[
            AgreedOut(kind=row.kind, raters=row.raters, ratings=row.ratings, **_agreed(row.figures))
            for row in found.kinds
        ],
        confusion={
            key: dict(zip(ANSWERS, row, strict=True)) for key, row in zip(ANSWERS, found.confusion, strict=True)
        },
        vignettes=[
            StoryFindingOut(
                vignette=slugs[row.vignette_id],
                standing=row.standing.kind,
                clinicians=row.standing.raters,
                counts=dict(zip(ANSWERS, row.counts, strict=True)),
                likeliest=row.likeliest,
                chance=row.chance,
                words_in_common=row.overlap,
                look_again=row.look,
            )
            for row in found.stories
        ],
        people=[RaterFindingOut.model_validate(row, from_attributes=True) for row in found.people],
    )


@router.get(
    "/{code}/export",
    responses={**responses(401, 403, 404), 200: {"content": {ratings_file.MEDIA_TYPE.partition(";")[0]: {}}}},
    response_class=Response,
)
def export(request: Request, trainer: CurrentTrainer, code: PanelCode) -> Response:
    """The ratings as CSV."""
    require(trainer, "export")
    panel = service.find_panel(engine_of(request), code)
    text = ratings_file.export_ratings(engine_of(request), trainer, panel, catalogue_of(request))
    return Response(text, media_type=ratings_file.MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@router.post(
    "/{code}/import", responses=responses(401, 403, 404, 413, 503), max_body_size=2 * ratings_file.LARGEST_FILE
)
def import_file(request: Request, trainer: CurrentTrainer, code: PanelCode, body: RatingsFileBody) -> BroughtOut:
    """Brings ratings in. A file with one bad row changes nothing."""
    data = body.csv.encode("utf-8", "replace")
    brought = ratings_file.import_ratings(engine_of(request), trainer, code, data, catalogue_of(request))
    experts_of(request).refresh()
    return BroughtOut(added=brought.added, same=brought.same)


@router.post("/{code}/close", responses=responses(401, 403, 404))
def close(request: Request, trainer: CurrentTrainer, code: PanelCode) -> LedPanelOut:
    """Closes it now; what was rated stays."""
    service.close_panel(engine_of(request), trainer, code)
    return _led(request, service.find_panel(engine_of(request), code))


@router.delete("/{code}", status_code=204, response_class=Response, responses=responses(401, 403, 404))
def delete(request: Request, trainer: CurrentTrainer, code: PanelCode) -> Response:
    """Deletes the panel with all its ratings."""
    service.delete_panel(engine_of(request), trainer, code)
    experts_of(request).refresh()
    return Response(status_code=204)


@stories.get("/{slug}/experts", responses=responses(401, 403, 404))
def experts(
    request: Request,
    slug: str,
    trainer: Annotated[Trainer | None, Depends(find_trainer)],
    db: Annotated[Session, Depends(session)],
) -> ExpertsOut | None:
    """How clinicians answered: for trainers, and for learners who have answered. Null below five clinicians."""
    vignette = find_vignette(request, slug)
    if trainer is None and latest_guess(db, require_learner(request), vignette) is None:
        raise Forbidden("Give your own answer first. Then you can see how clinicians answered.")
    return experts_json(experts_of(request).lens(vignette.case))


@stories.get("/{slug}/decisions", responses=responses(401, 403, 404))
def list_decisions(request: Request, slug: str, trainer: CurrentTrainer) -> DecisionsOut:
    """Where the story stands with clinicians, and what was decided about its key, newest first."""
    require(trainer, "see_library")
    vignette = find_vignette(request, slug)
    stood = experts_of(request).standing(vignette.case)
    items = [
        DecisionOut(
            version=one.version,
            decision=one.decision,
            reason=one.reason,
            clinicians=one.raters,
            fitting=one.fitting,
            by=one.by,
            at=one.at,
        )
        for one in reviewing.decisions(engine_of(request), vignette.id)
    ]
    return DecisionsOut(standing=stood.kind, clinicians=stood.raters, items=items)


@stories.post("/{slug}/decisions", status_code=201, responses=responses(401, 403, 404, 503))
def decide(request: Request, slug: str, trainer: CurrentTrainer, body: DecisionBody) -> DecisionsOut:
    """Keeps a decision about the key of the present version, with its reason."""
    vignette = find_vignette(request, slug)
    stood = experts_of(request).standing(vignette.case)
    reviewing.decide(engine_of(request), trainer, vignette, stood, body.decision, body.reason)
    return list_decisions(request, slug, trainer)


def _fields(panel: PanelInfo) -> dict[str, object]:
    return {
        "code": panel.code,
        "name": panel.name,
        "stories": len(panel.stories),
        "each": panel.each,
        "closes_on": panel.last_day,
        "closed": panel.closed,
    }


def _led(request: Request, panel: PanelInfo) -> LedPanelOut:
    return LedPanelOut.model_validate(_fields(panel) | {"url": panel_url(request, panel)})


def _agreed(figures: Agreed) -> dict[str, object]:
    return {
        "stories": figures.units,
        "alpha": figures.alpha,
        "alpha_interval": figures.alpha_interval,
        "ac1": figures.ac1,
        "ac1_interval": figures.ac1_interval,
    }


def _place(request: Request, part: Part) -> PlaceOut:
    published = {vignette.id: vignette for vignette in catalogue_of(request).vignettes.values()}
    upcoming = next((published[one] for one in part.open if one in published), None)
    if upcoming is None or part.panel.closed:
        return PlaceOut(given=len(part.given), rated=len(part.ratings), next=None)
    case = upcoming.case
    story = StoryToRate(
        slug=upcoming.slug,
        person=case.head.person,
        text=case.story,
        content_note=case.head.content_note,
        question=case.question,
        version=upcoming.version,
    )
    return PlaceOut(given=len(part.given), rated=len(part.ratings), next=story)
