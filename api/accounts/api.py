"""JSON: learner tokens and trainers' sign-in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel
from sqlmodel import Session

from api.accounts.attempts import in_turn, take_sign_in
from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import new_learner, token_for
from api.accounts.permissions import Role, role_of
from api.accounts.second_factor import factors, use_code
from api.accounts.sessions import ACCESS_TOKEN_SECONDS
from api.accounts.tokens import tokens_of
from api.accounts.trainer import access_token, password_counts, sign_in
from api.audit.trail import record_refused
from api.kit.errors import Unauthorized
from api.persistence.dependencies import engine_of
from api.web.admission import take_learner
from api.web.dependencies import settings_of
from api.web.problems import responses

router = APIRouter(prefix="/api/v1", tags=["identity"])


class LearnerToken(BaseModel):
    """A random id, signed. Anyone who holds it is this learner; nothing else is known about them."""

    learner_token: str


class AccessToken(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the name of a scheme
    expires_in: int


class Me(BaseModel):
    name: str
    role: Role


@router.post("/learners", status_code=201, responses=responses())
async def make_learner(request: Request) -> LearnerToken:
    """A new learner. Nothing about the person is asked, and nothing is kept until the first guess."""
    await take_learner(request)
    return LearnerToken(learner_token=token_for(request, new_learner()))


async def _limit_sign_in(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> None:
    await take_sign_in(request, form.username)


@router.post("/auth/token", responses=responses(401, 422), dependencies=[Depends(_limit_sign_in), Depends(in_turn)])
def make_access_token(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    otp: Annotated[str, Form(max_length=60, description="A code of the second factor, if the account has one.")] = "",
) -> AccessToken:
    """A trainer's access token for a name and password, and a code of their second factor if they have one."""
    trainer = sign_in(engine_of(request), form.username, form.password)
    if trainer is None:
        raise Unauthorized("Name or password is incorrect.")
    if not password_counts(engine_of(request), trainer, settings_of(request).password_admin):
        record_refused(engine_of(request), trainer, "access_token", "password")
        raise Unauthorized("Passwords are switched off here.")
    with Session(engine_of(request)) as db:
        asks = factors(db, trainer.id or 0).any
    if asks and not use_code(engine_of(request), trainer, otp, tokens_of(request).secrets, "access_token"):
        raise Unauthorized("This account has a second factor. Send the newest code of its app as otp.")
    token = access_token(engine_of(request), trainer, strong=asks)
    return AccessToken(access_token=token, expires_in=ACCESS_TOKEN_SECONDS)


@router.get("/auth/me", responses=responses(401))
def get_me(trainer: CurrentTrainer) -> Me:
    """Who the access token belongs to."""
    return Me(name=trainer.name, role=role_of(trainer))
