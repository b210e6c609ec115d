"""Every setting: its default and one sentence. Read from the environment or `.env`, prefix `THREE_CIRCLES_`."""

import os
import secrets
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from api import assets


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="THREE_CIRCLES_", env_file=".env", extra="ignore")

    data_dir: Path = Field(Path("data"), description="Folder for the embedded database and the secret key.")
    database_url: str = Field("", description="Where guesses are kept; empty means SQLite in DATA_DIR.")
    broker_url: str = Field("", description="Carries live updates between processes; empty means within this process.")
    secret_key: str = Field("", description="Signs tokens and cookies; empty means made once and kept in DATA_DIR.")
    public_url: str = Field("", description="The address people type, such as https://circles.example.org.")
    open_groups: bool = Field(True, description="Whether anybody may start a group without an account.")
    small_group: int = Field(5, ge=1, description="Class statistics stay hidden below this many answers.")
    advice_low: float = Field(
        0.45, ge=0, le=1, description="Below this share of the key, groups are advised to read again."
    )
    advice_high: float = Field(
        0.70, ge=0, le=1, description="Above this share of the key, groups are advised to explain."
    )
    group_days: int = Field(30, ge=1, description="Days until a group and its guesses are deleted.")
    rate_limit: bool = Field(
        True, description="Whether requests are limited per client; off behind a limiting gateway."
    )
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-For is believed, separated by commas.")
    access_log: bool = Field(False, description="Whether each request is a line of the log: route, status and time.")
    metrics_public: bool = Field(False, description="Whether /metrics answers to anybody, not only to this machine.")
    vignettes_dir: Path = Field(assets.VIGNETTES, description="Folder of the case files that are loaded at the start.")
    plans_dir: Path = Field(assets.VIGNETTES / "plans", description="Folder of the session plans.")
    signposting_file: Path = Field(
        assets.VIGNETTES / "signposting" / "england.yaml", description="Where members can find help, in your words."
    )

    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL, with psycopg 3 named as PostgreSQL's driver."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'three-circles.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def embedded(self) -> bool:
        """Whether the database is a SQLite file, which one process at a time may serve."""
        return self.resolved_database_url().startswith("sqlite")

    def resolved_secret_key(self) -> str:
        """The signing key, made on first use in a file that only its owner can read."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            pass
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = secrets.token_urlsafe(48)
        try:
            with open(path, "x", opener=_owner_only) as file:
                file.write(key)
        except FileExistsError:  # another process of the same start was quicker
            return path.read_text().strip()
        return key


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
