"""What the script of the passkeys asks for, and where it sends what they have signed; and one's own passkeys."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from api.accounts import identities, passkeys
from api.accounts.codes_shown import codes_page, second_step_page
from api.accounts.confirming import confirm_first, limit_confirming, note_confirmed, own_page
from api.accounts.dependencies import MaybeTrainer, TrainerWithAnyFactor, sign_in_page
from api.accounts.entering import complete, enter, half_in
from api.accounts.passkeys import LONGEST_ANSWER
from api.accounts.sessions import Proof, note_second_factor
from api.accounts.trainer import password_counts
from api.audit.trail import record_export, record_refused
from api.kit.errors import Unprocessable
from api.persistence.dependencies import engine_of
from api.persistence.engine import now
from api.web.dependencies import settings_of
from api.web.rate_limit import SIGN_INS_PER_ADDRESS, take_from
from api.web.rendering import RowNumber

router = APIRouter(prefix="/trainers", include_in_schema=False)

Answer = Annotated[str, Form(max_length=LONGEST_ANSWER)]
What = Literal["sign-in", "second-step", "confirm"]


async def _limit(request: Request) -> None:
    await take_from(request, SIGN_INS_PER_ADDRESS, "passkey")


async def _limit_own(request: Request, trainer: TrainerWithAnyFactor) -> None:
    await limit_confirming(request, trainer)


@router.post("/passkey/options/{what}", dependencies=[Depends(_limit)])
def post_options(request: Request, trainer: MaybeTrainer, what: What) -> Response:
    """What a passkey is to sign. Which ones someone has is told only to who has shown their password or is in."""
    half = half_in(request)
    whose = {"sign-in": None, "second-step": half[0] if half else None, "confirm": trainer}[what]
    response = JSONResponse(None)
    body = passkeys.options_to_use(request, response, whose, checked=what != "second-step")
    return _with_cookies(response, body)


@router.post("/passkey", dependencies=[Depends(_limit)])
def post_sign_in(request: Request, passkey: Answer = "") -> Response:
    """Signs in with a passkey alone."""
    try:
        trainer = passkeys.signed_by(request, passkey, checked=True)
    except Unprocessable as problem:
        record_refused(engine_of(request), None, "sign_in", "passkey")
        return sign_in_page(request, problem.detail, status=problem.status)
    response = enter(request, trainer, Proof("passkey", now(), strong=True))
    passkeys.forget_challenge(request, response)
    return response


@router.post("/second-step/passkey", dependencies=[Depends(_limit)])
def post_second_step(request: Request, passkey: Answer = "") -> Response:
    """A passkey after the password."""
    half = half_in(request)
    if half is None:
        return RedirectResponse("/trainers", status_code=303)
    trainer, proof = half
    try:
        passkeys.signed_by(request, passkey, checked=False, of=trainer)
    except Unprocessable as problem:
        record_refused(engine_of(request), trainer, "sign_in", "passkey")
        return second_step_page(request, trainer, problem)
    response = complete(request, trainer, proof, "passkey")
    passkeys.forget_challenge(request, response)
    return response


@router.post("/confirm/passkey", dependencies=[Depends(_limit_own)])
def post_confirm(
    request: Request,
    trainer: TrainerWithAnyFactor,
    passkey: Answer = "",
    back: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Shows again who one is, before something that lets people in or out."""
    passkeys.signed_by(request, passkey, checked=True, of=trainer)
    note_confirmed(request, now())
    record_export(engine_of(request), trainer, "confirm", "passkey")
    response = RedirectResponse(own_page(back), status_code=303)
    passkeys.forget_challenge(request, response)
    return response


@router.post("/account/passkeys/options")
def post_own_options(request: Request, trainer: TrainerWithAnyFactor) -> Response:
    """What a new passkey is made from; 401 for who has to confirm first."""
    if confirm_first(request, ""):
        return JSONResponse({"confirm": "/trainers/confirm?back=/trainers/account"}, status_code=401)
    response = JSONResponse(None)
    return _with_cookies(response, passkeys.options_to_make(request, response, trainer))


@router.post("/account/passkeys")
def post_own(
    request: Request,
    trainer: TrainerWithAnyFactor,
    passkey: Answer = "",
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keeps a new passkey; shows recovery codes where there were none."""
    if ask := confirm_first(request, "/trainers/account"):
        return ask
    codes = passkeys.keep(request, trainer, passkey, name)
    note_second_factor(engine_of(request), request.state.sign_in_id)
    response = codes_page(request, codes) if codes else RedirectResponse("/trainers/account", status_code=303)
    passkeys.forget_challenge(request, response)
    return response


@router.post("/account/passkeys/{passkey_id}/remove")
def post_remove(request: Request, trainer: TrainerWithAnyFactor, passkey_id: RowNumber) -> Response:
    """Takes one's own passkey away, where another way in is left."""
    if ask := confirm_first(request, "/trainers/account"):
        return ask
    engine = engine_of(request)
    password = bool(trainer.password_hash) and password_counts(engine, trainer, settings_of(request).password_admin)
    with Session(engine) as db:
        other = password or bool(identities.links(db, trainer))
    passkeys.remove(request, trainer, passkey_id, other_way=other)
    return RedirectResponse("/trainers/account", status_code=303)


def _with_cookies(response: JSONResponse, body: object) -> Response:
    """The body, once the cookie that it belongs to is in the headers."""
    whole = JSONResponse(body)
    whole.raw_headers.extend(header for header in response.raw_headers if header[0] == b"set-cookie")
    return whole
