"""Who is signed in, and the sign-in form, for every page that needs someone to be."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from api.accounts.models import Trainer
from api.accounts.trainer import require_trainer
from api.web.rendering import render

CurrentTrainer = Annotated[Trainer, Depends(require_trainer)]
"""The signed-in trainer; anyone else is asked to sign in."""


def sign_in_page(request: Request, error: str | None = None, name: str = "", status: int = 200) -> Response:
    """The form; with an error after a refused try."""
    return render(
        request,
        "accounts/sign_in.html",
        title="Sign in",
        section="trainers",
        status_code=status,
        error=error,
        name=name,
    )
