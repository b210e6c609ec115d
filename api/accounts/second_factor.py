"""A second factor: codes of an authenticator app (TOTP, RFC 6238), and ten recovery codes for when it is lost.

The app's secret is sealed; of a recovery code only the SHA-256 is kept: it has 118 random bits. Each code works once.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Engine
from sqlmodel import Session, col, delete, func, select, update

from api.accounts.models import AuthenticatorApp, Passkey, RecoveryCode, Trainer
from api.accounts.people import locked
from api.audit.actions import AuditAction
from api.audit.trail import record
from api.kit.errors import Unprocessable
from api.persistence.engine import now, write_engine

CODES: Final = 10
SECONDS: Final = 30
WINDOW: Final = 1  # steps of 30 seconds that the phone's clock may be off, either way
ISSUER: Final = "Three Circles"
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that looks like a digit
_PARTS, _LENGTH = 6, 4

Kind = Literal["authenticator app", "recovery code"]


@dataclass(frozen=True, slots=True)
class Factors:
    """What someone can show besides their password. `app` is the day on which it was set up."""

    app: date | None
    passkeys: int
    codes: int

    @property
    def any(self) -> bool:
        return self.app is not None or self.passkeys > 0


def factors(db: Session, trainer_id: int) -> Factors:
    app = db.get(AuthenticatorApp, trainer_id)
    passkeys = db.exec(select(func.count()).where(Passkey.trainer_id == trainer_id)).one()
    codes = db.exec(select(func.count()).where(RecoveryCode.trainer_id == trainer_id)).one()
    return Factors(app.since.date() if app else None, passkeys, codes)


def new_secret() -> str:
    """160 random bits in base 32, as apps take them."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """What the app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def set_up_app(engine: Engine, trainer: Trainer, secret: str, code: str, keys: Sequence[str]) -> list[str]:
    """Takes the app's secret once it has given a right code; gives new recovery codes. Raises Unprocessable."""
    from api.accounts.sealing import seal  # noqa: PLC0415  # cryptography's 11 MB, spared where no one needs it

    step = _step_of(secret, code, -1)
    if step is None:
        raise Unprocessable(
            "This code does not match. Check that the clock of your phone is set automatically, and enter the newest "
            "code.",
            [{"pointer": "/code", "detail": "six digits"}],
        )
    with Session(write_engine(engine)) as db:
        trainer_id = cast(int, locked(db, cast(int, trainer.id)).id)
        db.exec(delete(AuthenticatorApp).where(col(AuthenticatorApp.trainer_id) == trainer_id))
        db.add(AuthenticatorApp(trainer_id=trainer_id, secret=seal(keys, secret), last_step=step, since=now()))
        codes = new_codes(db, trainer_id)
        record(db, trainer, "second_factor", "authenticator app")
        db.commit()
    return codes


def renew_codes(engine: Engine, trainer: Trainer) -> list[str]:
    """Ten new recovery codes; the earlier ones work no more."""
    with Session(write_engine(engine)) as db:
        codes = new_codes(db, cast(int, locked(db, cast(int, trainer.id)).id))
        record(db, trainer, "second_factor", "recovery codes")
        db.commit()
    return codes


def remove_app(engine: Engine, trainer: Trainer) -> None:
    """Takes one's own app away."""
    with Session(write_engine(engine)) as db:
        trainer_id = cast(int, trainer.id)
        db.exec(delete(AuthenticatorApp).where(col(AuthenticatorApp.trainer_id) == trainer_id))
        tidy_codes(db, trainer_id)
        record(db, trainer, "no_second_factor", "authenticator app")
        db.commit()


def remove_all(engine: Engine, by: Trainer, trainer_id: int) -> None:
    """An admin's help for someone who has lost them all. Raises NotFound."""
    with Session(write_engine(engine)) as db:
        found = locked(db, trainer_id)
        remove_factors(db, trainer_id)
        record(db, by, "no_second_factor", found.name)
        db.commit()


def use_code(engine: Engine, trainer: Trainer, code: str, keys: Sequence[str], deed: AuditAction) -> Kind | None:
    """Which kind of code this is, and spends it; None for one that does not match, or did once before."""
    plain = "".join(code.split()).replace("-", "").lower()
    with Session(write_engine(engine)) as db:
        kind: Kind | None = None
        if plain.isdecimal():
            kind = "authenticator app" if _use_step(db, cast(int, trainer.id), plain, keys) else None
        elif len(plain) == _PARTS * _LENGTH:
            used = delete(RecoveryCode).where(
                col(RecoveryCode.trainer_id) == trainer.id, col(RecoveryCode.code_hash) == _hashed(plain)
            )
            kind = "recovery code" if db.exec(used).rowcount == 1 else None
        if kind is None:
            record(db, trainer, deed, "code", "refused")
        db.commit()
    return kind


def _use_step(db: Session, trainer_id: int, code: str, keys: Sequence[str]) -> bool:
    from api.accounts.sealing import reseal, unseal  # noqa: PLC0415

    app = db.get(AuthenticatorApp, trainer_id)
    secret = unseal(keys, app.secret) if app else None
    step = _step_of(secret, code, app.last_step) if app and secret else None
    if app is None or step is None:
        return False
    # Of two at once with the same code the second one finds the step taken.
    later = update(AuthenticatorApp).where(
        col(AuthenticatorApp.trainer_id) == trainer_id, col(AuthenticatorApp.last_step) < step
    )
    return db.exec(later.values(last_step=step, secret=reseal(keys, app.secret))).rowcount == 1


def _step_of(secret: str, code: str, last: int) -> int | None:
    """The step that a code belongs to, if it is later than the last one that was used."""
    if not code.isascii() or len(code) != 6:
        return None
    try:
        step = pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now().timestamp(), valid_window=WINDOW)
    except OTPVerificationError:
        return None
    return step if step > last else None


def new_codes(db: Session, trainer_id: int) -> list[str]:
    """Ten codes in place of the earlier ones, in a session that the caller commits."""
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(_PARTS))
        for _ in range(CODES)
    ]
    db.exec(delete(RecoveryCode).where(col(RecoveryCode.trainer_id) == trainer_id))
    db.add_all(RecoveryCode(trainer_id=trainer_id, code_hash=_hashed(code.replace("-", ""))) for code in codes)
    return codes


def _hashed(code: str) -> str:
    """With 118 random bits a plain SHA-256 tells nothing about it."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def remove_factors(db: Session, trainer_id: int) -> None:
    """Deletes everything of someone's second factor, in a session that the caller commits."""
    db.exec(delete(AuthenticatorApp).where(col(AuthenticatorApp.trainer_id) == trainer_id))
    db.exec(delete(Passkey).where(col(Passkey.trainer_id) == trainer_id))
    db.exec(delete(RecoveryCode).where(col(RecoveryCode.trainer_id) == trainer_id))


def tidy_codes(db: Session, trainer_id: int) -> None:
    """Deletes recovery codes with nothing left to recover, in a session that the caller commits."""
    if not factors(db, trainer_id).any:
        db.exec(delete(RecoveryCode).where(col(RecoveryCode.trainer_id) == trainer_id))
