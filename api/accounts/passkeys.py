"""Passkeys (WebAuthn): making them, and taking what they sign. Alone they count as both factors, since the device has
checked who holds it; after a password a security key without a PIN will do.

What is to be signed is a hash of a signed cookie of five minutes that counts once: no row is made by asking.
"""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from fastapi import Request, Response
from sqlmodel import Session, col, delete, select, update

from api.accounts.cookies import drop_cookie, put_cookie, read_cookie
from api.accounts.models import Passkey, Trainer
from api.accounts.names import LONGEST_NAME
from api.accounts.people import locked
from api.accounts.second_factor import factors, new_codes, tidy_codes
from api.accounts.sessions import spend
from api.accounts.tokens import tokens_of
from api.audit.trail import record
from api.kit.encoding import to_text
from api.kit.errors import Conflict, Unprocessable
from api.kit.network import is_loopback
from api.kit.plain_text import is_plain, one_line
from api.persistence.dependencies import engine_of
from api.persistence.engine import now, write_engine
from api.web.rendering import base_url

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

COOKIE = "passkey"
SECONDS: Final = 5 * 60
MOST: Final = 20  # of one account
LONGEST_ANSWER: Final = 16_000  # characters
NAME: Final = "Three Circles"
_PURPOSE: Final = "passkey"

REFUSED: Final = "This passkey did not work here. Please try again, or sign in another way."


@dataclass(frozen=True, slots=True)
class Held:
    """A passkey as its owner sees it."""

    id: int
    name: str
    since: date
    last_used: date | None


def can_be_used(request: Request) -> bool:
    """Browsers make passkeys for names behind https, and for `localhost`, but for no bare address."""
    parts = urlsplit(base_url(request))
    host = parts.hostname or ""
    bare = host.replace(".", "").isdigit() or ":" in host
    return not bare and (parts.scheme == "https" or is_loopback(host))


def held(db: Session, trainer: Trainer) -> tuple[Held, ...]:
    """Someone's passkeys, the oldest first."""
    rows = db.exec(select(Passkey).where(Passkey.trainer_id == trainer.id).order_by(col(Passkey.id)))
    return tuple(Held(cast(int, row.id), row.name, row.created_at.date(), row.last_used_on) for row in rows)


def options_to_make(request: Request, response: Response, trainer: Trainer) -> dict[str, Any]:
    """What the browser makes a passkey from; the response gets the cookie that goes with it."""
    import webauthn  # noqa: PLC0415  # with cryptography 15 MB, spared where no one has a passkey
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    made = webauthn.generate_registration_options(
        rp_id=_host(request),
        rp_name=NAME,
        user_name=trainer.name,
        user_id=hashlib.sha256(f"{trainer.id} {trainer.created_at:%Y-%m-%dT%H:%M:%S.%f}".encode()).digest(),
        challenge=_new_challenge(request, response),
        exclude_credentials=_descriptors(request, trainer),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return _plain(made)


def options_to_use(request: Request, response: Response, trainer: Trainer | None, *, checked: bool) -> dict[str, Any]:
    """What the browser has a passkey sign: one of this person, or whichever it has for this site.

    `checked`: the device is to check who holds it.
    """
    import webauthn  # noqa: PLC0415  # as above
    from webauthn.helpers.structs import UserVerificationRequirement as Check  # noqa: PLC0415

    made = webauthn.generate_authentication_options(
        rp_id=_host(request),
        challenge=_new_challenge(request, response),
        allow_credentials=_descriptors(request, trainer) if trainer else [],
        user_verification=Check.REQUIRED if checked else Check.PREFERRED,
    )
    return _plain(made)


def keep(request: Request, trainer: Trainer, answer: str, name: str) -> list[str]:
    """Keeps a new passkey of someone who is signed in; gives recovery codes where there were none.

    Raises Unprocessable for an answer that does not hold, Conflict for one passkey too many.
    """
    import webauthn  # noqa: PLC0415  # as above

    challenge, token = _challenge(request)
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
        )
    except Exception:  # what a hostile answer makes the library raise is not bounded
        raise Unprocessable("Your browser did not make a passkey that works here. Please try again.") from None
    name = one_line(name)[:LONGEST_NAME]
    with Session(write_engine(engine_of(request))) as db:
        trainer_id = cast(int, locked(db, cast(int, trainer.id)).id)
        _spend(db, token)
        there = factors(db, trainer_id)
        if there.passkeys >= MOST:
            raise Conflict(f"An account has room for {MOST} passkeys. Remove one first.")
        if db.exec(select(Passkey.id).where(Passkey.id_hash == _hashed(found.credential_id))).first() is not None:
            raise Conflict("This passkey belongs to an account already.")
        db.add(
            Passkey(
                trainer_id=trainer_id,
                id_hash=_hashed(found.credential_id),
                credential_id=to_text(found.credential_id),
                public_key=found.credential_public_key,
                sign_count=found.sign_count,
                name=name if name and is_plain(name) else "Passkey",
                created_at=now(),
            )
        )
        db.flush()
        codes = [] if there.codes else new_codes(db, trainer_id)
        record(db, trainer, "second_factor", "passkey")
        db.commit()
    return codes


def signed_by(request: Request, answer: str, *, checked: bool, of: Trainer | None = None) -> Trainer:
    """Whose passkey has signed; with `of` it has to be theirs. Raises Unprocessable for an answer that does not hold.

    `checked`: the device has to have checked who holds it.
    """
    import webauthn  # noqa: PLC0415  # as above
    from webauthn.helpers import parse_authentication_credential_json  # noqa: PLC0415

    challenge, token = _challenge(request)
    engine = engine_of(request)
    try:
        credential = parse_authentication_credential_json(answer)
        with Session(engine) as db:
            passkey = db.exec(select(Passkey).where(Passkey.id_hash == _hashed(credential.raw_id))).one()
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(request),
            expected_origin=_origin(request),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=checked,
        )
    except Exception:  # as above
        raise Unprocessable(REFUSED) from None
    with Session(write_engine(engine), expire_on_commit=False) as db:
        trainer = db.get(Trainer, passkey.trainer_id)
        if trainer is None or trainer.disabled_at is not None or (of is not None and of.id != trainer.id):
            raise Unprocessable(REFUSED)
        _spend(db, token)
        mine = update(Passkey).where(col(Passkey.id) == passkey.id)
        db.exec(mine.values(sign_count=found.new_sign_count, last_used_on=now().date()))
        db.commit()
    return trainer


def remove(request: Request, trainer: Trainer, passkey_id: int, *, other_way: bool) -> None:
    """Takes one's own passkey away; one that is gone is no error. Raises Conflict when it is the last way in."""
    with Session(write_engine(engine_of(request))) as db:
        trainer_id = cast(int, locked(db, cast(int, trainer.id)).id)
        found = db.get(Passkey, passkey_id)
        if found is None or found.trainer_id != trainer_id:
            return
        if not other_way and factors(db, trainer_id).passkeys < 2:
            raise Conflict("This is your only way to sign in. Set a password first, or link an institution.")
        db.exec(delete(Passkey).where(col(Passkey.id) == passkey_id))
        tidy_codes(db, trainer_id)
        record(db, trainer, "no_second_factor", "passkey")
        db.commit()


def forget_challenge(request: Request, response: Response) -> None:
    drop_cookie(request, response, COOKIE)


def _new_challenge(request: Request, response: Response) -> bytes:
    token = tokens_of(request).sign_timed(_PURPOSE, secrets.token_urlsafe(16))
    put_cookie(request, response, COOKIE, token, SECONDS)
    return hashlib.sha256(token.encode()).digest()


def _challenge(request: Request) -> tuple[bytes, str]:
    token = read_cookie(request, COOKIE)
    if token is None or tokens_of(request).read_timed(_PURPOSE, token, SECONDS) is None:
        raise Unprocessable("That took too long. Please try again.")
    return hashlib.sha256(token.encode()).digest(), token


def _spend(db: Session, token: str) -> None:
    if not spend(db, token, now() + timedelta(seconds=SECONDS)):
        raise Unprocessable(REFUSED)


def _descriptors(request: Request, trainer: Trainer) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415  # as above
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415

    with Session(engine_of(request)) as db:
        kept: Sequence[str] = db.exec(select(Passkey.credential_id).where(Passkey.trainer_id == trainer.id)).all()
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in kept]


def _plain(options: Any) -> dict[str, Any]:
    from webauthn import options_to_json  # noqa: PLC0415

    found: dict[str, Any] = json.loads(options_to_json(options))
    return found


def _host(request: Request) -> str:
    return urlsplit(base_url(request)).hostname or ""


def _origin(request: Request) -> str:
    parts = urlsplit(base_url(request))
    return f"{parts.scheme}://{parts.netloc}"


def _hashed(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()
