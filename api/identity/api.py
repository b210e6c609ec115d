"""JSON: learner tokens and trainers' sign-in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel
from sqlmodel import Session

from api.db import session
from api.identity.learner import new_learner, token_for
from api.identity.trainer import SIGNED_IN_SECONDS, access_token, sign_in
from api.problems import Unauthorized, responses
from api.ratelimit import LEARNERS_PER_ADDRESS, SIGN_INS_PER_ADDRESS, SIGN_INS_PER_NAME, address, take

router = APIRouter(prefix="/api/v1", tags=["identity"])


class LearnerToken(BaseModel):
    """A random id, signed. Whoever holds it is this learner; nothing else is known about them."""

    learner_token: str


class AccessToken(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105  # the name of a scheme
    expires_in: int


@router.post("/learners", status_code=201, responses=responses())
async def make_learner(request: Request) -> LearnerToken:
    """A new learner. Nothing about the person is asked, and nothing is kept until the first guess."""
    await take(request, LEARNERS_PER_ADDRESS, address(request))
    return LearnerToken(learner_token=token_for(request, new_learner()))


async def _limit_sign_in(request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> None:
    await take(request, SIGN_INS_PER_ADDRESS, address(request))
    await take(request, SIGN_INS_PER_NAME, form.username.strip())


@router.post("/auth/token", responses=responses(401, 422), dependencies=[Depends(_limit_sign_in)])
def make_access_token(
    request: Request,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    db: Annotated[Session, Depends(session)],
) -> AccessToken:
    """A trainer's access token for a name and password."""
    trainer = sign_in(db, form.username, form.password)
    if trainer is None:
        raise Unauthorized("The name and password do not belong together.")
    return AccessToken(access_token=access_token(request.app.state.tokens, trainer), expires_in=SIGNED_IN_SECONDS)
