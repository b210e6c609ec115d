"""JSON: the three systems and the published library."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api.accounts.models import Trainer
from api.accounts.trainer import find_trainer
from api.kit.errors import Forbidden
from api.kit.exact_query import Number
from api.kit.systems import CARDS, CAVEAT, System, SystemCard
from api.vignettes.answer_key import OutcomeKey, answer_key
from api.vignettes.case import Reconstructed
from api.vignettes.catalogue import Vignette
from api.vignettes.dependencies import catalogue_of, find_vignette
from api.vignettes.public import VignetteOut, public_fields
from api.web.problems import responses

router = APIRouter(prefix="/api/v1", tags=["library"])


class Systems(BaseModel):
    items: tuple[SystemCard, ...]
    caveat: str = Field(description="What the “often linked with” lines do not mean.")


class CueOut(BaseModel):
    text: str
    start: int
    end: int
    type: str
    strength: str
    polarity: str


class TrainerVignetteOut(VignetteOut):
    """The whole vignette, with its key: for trainers."""

    key: OutcomeKey
    cues: list[CueOut]
    explanations: dict[System, str]
    questions: list[str]
    tags: list[str]
    skills: list[str]
    reconstructed: list[Reconstructed]
    sources: list[str]
    authors: list[str]
    licence: str


class VignettePage(BaseModel):
    items: list[VignetteOut]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null at the end.")


@router.get("/systems")
async def list_systems() -> Systems:
    """What each system is for and how it shows."""
    return Systems(items=CARDS, caveat=CAVEAT)


@router.get("/vignettes", responses=responses(401, 403, 422))
def list_vignettes(
    request: Request,
    trainer: Annotated[Trainer | None, Depends(find_trainer)],
    system: Annotated[System | None, Query(description="Dominant system; for trainers only.")] = None,
    level: Annotated[Number | None, Query(ge=1, le=3)] = None,
    tag: Annotated[str | None, Query(max_length=200)] = None,
    q: Annotated[str | None, Query(max_length=200, description="Words in the title, person or story.")] = None,
    limit: Annotated[Number, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=80, description="From the page before.")] = None,
) -> VignettePage:
    """Published vignettes, without their keys."""
    if system is not None and trainer is None:
        raise Forbidden("Filtering by system would give the keys away; sign in as a trainer to do it.")
    catalogue = catalogue_of(request)
    found = [
        vignette
        for vignette in sorted(catalogue.vignettes.values(), key=lambda vignette: vignette.slug)
        if (cursor is None or vignette.slug > cursor)
        and _fits(vignette, system=system, level=level, tag=tag, words=(q or "").lower().split())
    ]
    page = found[:limit]
    return VignettePage(
        items=[VignetteOut(**public_fields(vignette)) for vignette in page],
        next_cursor=page[-1].slug if len(found) > limit else None,
    )


def _fits(vignette: Vignette, system: str | None, level: int | None, tag: str | None, words: list[str]) -> bool:
    head = vignette.case.head
    text = f"{head.title} {head.person} {vignette.case.story}".lower()
    return (
        (system is None or head.key.dominant == system)
        and (level is None or head.level == level)
        and (tag is None or tag in head.tags)
        and all(word in text for word in words)
    )


@router.get("/vignettes/{slug}", responses=responses(404, 422))
def get_vignette(
    request: Request, slug: str, trainer: Annotated[Trainer | None, Depends(find_trainer)]
) -> TrainerVignetteOut | VignetteOut:
    """One vignette; a trainer also gets key, cues and explanations."""
    vignette = find_vignette(request, slug)
    if trainer is None:
        return VignetteOut(**public_fields(vignette))
    case = vignette.case
    return TrainerVignetteOut(
        **public_fields(vignette),
        key=answer_key(case),
        cues=[CueOut(text=case.story[cue.start : cue.end], **cue.model_dump()) for cue in case.cues],
        explanations={case.head.key.dominant: case.why, **case.others},
        questions=case.questions,
        **case.head.model_dump(include={"tags", "skills", "reconstructed", "sources", "authors", "licence"}),
    )
