"""JSON: the analysis of one vignette, for trainers."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from api.accounts.dependencies import CurrentTrainer
from api.accounts.permissions import require
from api.editorial.standing import get_status
from api.item_analysis.dependencies import served
from api.item_analysis.item import Analysis, analyse
from api.item_analysis.movement import Moved
from api.persistence.dependencies import engine_of
from api.review import agreeing, reviewing
from api.review.agreeing import Figures
from api.stats.calibration import Calibration
from api.stats.enough import NotEnough
from api.stats.items import Discrimination, StrongAndWeak
from api.stats.shares import Share
from api.vignettes.catalogue import Vignette
from api.web.dependencies import settings_of
from api.web.load_shedding import shed_statistics
from api.web.problems import responses

router = APIRouter(prefix="/api/v1/vignettes", tags=["authoring"])


class Figure(BaseModel):
    """A figure with its n. Below `needed` of them there is not enough data, and the rest is null."""

    n: int
    needed: int = 0
    enough: bool = True
    detail: str | None = Field(None, description="What is missing, in words.")


class ShareOut(BaseModel):
    count: int
    total: int
    share: float
    interval: tuple[float, float] = Field(description="95 % Wilson interval.")


class FacilityOut(Figure):
    share: ShareOut | None = None


class DiscriminationOut(Figure):
    index: float | None = Field(None, description="Corrected item-rest correlation in percent; null without variance.")
    efficiency: float | None = Field(None, description="In percent of the most that these answers allow.")


class CalibrationOut(Figure):
    bins: dict[str, ShareOut] | None = None
    bias: float | None = Field(None, description="Mean confidence minus accuracy: above 0 is too sure.")
    brier: float | None = None


class AnswersOut(Figure):
    strong: dict[str, ShareOut] | None = None
    weak: dict[str, ShareOut] | None = None


class AgreementOut(Figure):
    """Blind ratings: `system` is the share of rater pairs with the same answer; alpha and AC1 are on marked words."""

    system: float | None = None
    fitting: int | None = Field(None, description="Raters whose answer the key accepts.")
    markers: int = 0
    words_alpha: float | None = None
    words_ac1: float | None = None


class SignOut(BaseModel):
    text: str
    system: str
    marked: ShareOut


class CuesOut(Figure):
    signs: list[SignOut] | None = None


class MovementOut(Figure):
    people: int | None = Field(None, description="Rounded to the nearest 5, as every count here; null is a few.")
    table: dict[str, dict[str, int | None]] | None = None
    before: float | None = None
    after: float | None = None
    gain: float | None = None


class AnalysisOut(BaseModel):
    slug: str
    version: int
    series: int
    capped: bool = Field(description="Whether only the newest learners were looked at.")
    facility: FacilityOut
    discrimination: DiscriminationOut
    answers: AnswersOut
    calibration: CalibrationOut
    agreement: AgreementOut
    cues: CuesOut
    movement: MovementOut
    attention: list[str]


@router.get("/{slug}/analysis", responses=responses(401, 403, 404, 503), dependencies=[Depends(shed_statistics)])
def get_analysis(request: Request, slug: str, trainer: CurrentTrainer) -> AnalysisOut:
    """Facility, discrimination, agreement, calibration and more, each with its n, or that there is not enough data."""
    require(trainer, "see_library")
    engine = engine_of(request)
    standing = get_status(engine, trainer, slug)
    vignette = served(request, standing.id, standing.text.version)
    analysis = analyse(engine, vignette, settings_of(request).small_group)
    ratings = reviewing.ratings(engine, trainer, slug)
    case = standing.text.case or vignette.case
    fitting = sum(rating.body.system in case.acceptable for rating in ratings)
    return _out(
        vignette,
        analysis,
        len(ratings),
        fitting,
        agreeing.system_agreement(ratings),
        agreeing.word_agreement(case, ratings),
    )


def _lacking(missing: NotEnough) -> dict[str, object]:
    return {"n": missing.have, "needed": missing.need, "enough": False, "detail": str(missing)}


def _share(share: Share) -> ShareOut:
    low, high = share.interval or (0.0, 1.0)
    return ShareOut(
        count=share.matched,
        total=share.answered,
        share=round(share.share or 0.0, 4),
        interval=(round(low, 4), round(high, 4)),
    )


def _out(
    vignette: Vignette, analysis: Analysis, raters: int, fitting: int, system: float | None, words: Figures
) -> AnalysisOut:
    cues = analysis.cues
    return AnalysisOut(
        slug=vignette.slug,
        version=vignette.version,
        series=vignette.series,
        capped=analysis.capped,
        facility=_facility(analysis.facility),
        discrimination=_discrimination(analysis.discrimination),
        answers=_answers(analysis.strong_and_weak),
        calibration=_calibration(analysis.calibration),
        agreement=AgreementOut(
            n=raters,
            needed=2,
            enough=raters > 1,
            detail=None if raters > 1 else str(NotEnough(raters, 2, "blind ratings")),
            system=system,
            fitting=fitting if raters else None,
            markers=words.raters,
            words_alpha=words.alpha,
            words_ac1=words.ac1,
        ),
        cues=CuesOut.model_validate(_lacking(cues))
        if isinstance(cues, NotEnough)
        else CuesOut(
            n=cues.markers,
            signs=[SignOut(text=sign.text, system=sign.system, marked=_share(sign.share)) for sign in cues.signs],
        ),
        movement=_movement(analysis.movement),
        attention=list(analysis.reasons),
    )


def _facility(figure: Share | NotEnough) -> FacilityOut:
    if isinstance(figure, NotEnough):
        return FacilityOut.model_validate(_lacking(figure))
    return FacilityOut(n=figure.answered, share=_share(figure))


def _discrimination(figure: Discrimination | NotEnough) -> DiscriminationOut:
    if isinstance(figure, NotEnough):
        return DiscriminationOut.model_validate(_lacking(figure))
    return DiscriminationOut(n=figure.learners, index=figure.index, efficiency=figure.efficiency)


def _answers(figure: StrongAndWeak | NotEnough | None) -> AnswersOut:
    if figure is None:
        return AnswersOut(n=0, enough=False, detail="strong and weak learners cannot be told apart yet")
    if isinstance(figure, NotEnough):
        return AnswersOut.model_validate(_lacking(figure))
    strong, weak = ({answer: _share(s) for answer, s in third.items()} for third in (figure.strong, figure.weak))
    return AnswersOut(
        n=sum(next(iter(third.values())).answered for third in (figure.strong, figure.weak)),
        strong={str(answer): share for answer, share in strong.items()},
        weak={str(answer): share for answer, share in weak.items()},
    )


def _calibration(figure: Calibration | NotEnough) -> CalibrationOut:
    if isinstance(figure, NotEnough):
        return CalibrationOut.model_validate(_lacking(figure))
    bins = {row.confidence: _share(row) for row in figure.bins if row.answered}
    bias, brier = (None if part is None else round(part, 4) for part in (figure.bias, figure.brier))
    return CalibrationOut(n=figure.answered, bins=bins, bias=bias, brier=brier)


def _movement(figure: Moved | NotEnough) -> MovementOut:
    if isinstance(figure, NotEnough):
        return MovementOut.model_validate(_lacking(figure))
    return MovementOut(
        n=figure.groups,
        people=figure.people,
        table=figure.table,
        before=figure.before,
        after=figure.after,
        gain=figure.gain,
    )
