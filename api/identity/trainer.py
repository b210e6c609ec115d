"""Trainers: the one-time set-up link, signing in, and who is asking."""

from datetime import timedelta

from fastapi import Depends, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from api.audit.trail import note, note_refused
from api.db import now, session, writing
from api.identity import sessions
from api.identity.cookies import drop_cookie, put_cookie, read_cookie
from api.identity.devices import device_label
from api.identity.learner import bearer
from api.identity.models import Trainer
from api.identity.navigation import places_for
from api.identity.passwords import chosen_name, fits, hash_password
from api.identity.permissions import Role
from api.identity.tokens import Tokens
from api.problems import Conflict, Unauthorized

COOKIE = "trainer"
SETUP_SECONDS = 7 * 24 * 3600


def set_up_link(tokens: Tokens, base_url: str) -> str:
    """The address that makes the first trainer; it is worth nothing once there is one."""
    return f"{base_url.rstrip('/')}/trainers/setup/{tokens.sign_timed('setup', 'first-trainer')}"


def is_set_up_token(tokens: Tokens, token: str) -> bool:
    return tokens.read_timed("setup", token, SETUP_SECONDS) == "first-trainer"


def needs_setup(engine: Engine) -> bool:
    with Session(engine) as db:
        return db.exec(select(func.count()).select_from(Trainer)).one() == 0


def add_trainer(engine: Engine, name: str, password: str, *, role: Role, first: bool = False) -> Trainer:
    """Makes an account. Raises Unprocessable for a bad name or password, Conflict for a taken name.

    With `first` it also raises Conflict when there is a trainer already, checked in the same transaction.
    """
    name, password_hash = chosen_name(name), hash_password(password)
    with Session(writing(engine), expire_on_commit=False) as db:
        if first and db.get_bind().dialect.name == "postgresql":
            db.connection().exec_driver_sql("LOCK TABLE trainer IN EXCLUSIVE MODE")  # two may come at once
        if first and db.exec(select(func.count()).select_from(Trainer)).one():
            raise Conflict("There is a trainer already. Ask them for a link, or sign in.")
        trainer = new_trainer(db, name, password_hash, role)
        note(db, trainer if first else None, "set_up" if first else "add_person", f"{name}, {role}")
        db.commit()
        return trainer


def new_trainer(db: Session, name: str, password_hash: str, role: Role) -> Trainer:
    """Adds an account in a writing session, which the caller commits. Raises Conflict for a taken name."""
    taken = Conflict(f"There is already a trainer named {name}. Choose another name.")
    if db.exec(select(Trainer).where(Trainer.name == name)).one_or_none():
        raise taken
    trainer = Trainer(name=name, password_hash=password_hash, role=role, created_at=now())
    db.add(trainer)
    try:
        db.flush()
    except IntegrityError:  # someone else was quicker by a moment
        raise taken from None
    return trainer


def sign_in(engine: Engine, name: str, password: str) -> Trainer | None:
    """The trainer with this name and password; as slow for an unknown or disabled name as for another password."""
    name = name.strip()
    with Session(engine) as db:
        trainer = db.exec(select(Trainer).where(Trainer.name == name)).one_or_none() if name.isprintable() else None
    known = fits(password, trainer.password_hash if trainer else None)
    if trainer and known and trainer.disabled_at is None:
        return trainer
    note_refused(engine, trainer, "sign_in")  # what was typed is not kept: it may be a password in the wrong field
    return None


def access_token(engine: Engine, trainer: Trainer) -> str:
    """A bearer token for ACCESS_TOKEN_SECONDS."""
    lasts = timedelta(seconds=sessions.ACCESS_TOKEN_SECONDS)
    return sessions.begin(engine, trainer, sessions.API_DEVICE, lasts, "access_token")


def remember_trainer(request: Request, response: Response, trainer: Trainer) -> None:
    """Begins a sign-in on this device and puts its token in a cookie that scripts and other sites cannot use.

    It takes the place of the one before: the cookie of that is gone with it.
    """
    if before := read_cookie(request, COOKIE, strict=True):
        sessions.end_token(request.app.state.engine, before)
    device = device_label(request.headers.get("user-agent", ""))
    token = sessions.begin(request.app.state.engine, trainer, device)
    put_cookie(request, response, COOKIE, token, int(sessions.LONGEST.total_seconds()))


def forget_trainer(request: Request, response: Response) -> None:
    """Ends the sign-in on this device, in the database too."""
    if token := read_cookie(request, COOKIE, strict=True):
        sessions.end_token(request.app.state.engine, token)
    drop_cookie(request, response, COOKIE)


def find_trainer(request: Request, db: Session = Depends(session)) -> Trainer | None:
    """The signed-in trainer, by bearer token or cookie, as plain values that no session holds."""
    token = bearer(request) or read_cookie(request, COOKIE, strict=True)
    found = sessions.find(db, token) if token else None
    if found is None:
        request.state.trainer_name, request.state.sign_in_id, request.state.places = None, None, ()
        return None
    trainer, here = found
    for row in found:
        db.expunge(row)
    db.rollback()  # gives the connection back before somebody needs one to write with
    request.state.trainer_name, request.state.sign_in_id = trainer.name, here.id
    request.state.places, request.state.trainer = places_for(trainer), trainer
    sessions.note_seen(request.app.state.engine, here)
    return trainer


def require_trainer(trainer: Trainer | None = Depends(find_trainer)) -> Trainer:
    if trainer is None:
        raise Unauthorized("Sign in as a trainer first.")
    return trainer
