"""Who is signed in, and the sign-in form, for every page that needs someone to be."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts.entering import enter
from api.accounts.institutions import institutions_of
from api.accounts.models import Trainer
from api.accounts.passkeys import can_be_used
from api.accounts.second_factor import factors
from api.accounts.sessions import Proof
from api.accounts.trainer import SecondFactorNeeded, find_trainer, require_trainer, require_trainer_with_any_factor
from api.kit.errors import Problem, Unauthorized
from api.persistence.dependencies import engine_of
from api.web.dependencies import settings_of
from api.web.rendering import render

CurrentTrainer = Annotated[Trainer, Depends(require_trainer)]
"""The signed-in trainer; anyone else is asked to sign in."""

TrainerWithAnyFactor = Annotated[Trainer, Depends(require_trainer_with_any_factor)]
"""The same before a second factor is set up that their role needs: for the pages on which that is done."""

MaybeTrainer = Annotated[Trainer | None, Depends(find_trainer)]
"""The signed-in trainer, or None."""


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
        institutions=institutions_of(request).providers,
        passwords=not settings_of(request).password_admin,
        passkeys=can_be_used(request),
    )


def ask_to_sign_in(request: Request, problem: Problem) -> Response | None:
    """The sign-in form for someone who has to be known, or the way to a second factor; None for other problems."""
    if isinstance(problem, SecondFactorNeeded):
        return _lead_to_factor(request)
    if not isinstance(problem, Unauthorized):
        return None
    return sign_in_page(request, None if request.method == "GET" else problem.detail, status=problem.status)


def _lead_to_factor(request: Request) -> Response:
    """To show the second factor that there is, or to set one up."""
    trainer: Trainer = request.state.trainer
    with Session(engine_of(request)) as db:
        has_one = factors(db, trainer.id or 0).any
    if has_one:
        return enter(request, trainer, Proof("signed in before", None))
    return RedirectResponse("/trainers/account?needed=1", status_code=303)


PROBLEM_PAGES = {"/trainers/": ask_to_sign_in}
