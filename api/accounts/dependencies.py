"""Who is signed in, and the sign-in form, for every page that needs someone to be."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from api.accounts.models import Trainer
from api.accounts.trainer import require_trainer
from api.kit.errors import Problem, Unauthorized
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


def ask_to_sign_in(request: Request, problem: Problem) -> Response | None:
    """The sign-in form for someone who has to be known; None for other problems."""
    if not isinstance(problem, Unauthorized):
        return None
    return sign_in_page(request, None if request.method == "GET" else problem.detail, status=problem.status)


PROBLEM_PAGES = {"/trainers/": ask_to_sign_in}
