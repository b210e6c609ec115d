"""Trainers: the one-time set-up link, signing in, and who is asking."""

from functools import cache

from fastapi import Depends, Request, Response
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from api.db import now, session, writing
from api.identity.learner import bearer, is_https
from api.identity.models import Trainer
from api.identity.tokens import Tokens
from api.problems import Conflict, Unauthorized, Unprocessable

COOKIE = "trainer"
SIGNED_IN_SECONDS = 12 * 3600
SETUP_SECONDS = 7 * 24 * 3600
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200

_passwords = PasswordHash([Argon2Hasher()])


def set_up_link(tokens: Tokens, base_url: str) -> str:
    """The address that makes the first trainer; it is worth nothing once there is one."""
    return f"{base_url.rstrip('/')}/trainers/setup/{tokens.sign_timed('setup', 'first-trainer')}"


def is_set_up_token(tokens: Tokens, token: str) -> bool:
    return tokens.read_timed("setup", token, SETUP_SECONDS) == "first-trainer"


def needs_setup(engine: Engine) -> bool:
    with Session(engine) as db:
        return db.exec(select(func.count()).select_from(Trainer)).one() == 0


def add_trainer(engine: Engine, name: str, password: str, *, admin: bool, first: bool = False) -> Trainer:
    """Makes an account. Raises Unprocessable for a bad name or password, Conflict for a taken name.

    With `first` it also raises Conflict when there is a trainer already, checked in the same transaction.
    """
    name = name.strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise Unprocessable(
            "Choose a name of 1 to 60 characters.", [{"pointer": "/name", "detail": "1 to 60 characters"}]
        )
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        detail = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Unprocessable(f"Choose a password of {detail}.", [{"pointer": "/password", "detail": detail}])
    password_hash = _passwords.hash(password)
    with Session(writing(engine), expire_on_commit=False) as db:
        if first and db.get_bind().dialect.name == "postgresql":
            db.connection().exec_driver_sql("LOCK TABLE trainer IN EXCLUSIVE MODE")  # two may come at once
        if first and db.exec(select(func.count()).select_from(Trainer)).one():
            raise Conflict("There is a trainer already. Ask them for a link, or sign in.")
        if db.exec(select(Trainer).where(Trainer.name == name)).one_or_none():
            raise Conflict(f"There is already a trainer named {name}. Choose another name.")
        trainer = Trainer(name=name, password_hash=password_hash, is_admin=admin, created_at=now())
        db.add(trainer)
        db.commit()
        return trainer


@cache
def _nobody() -> str:
    return _passwords.hash("a password that nobody has")


def sign_in(db: Session, name: str, password: str) -> Trainer | None:
    """The trainer with this name and password; as slow for an unknown name as for a wrong password."""
    name = name.strip()
    trainer = db.exec(select(Trainer).where(Trainer.name == name)).one_or_none() if name.isprintable() else None
    stored = trainer.password_hash if trainer else _nobody()
    valid = _passwords.verify(password[:LONGEST_PASSWORD], stored)
    return trainer if trainer and valid else None


def access_token(tokens: Tokens, trainer: Trainer) -> str:
    """A bearer token for SIGNED_IN_SECONDS."""
    return tokens.sign_timed("trainer", str(trainer.id))


def remember_trainer(request: Request, response: Response, trainer: Trainer) -> None:
    response.set_cookie(
        COOKIE,
        access_token(request.app.state.tokens, trainer),
        max_age=SIGNED_IN_SECONDS,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def find_trainer(request: Request, db: Session = Depends(session)) -> Trainer | None:
    """The signed-in trainer, by bearer token or cookie."""
    token = bearer(request) or request.cookies.get(COOKIE)
    tokens: Tokens = request.app.state.tokens
    value = tokens.read_timed("trainer", token, SIGNED_IN_SECONDS) if token else None
    trainer = db.get(Trainer, int(value)) if value and value.isdigit() else None
    request.state.trainer_name = trainer.name if trainer else None
    return trainer


def require_trainer(trainer: Trainer | None = Depends(find_trainer)) -> Trainer:
    if trainer is None:
        raise Unauthorized("Sign in as a trainer first.")
    return trainer
