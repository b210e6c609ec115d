"""Trainers' accounts, where they are signed in, and the links that let someone in."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from api.persistence.engine import UTCDateTime


class Trainer(SQLModel, table=True):
    """Someone who writes and reviews vignettes. `password_hash` is Argon2id; `role` is one of permissions.ROLES."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    password_hash: str = Field(max_length=200)
    role: str = Field(max_length=8, sa_column_kwargs={"server_default": "trainer"})
    created_at: datetime = Field(sa_type=UTCDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class TrainerSession(SQLModel, table=True):
    """One sign-in. Of the token only the SHA-256 is kept; of the device only a label such as “Firefox on Windows”.

    `confirmed_at` is when its holder last gave the password.
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
