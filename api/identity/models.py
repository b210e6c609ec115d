"""Trainers' accounts."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from api.db import UTCDateTime


class Trainer(SQLModel, table=True):
    """Somebody who writes and reviews vignettes. `password_hash` is Argon2id."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    password_hash: str = Field(max_length=200)
    is_admin: bool = False
    created_at: datetime = Field(sa_type=UTCDateTime)
