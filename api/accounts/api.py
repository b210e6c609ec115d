"""JSON: learner tokens and trainers' sign-in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel

from api.accounts.attempts import in_turn, take_sign_in
from api.accounts.dependencies import CurrentTrainer
from api.accounts.learner import new_learner, token_for
from api.accounts.permissions import Role, role_of
from api.accounts.sessions import ACCESS_TOKEN_SECONDS
from api.accounts.trainer import access_token, sign_in
from api.kit.errors import Unauthorized
from api.persistence.dependencies import engine_of
from api.web.admission import take_learner
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
) -> AccessToken:
    """A trainer's access token for a name and password."""
    trainer = sign_in(engine_of(request), form.username, form.password)
    if trainer is None:
        raise Unauthorized("Name or password is incorrect.")
    return AccessToken(access_token=access_token(engine_of(request), trainer), expires_in=ACCESS_TOKEN_SECONDS)


@router.get("/auth/me", responses=responses(401))
def get_me(trainer: CurrentTrainer) -> Me:
    """Who the access token belongs to."""
    return Me(name=trainer.name, role=role_of(trainer))
