"""Every setting: its default and one sentence. Read from the environment or `.env`, prefix `THREE_CIRCLES_`."""

import os
import secrets
import time
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from api.kit import assets
from api.kit.proxies import trusted
from api.kit.secret_files import SecretFiles


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="THREE_CIRCLES_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(Path("data"), description="Folder for the embedded database and the secret key.")
    database_url: str = Field("", description="Database that stores the answers. If empty, SQLite in DATA_DIR.")
    database_password: str = Field("", description="The database's password, if DATABASE_URL does not contain it.")
    broker_url: str = Field("", description="Carries live updates between processes; empty means within this process.")
    secret_key: str = Field(
        "", description="Key that signs tokens and cookies. If empty, one is created and stored in DATA_DIR."
    )
    secret_key_old: str = Field(
        "", description="Earlier keys, separated by commas. What they signed is still accepted; they sign nothing new."
    )
    public_url: str = Field("", description="The address people type, such as https://circles.example.org.")
    hsts_subdomains: bool = Field(
        False, description="Whether browsers are told to use https for every host below PUBLIC_URL's too."
    )
    open_groups: bool = Field(True, description="Whether anyone may start a group without an account.")
    small_group: int = Field(5, ge=1, description="Class statistics stay hidden below this many answers.")
    advice_low: float = Field(
        0.45, ge=0, le=1, description="Below this share of the key, groups are advised to read again."
    )
    advice_high: float = Field(
        0.70, ge=0, le=1, description="Above this share of the key, groups are advised to explain."
    )
    group_days: int = Field(30, ge=1, description="Days until a group and its answers are deleted.")
    audit_days: int = Field(365, ge=1, description="Days for which the activity log (audit log) is kept.")
    rate_limit: bool = Field(
        True, description="Whether requests are limited per client; off behind a limiting gateway."
    )
    trusted_proxies: str = Field(
        "", description="Trusted proxies: addresses and networks whose X-Forwarded-For is used, separated by commas."
    )
    access_log: bool = Field(False, description="Whether each request is a line of the log: route, status and time.")
    metrics_public: bool = Field(
        False, description="Whether /metrics answers requests from anywhere, not only from this machine."
    )
    providers_file: str = Field(
        "", description="File that lists the institutions whose sign-in trainers may use. If empty, there are none."
    )
    password_admin: str = Field(
        "", description="The only admin who may still sign in with a password. If empty, everyone may."
    )
    vignettes_dir: Path = Field(assets.VIGNETTES, description="Folder of the case files that are loaded at the start.")
    plans_dir: Path = Field(assets.VIGNETTES / "plans", description="Folder of the session plans.")
    signposting_file: Path = Field(
        assets.VIGNETTES / "signposting" / "england.yaml", description="Where members can find help, in your words."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _name_each_proxy(cls, value: str) -> str:
        return ",".join(trusted(value))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # a folder of secrets; we take named files
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = SecretFiles(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, files

    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL, with psycopg 3 named as PostgreSQL's driver."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'three-circles.db'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return self._with_password("postgresql+psycopg://" + self.database_url.removeprefix(scheme))
        return self.database_url

    def _with_password(self, url: str) -> str:
        if not self.database_password:
            return url
        from sqlalchemy import make_url  # noqa: PLC0415  # half a second, which commands without a database spare

        return make_url(url).set(password=self.database_password).render_as_string(hide_password=False)

    @property
    def embedded(self) -> bool:
        """Whether the database is a SQLite file, which one process at a time may serve."""
        return self.resolved_database_url().startswith("sqlite")

    @property
    def secret_key_file(self) -> Path:
        """Where the keys stand when none is given: one a line, the newest first."""
        return self.data_dir / "secret-key"

    def resolved_secret_keys(self) -> list[str]:
        """The key that signs, then earlier ones that still count; the first is made on first use, in a file that only
        its owner can read."""
        earlier = [key for key in (part.strip() for part in self.secret_key_old.split(",")) if key]
        return ([self.secret_key] if self.secret_key else _kept_keys(self.secret_key_file)) + earlier


def write_keys(path: Path, keys: list[str]) -> None:
    """Replaces the file of keys in one step, so that no one reads half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(fresh, "x", opener=_owner_only) as file:
        file.write("\n".join(keys))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def new_key() -> str:
    """A random key of 384 bits."""
    return secrets.token_urlsafe(48)


def _kept_keys(path: Path) -> list[str]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_owner_only) as file:
            file.write(new_key())
    except FileExistsError:
        pass
    for _ in range(50):
        if keys := path.read_text().split():
            return keys
        time.sleep(0.02)  # another process of the same start is just writing it
    raise ValueError(
        f"{path} is empty. Restore the key, or delete the file to create a new key, which signs everyone out."
    )


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
