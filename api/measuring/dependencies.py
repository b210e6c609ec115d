"""What the pages and the JSON of measured courses share."""

from pathlib import Path

from fastapi import Request

from api.web.dependencies import settings_of


def folders_of(request: Request) -> tuple[Path, ...]:
    """Where plans and suggestions stand, whose stories are not sealed."""
    settings = settings_of(request)
    return settings.plans_dir, settings.vignettes_dir
