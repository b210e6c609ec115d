"""Trainers: the one-time set-up link, signing in, and who is asking."""

from dataclasses import replace
from datetime import timedelta

from fastapi import Depends, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from api.accounts import sessions
from api.accounts.attempts import remember_device
from api.accounts.cookies import drop_cookie, put_cookie, read_cookie
from api.accounts.devices import device_label
from api.accounts.learner import bearer
from api.accounts.models import Trainer
from api.accounts.names import chosen_name, name_key, skeleton
from api.accounts.navigation import nav_for
from api.accounts.passwords import hash_password, verify_password
from api.accounts.permissions import Role
from api.accounts.tokens import Tokens
from api.audit.trail import record, record_refused
from api.kit.errors import Conflict, Forbidden, Unauthorized
from api.persistence.dependencies import engine_of, session
from api.persistence.engine import now, write_engine

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
    name = chosen_name(name)
    password_hash = hash_password(password, name)
    with Session(write_engine(engine), expire_on_commit=False) as db:
        if first and db.get_bind().dialect.name == "postgresql":
            db.connection().exec_driver_sql("LOCK TABLE trainer IN EXCLUSIVE MODE")  # two may come at once
        if first and db.exec(select(func.count()).select_from(Trainer)).one():
            raise Conflict("The first account has already been created. Sign in, or ask an admin for an invitation.")
        trainer = new_trainer(db, name, password_hash, role)
        record(db, trainer if first else None, "set_up" if first else "add_person", f"{name}, {role}")
        db.commit()
        return trainer


def new_trainer(db: Session, name: str, password_hash: str, role: Role) -> Trainer:
    """Adds an account in a writing session, which the caller commits. Raises Conflict for a name that is taken, or
    that looks like one."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql("LOCK TABLE trainer IN SHARE ROW EXCLUSIVE MODE")  # two may come at once
    alike = skeleton(name)
    if taken := next((one for one in db.exec(select(Trainer.name)) if skeleton(one) == alike), None):
        told = "is the same as" if name_key(taken) == name_key(name) else "looks like"
        raise Conflict(
            f"This name {told} “{taken}”, which is already in use. Choose a different name, such as a longer one."
        )
    trainer = Trainer(name=name, password_hash=password_hash, role=role, created_at=now())
    db.add(trainer)
    try:
        db.flush()
    except IntegrityError:  # someone else was quicker by a moment
        raise Conflict(f"There is already a trainer named {name}. Choose another name.") from None
    return trainer


def sign_in(engine: Engine, name: str, password: str, *, known: bool = False) -> Trainer | None:
    """The trainer with this name and password; as slow for an unknown or disabled name as for another password.

    `known`: the name has signed in on this device before. Raises TooMany when too many passwords wait to be hashed.
    """
    with Session(engine) as db:
        trainer = _named(db, name.strip())
    fitting = verify_password(password, trainer.password_hash if trainer else None, known=known)
    if trainer and fitting and trainer.disabled_at is None:
        return trainer
    record_refused(engine, trainer, "sign_in")  # what was typed is not kept: it may be a password in the wrong field
    return None


def password_counts(engine: Engine, trainer: Trainer, password_admin: str) -> bool:
    """Whether this person may sign in with a password where only `password_admin` may.

    Should there be no such admin any more, every admin may: an institution that is away would leave no way in.
    """
    if not password_admin:
        return True
    if named := active_admin(engine, password_admin):
        return named.id == trainer.id
    return trainer.role == "admin"


def active_admin(engine: Engine, name: str) -> Trainer | None:
    """The admin of this name, unless they are blocked."""
    with Session(engine) as db:
        named = _named(db, name)
    return named if named is not None and named.role == "admin" and named.disabled_at is None else None


def _named(db: Session, name: str) -> Trainer | None:
    """The one who is meant: by the name as it is kept, else by another way of typing it that means no one else."""
    key = name_key(name)
    found = {kept: number for kept, number in db.exec(select(Trainer.name, Trainer.id)) if name_key(kept) == key}
    number = found.get(name) or (next(iter(found.values())) if len(found) == 1 else None)
    return db.get(Trainer, number) if number else None


def access_token(engine: Engine, trainer: Trainer, *, strong: bool = False) -> str:
    """A bearer token for ACCESS_TOKEN_SECONDS; `strong` says that a second factor was shown."""
    lasts = timedelta(seconds=sessions.ACCESS_TOKEN_SECONDS)
    proof = replace(sessions.by_password(), strong=strong)
    return sessions.begin(engine, trainer, sessions.API_DEVICE, proof, lasts, "access_token")


def remember_trainer(request: Request, response: Response, trainer: Trainer, proof: sessions.Proof) -> None:
    """Begins a sign-in on this device and puts its token in a cookie that scripts and other sites cannot use.

    It takes the place of the one before: the cookie of that is gone with it.
    """
    if before := read_cookie(request, COOKIE):
        sessions.end_token(engine_of(request), before)
    device = device_label(request.headers.get("user-agent", ""))
    token = sessions.begin(engine_of(request), trainer, device, proof)
    put_cookie(request, response, COOKIE, token, int(sessions.LONGEST.total_seconds()))
    remember_device(request, response, trainer.name)


def forget_trainer(request: Request, response: Response) -> str | None:
    """Ends the sign-in on this device, in the database too; gives the institution that it came through."""
    token = read_cookie(request, COOKIE)
    provider = sessions.end_token(engine_of(request), token) if token else None
    drop_cookie(request, response, COOKIE)
    return provider


def find_trainer(request: Request, db: Session = Depends(session)) -> Trainer | None:
    """The signed-in trainer, by bearer token or cookie, as plain values that no session holds."""
    token = bearer(request) or read_cookie(request, COOKIE)
    found = sessions.find(db, token) if token else None
    if found is None:
        request.state.trainer_name, request.state.sign_in_id, request.state.places = None, None, ()
        request.state.factor_due = None
        return None
    trainer, here, binds_on = found
    for row in (trainer, here):
        db.expunge(row)
    db.rollback()  # gives the connection back before someone needs one to write with
    request.state.trainer_name, request.state.sign_in_id = trainer.name, here.id
    request.state.confirmed_at = here.confirmed_at
    request.state.factor_due = None if here.second_factor else binds_on
    request.state.places, request.state.trainer = nav_for(trainer), trainer
    sessions.note_seen(engine_of(request), here)
    return trainer


class SecondFactorNeeded(Forbidden):
    """The role of the person who asks needs a second factor, and this sign-in has shown none."""

    def __init__(self) -> None:
        super().__init__("Your role needs a second factor. Set one up under Account, then sign in with it.")


def require_trainer_with_any_factor(trainer: Trainer | None = Depends(find_trainer)) -> Trainer:
    """For the pages on which a second factor is set up."""
    if trainer is None:
        raise Unauthorized("Sign in as a trainer to continue.")
    return trainer


def require_trainer(request: Request, trainer: Trainer = Depends(require_trainer_with_any_factor)) -> Trainer:
    if (due := request.state.factor_due) is not None and due <= now().date():
        raise SecondFactorNeeded
    return trainer
