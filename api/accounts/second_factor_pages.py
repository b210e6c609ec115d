"""Pages of the second factor: showing it at signing in, and setting up and removing one's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.accounts import second_factor
from api.accounts.codes_shown import codes_page, second_step_page
from api.accounts.confirming import confirm_first
from api.accounts.dependencies import TrainerWithAnyFactor
from api.accounts.entering import complete, half_in
from api.accounts.models import Trainer
from api.accounts.sessions import note_second_factor
from api.accounts.tokens import tokens_of
from api.kit.errors import Problem, Unprocessable
from api.kit.qr import qr
from api.persistence.dependencies import engine_of
from api.web.rate_limit import CODES_PER_ACCOUNT, CODES_PER_ACCOUNT_A_DAY, take
from api.web.rendering import render

router = APIRouter(prefix="/trainers", include_in_schema=False)

_PURPOSE = "new-app"
_SECONDS = 15 * 60
WRONG = "This code does not match, or has been used. Enter the newest code of your app, or a recovery code."

Code = Annotated[str, Form(max_length=60)]


async def limit_codes(request: Request, trainer_id: int) -> None:
    """By account: anyone who has a password already gets few tries at the second factor."""
    await take(request, CODES_PER_ACCOUNT, str(trainer_id))
    await take(request, CODES_PER_ACCOUNT_A_DAY, str(trainer_id))


async def _limit_half(request: Request) -> None:
    if (half := half_in(request)) is not None:
        await limit_codes(request, half[0].id or 0)


async def _limit(request: Request, trainer: TrainerWithAnyFactor) -> None:
    await limit_codes(request, trainer.id or 0)


@router.get("/second-step")
def second_step(request: Request) -> Response:
    """Asks for the second factor of someone who has shown the first."""
    half = half_in(request)
    return second_step_page(request, half[0]) if half else RedirectResponse("/trainers", status_code=303)


@router.post("/second-step", dependencies=[Depends(_limit_half)])
def post_second_step(request: Request, code: Code = "") -> Response:
    half = half_in(request)
    if half is None:
        return RedirectResponse("/trainers", status_code=303)
    trainer, proof = half
    kind = second_factor.use_code(engine_of(request), trainer, code, tokens_of(request).secrets, "sign_in")
    if kind is None:
        return second_step_page(request, trainer, Unprocessable(WRONG))
    return complete(request, trainer, proof, kind)


@router.get("/account/app")
def set_up(request: Request, trainer: TrainerWithAnyFactor) -> Response:
    """A new secret to scan or type; nothing is kept until its first code has come back."""
    if ask := confirm_first(request, "/trainers/account/app"):
        return ask
    return _app_page(request, trainer, second_factor.new_secret())


@router.post("/account/app", dependencies=[Depends(_limit)])
def post_set_up(
    request: Request, trainer: TrainerWithAnyFactor, code: Code = "", secret: Annotated[str, Form(max_length=300)] = ""
) -> Response:
    if ask := confirm_first(request, "/trainers/account/app"):
        return ask
    known = tokens_of(request).read_timed(_PURPOSE, secret, _SECONDS)
    if known is None:
        return _app_page(request, trainer, second_factor.new_secret(), Unprocessable("That took too long. Scan again."))
    try:
        codes = second_factor.set_up_app(
            engine_of(request), trainer, known, "".join(code.split()), tokens_of(request).secrets
        )
    except Unprocessable as problem:
        return _app_page(request, trainer, known, problem)
    note_second_factor(engine_of(request), request.state.sign_in_id)
    return codes_page(request, codes)


@router.post("/account/codes")
def post_codes(request: Request, trainer: TrainerWithAnyFactor) -> Response:
    """New recovery codes, shown this once."""
    if ask := confirm_first(request, "/trainers/account"):
        return ask
    with Session(engine_of(request)) as db:
        if not second_factor.factors(db, trainer.id or 0).any:
            return RedirectResponse("/trainers/account", status_code=303)
    return codes_page(request, second_factor.renew_codes(engine_of(request), trainer))


@router.post("/account/app/remove")
def post_remove(request: Request, trainer: TrainerWithAnyFactor) -> Response:
    if ask := confirm_first(request, "/trainers/account"):
        return ask
    second_factor.remove_app(engine_of(request), trainer)
    return RedirectResponse("/trainers/account", status_code=303)


def _app_page(request: Request, trainer: Trainer, secret: str, problem: Problem | None = None) -> Response:
    return render(
        request,
        "accounts/app.html",
        title="Set up an authenticator app",
        place="account",
        problem=problem,
        picture=qr(second_factor.address(secret, trainer.name)),
        shown=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        secret=tokens_of(request).sign_timed(_PURPOSE, secret),
    )
