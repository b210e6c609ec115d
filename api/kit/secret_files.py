"""Secrets from files, as containers and systemd bring them: `THREE_CIRCLES_SECRET_KEY_FILE` names the value's file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

SECRETS = ("secret_key", "database_url", "database_password", "broker_url")


class SecretFiles(PydanticBaseSettingsSource):
    """Looks for the names of files where the settings themselves are looked for."""

    def __init__(self, settings_cls: type[BaseSettings], *named_in: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._prefix = settings_cls.model_config.get("env_prefix", "")
        self._named: dict[str, str] = {}
        for source in named_in:
            assert isinstance(source, EnvSettingsSource)
            self._named = {**_present(source.env_vars), **self._named}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        if field_name not in SECRETS:
            return None, field_name, False
        name = f"{self._prefix}{field_name.upper()}"
        file = self._named.get(f"{name}_FILE".lower())
        if file is None:
            return None, field_name, False
        if name.lower() in self._named:
            raise ValueError(f"Give {name} or {name}_FILE, not both.")
        return _read(f"{name}_FILE", file), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _present(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {name.lower(): value for name, value in variables.items() if value}


def _read(name: str, file: str) -> str:
    try:
        value = Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ValueError(f"{name} names {file}, which cannot be read: {reason}.") from None
    if not value:
        raise ValueError(f"{name} names {file}, which is empty.")
    return value
