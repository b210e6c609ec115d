"""Settings: each is explained, comes from the environment, and has a default that works."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from api.kit.secret_files import SECRETS
from api.kit.settings import Settings
from tests.operations.commands import command


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_in_a_sentence(name: str) -> None:
    described = Settings.model_fields[name].description

    assert described
    assert described[0].isupper()
    assert described.endswith(".")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_default(name: str) -> None:
    assert not Settings.model_fields[name].is_required()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREE_CIRCLES_SMALL_GROUP", "9")
    monkeypatch.setenv("THREE_CIRCLES_RATE_LIMIT", "off")

    settings = Settings(_env_file=None)

    assert (settings.small_group, settings.rate_limit) == (9, False)


@pytest.mark.parametrize("url", ["postgresql://u:p@host/db", "postgres://u:p@host/db"])
def test_a_postgresql_url_means_psycopg_3(url: str) -> None:
    settings = Settings(_env_file=None, database_url=url)

    assert settings.resolved_database_url() == "postgresql+psycopg://u:p@host/db"
    assert not settings.embedded


def test_without_a_url_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, database_url="")

    assert settings.resolved_database_url() == f"sqlite:///{tmp_path}/three-circles.db"
    assert settings.embedded


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path / "new", secret_key="")

    [key] = settings.resolved_secret_keys()

    assert [key] == settings.resolved_secret_keys()
    assert key == (tmp_path / "new" / "secret-key").read_text()
    assert len(key) >= 32
    assert (tmp_path / "new" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_secret_key_that_is_given_is_used_and_not_written_down(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, secret_key="given")

    assert settings.resolved_secret_keys() == ["given"]
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in SECRETS:
        (tmp_path / name).write_text(f"the {name}\n")
        monkeypatch.setenv(f"THREE_CIRCLES_{name.upper()}_FILE", str(tmp_path / name))

    settings = Settings(_env_file=None)

    assert {name: getattr(settings, name) for name in SECRETS} == {name: f"the {name}" for name in SECRETS}


def test_the_file_of_a_secret_may_be_named_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("kept apart")
    (tmp_path / ".env").write_text(f"THREE_CIRCLES_SECRET_KEY_FILE={tmp_path / 'key'}\n")

    assert Settings(_env_file=tmp_path / ".env").secret_key == "kept apart"


def test_a_database_password_from_a_file_is_put_into_the_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/w:rd%\n")
    monkeypatch.setenv("THREE_CIRCLES_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))

    url = Settings(_env_file=None, database_url="postgresql://circles@database/circles").resolved_database_url()

    assert make_url(url).password == "p@ss/w:rd%"
    assert make_url(url).render_as_string() == "postgresql+psycopg://circles:***@database/circles"


def refusal(tmp_path: Path, **environment: str) -> str:
    """What the command line says to settings that cannot be; it ends with status 1."""
    finished = command("migrate", DATA_DIR=str(tmp_path), **environment)
    assert finished.returncode == 1
    assert finished.stdout == ""
    return finished.stderr


def test_settings_that_cannot_be_are_told_in_a_line_each_without_a_traceback(tmp_path: Path) -> None:
    told = refusal(tmp_path, SMALL_GROUP="0", TRUSTED_PROXIES="*").splitlines()

    assert [line.partition(":")[0] for line in told] == ["THREE_CIRCLES_SMALL_GROUP", "THREE_CIRCLES_TRUSTED_PROXIES"]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SECRET_KEY_FILE": "/there/is/none"}, "THREE_CIRCLES_SECRET_KEY_FILE names /there/is/none"),
        ({"SECRET_KEY_FILE": "/dev/null"}, "which is empty"),
        ({"SECRET_KEY_FILE": "/dev/null", "SECRET_KEY": "hunter2"}, "Give THREE_CIRCLES_SECRET_KEY or"),
    ],
    ids=["missing", "empty", "twice"],
)
def test_a_secret_that_cannot_be_read_stops_the_start_and_is_not_shown(
    tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    told = refusal(tmp_path, **environment)

    assert words in told
    assert len(told.splitlines()) == 1
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("10.0.0.5", "10.0.0.5"),
        (" 10.0.0.0/24 , fd00::/64,::1", "10.0.0.0/24,fd00::/64,::1"),
        ("FD00:0:0::5", "fd00::5"),
    ],
)
def test_trusted_proxies_are_addresses_and_networks(given: str, kept: str) -> None:
    assert Settings(_env_file=None, trusted_proxies=given).trusted_proxies == kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("*", "would trust every address"),
        ("10.0.0.5, *", "would trust every address"),
        ("0.0.0.0/0", "would trust every address"),
        ("::/0", "would trust every address"),
        ("caddy", "is not an address"),
        ("10.0.0.5:80", "is not an address"),
        ("10.0.0.0/33", "is not a network"),
        ("10.0.0.5/8", "Write 10.0.0.5 or 10.0.0.0/8"),
    ],
)
def test_what_would_trust_anyone_or_no_one_is_refused(given: str, words: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(words)):
        Settings(_env_file=None, trusted_proxies=given)


def test_earlier_keys_stand_behind_the_one_that_signs(tmp_path: Path) -> None:
    given = Settings(_env_file=None, data_dir=tmp_path, secret_key="new", secret_key_old="old, older,")
    (tmp_path / "secret-key").write_text("kept\nbefore\n")
    kept = Settings(_env_file=None, data_dir=tmp_path, secret_key="")

    assert given.resolved_secret_keys() == ["new", "old", "older"]
    assert kept.resolved_secret_keys() == ["kept", "before"]
