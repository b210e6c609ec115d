"""Two pages that both kinds of second factor lead to: the one that asks for it, and the one with recovery codes."""

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from api.accounts.models import Trainer
from api.accounts.second_factor import factors
from api.kit.errors import Problem
from api.persistence.dependencies import engine_of
from api.web.rendering import render


def second_step_page(request: Request, trainer: Trainer, problem: Problem | None = None) -> Response:
    """Asks for what this person has set up."""
    with Session(engine_of(request)) as db:
        held = factors(db, trainer.id or 0)
    return render(
        request, "accounts/second_step.html", title="Second step", section="trainers", problem=problem, factors=held
    )


def codes_page(request: Request, codes: list[str]) -> Response:
    """New recovery codes, this once."""
    return render(request, "accounts/codes.html", title="Recovery codes", place="account", codes=codes)
