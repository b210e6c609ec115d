"""The last step of every way in: where someone has a second factor, it is asked for before a sign-in begins.

Until then only a signed cookie of ten minutes says who has shown the first one. It ends with a change of the password.
"""

import hashlib
from dataclasses import replace
from typing import Final

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from api.accounts.cookies import drop_cookie, put_cookie, read_cookie
from api.accounts.models import Trainer
from api.accounts.second_factor import factors
from api.accounts.sessions import Proof
from api.accounts.tokens import tokens_of
from api.accounts.trainer import remember_trainer
from api.kit.encoding import from_text, to_text
from api.persistence.dependencies import engine_of
from api.persistence.engine import now

COOKIE = "half-signed-in"
SECONDS: Final = 10 * 60
_PURPOSE: Final = "half-signed-in"
_LONGEST: Final = 1000
_HALF: Final = TypeAdapter(tuple[int, str, Proof])


def enter(request: Request, trainer: Trainer, proof: Proof, to: str = "/trainers") -> Response:
    """Signs someone in, or leads to where they show their second factor."""
    with Session(engine_of(request)) as db:
        asks = not proof.strong and factors(db, trainer.id or 0).any
    if not asks:
        response = RedirectResponse(to, status_code=303)
        remember_trainer(request, response, trainer, proof)
        return response
    response = RedirectResponse("/trainers/second-step", status_code=303)
    value = to_text(_HALF.dump_json((trainer.id or 0, _state_of(trainer), proof)))
    put_cookie(request, response, COOKIE, tokens_of(request).sign_timed(_PURPOSE, value), SECONDS)
    return response


def half_in(request: Request) -> tuple[Trainer, Proof] | None:
    """Who has shown the first factor in this browser; None where no one has, or something has changed since."""
    token = read_cookie(request, COOKIE)
    value = tokens_of(request).read_timed(_PURPOSE, token, SECONDS, _LONGEST) if token else None
    try:
        number, state, proof = _HALF.validate_json(from_text(value or ""))
    except ValidationError:
        return None
    with Session(engine_of(request)) as db:
        trainer = db.get(Trainer, number)
        if trainer is None or trainer.disabled_at is not None or _state_of(trainer) != state:
            return None
        db.expunge(trainer)
    return trainer, proof


def complete(request: Request, trainer: Trainer, proof: Proof, how: str) -> Response:
    """Signs someone in who has shown their second factor too."""
    both = replace(proof, method=f"{proof.method}, {how}", at=now(), strong=True)
    response = enter(request, trainer, both)
    drop_cookie(request, response, COOKIE)
    return response


def _state_of(trainer: Trainer) -> str:
    return hashlib.sha256(trainer.password_hash.encode()).hexdigest()[:16]
