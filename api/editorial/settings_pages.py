"""The page on which admins change what holds for the library."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.dependencies import CurrentTrainer
from api.accounts.models import Trainer
from api.accounts.permissions import require
from api.editorial.library_settings import MOST_RATERS, LibrarySettings, read_library_settings, write_library_settings
from api.persistence.dependencies import engine_of
from api.web.rendering import render


def _may_change(trainer: CurrentTrainer) -> Trainer:
    require(trainer, "change_settings")
    return trainer


router = APIRouter(prefix="/trainers/settings", include_in_schema=False, dependencies=[Depends(_may_change)])


@router.get("")
def settings(request: Request, kept: str = "") -> Response:
    return render(
        request,
        "editorial/settings.html",
        title="Publishing",
        place="settings",
        library=read_library_settings(engine_of(request)),
        most=MOST_RATERS,
        kept=bool(kept),
    )


@router.post("")
def post_settings(
    request: Request,
    trainer: Annotated[Trainer, Depends(_may_change)],
    raters_needed: Annotated[int, Form()],
    lone_trainer: Annotated[str, Form()] = "",
) -> Response:
    """Keeps the settings."""
    write_library_settings(engine_of(request), LibrarySettings(raters_needed, bool(lone_trainer)), trainer)
    return RedirectResponse("/trainers/settings?kept=1", status_code=303)
