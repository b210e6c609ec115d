"""Trainers' accounts, where they are signed in, and the links that let someone in."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime

NO_PASSWORD: Final = ""


class Trainer(SQLModel, table=True):
    """Someone who writes and reviews vignettes. `role` is one of permissions.ROLES.

    `password_hash` is Argon2id, or empty for someone who signs in through an institution alone.
    """

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=8, sa_column_kwargs={"server_default": "trainer"})
    created_at: datetime = Field(sa_type=UTCDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class TrainerSession(SQLModel, table=True):
    """One sign-in. Of the token only the SHA-256 is kept; of the device only a label such as “Firefox on Windows”.

    `confirmed_at` is when its holder last proved to be the owner. Of a sign-in through an institution `provider` is its
    key in the settings, and `provider_session` the SHA-256 of what it calls the sign-in there. `second_factor`: whether
    it was shown.
    """

    __tablename__ = "trainer_session"

    id: int | None = Field(default=None, primary_key=True)
    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    device: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_on: date
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ends_at: datetime = Field(sa_type=UTCDateTime)
    provider: str | None = Field(default=None, max_length=20)
    provider_session: str | None = Field(default=None, max_length=64)
    second_factor: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Invitation(SQLModel, table=True):
    """A link that works once: `invite` makes an account with `role`, `reset` gives `trainer_id` a new password."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=8)
    role: str | None = Field(default=None, max_length=8)
    trainer_id: int | None = Field(default=None, foreign_key="trainer.id", ondelete="CASCADE")
    name: str | None = Field(default=None, max_length=60)
    created_by: int = Field(foreign_key="trainer.id", ondelete="CASCADE")
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class LinkedIdentity(SQLModel, table=True):
    """Who someone is at an institution: `issuer` is its address, `subject` its own number for them, which is never
    given to anyone else there. Neither a name nor an email address is kept."""

    __tablename__ = "linked_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", index=True)
    issuer: str = Field(max_length=200)
    subject: str = Field(max_length=255)
    linked_at: datetime = Field(sa_type=UTCDateTime)
    last_used_on: date


class SpentToken(SQLModel, table=True):
    """Something that worked once, as SHA-256, until it would have run out anyway."""

    __tablename__ = "spent_token"

    token_hash: str = Field(max_length=64, primary_key=True)
    ends_at: datetime = Field(sa_type=UTCDateTime)


class AuthenticatorApp(SQLModel, table=True):
    """Someone's app for codes: its secret, sealed, and the newest step of 30 seconds whose code was used."""

    __tablename__ = "authenticator_app"

    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", primary_key=True)
    secret: str = Field(max_length=300)
    last_step: int
    since: datetime = Field(sa_type=UTCDateTime)


class RecoveryCode(SQLModel, table=True):
    """A code that works once in place of the app; only its SHA-256."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", index=True)
    code_hash: str = Field(max_length=64)


class Passkey(SQLModel, table=True):
    """A passkey: its public key, and how often its device says that it was used. `id_hash` is what it is found by."""

    id: int | None = Field(default=None, primary_key=True)
    trainer_id: int = Field(foreign_key="trainer.id", ondelete="CASCADE", index=True)
    id_hash: str = Field(max_length=64, unique=True)
    credential_id: str = Field(max_length=1400)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UTCDateTime)
    last_used_on: date | None = None


class SecondFactorDemand(SQLModel, table=True):
    """From this day on people with this role need a second factor. No row: no demand."""

    __tablename__ = "second_factor_demand"

    role: str = Field(max_length=8, primary_key=True)
    binds_on: date
