"""JSON: the next case and why, progress, and everything held about the learner."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.accounts.learner import require_learner
from api.persistence.dependencies import after_what_waits, engine_of
from api.practice.dependencies import practice_of
from api.practice.personal_data import delete_learner, export
from api.practice.schemas import (
    AdviceOut,
    CalibrationOut,
    DetectionOut,
    ExportOut,
    NextOut,
    ProgressOut,
    ShareOut,
    SkillOut,
)
from api.stats.shares import Share
from api.vignettes.dependencies import catalogue_of
from api.vignettes.public import VignetteOut, public_fields
from api.web.problems import responses

router = APIRouter(prefix="/api/v1", tags=["practice"])


@router.get("/practice/next", responses=responses(401))
def get_next(request: Request) -> NextOut:
    """The next story: a new one, on a topic that is weak or due. Asking for it answers nothing."""
    practice = practice_of(request)
    catalogue = catalogue_of(request)
    found = practice.next_case(catalogue, require_learner(request))
    choice = found.choice
    if choice is None:
        return NextOut(vignette=None, reason=None, why=None, expected=None, contrast_to=None, over=found.over)
    return NextOut(
        vignette=VignetteOut.model_validate(public_fields(catalogue.vignettes[choice.item.slug])),
        reason=choice.reason,
        why=choice.why,
        expected=round(choice.expected, 3),
        contrast_to=found.contrast_to,
        over=False,
    )


@router.get("/practice/progress", responses=responses(401))
def get_progress(request: Request) -> ProgressOut:
    """How the learner's answers stand to the keys, and what is due."""
    practice = practice_of(request)
    progress = practice.progress(catalogue_of(request), require_learner(request))
    return ProgressOut(
        answered=progress.answered,
        overall=_share(progress.whole),
        systems=[_share(row) for row in progress.systems],
        levels=[_share(row) for row in progress.levels],
        confusion=progress.confusion,
        unsure=progress.unsure,
        also_fit=progress.also_fit,
        calibration=CalibrationOut.model_validate(progress.calibration, from_attributes=True),
        detection=[DetectionOut.model_validate(row, from_attributes=True) for row in progress.detection],
        curve=[_share(row) for row in progress.curve],
        skills=[
            SkillOut(
                skill=row.skill,
                name=row.name,
                answered=row.answered,
                matched=row.matched,
                due=None if row.due is None else datetime.fromtimestamp(row.due, UTC),
            )
            for row in progress.skills
        ],
        advice=AdviceOut.model_validate(progress.advice, from_attributes=True),
    )


@router.get("/practice/export", responses=responses(401))
def get_export(request: Request) -> ExportOut:
    """Everything that is held about the learner."""
    return ExportOut.model_validate(export(engine_of(request), require_learner(request)))


@router.delete(
    "/learners/me",
    status_code=204,
    response_class=Response,
    responses=responses(401, 503),
    dependencies=[Depends(after_what_waits)],
)
def delete_me(request: Request) -> Response:
    """Deletes everything that is held about the learner, at once and for good. The class's counts go down by it."""
    delete_learner(engine_of(request), require_learner(request))
    return Response(status_code=204)


def _share(row: Share) -> ShareOut:
    return ShareOut.model_validate(row, from_attributes=True)
