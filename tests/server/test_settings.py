"""Settings: each is explained, comes from the environment, and has a default that works."""

from pathlib import Path

import pytest

from api.settings import Settings


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


def test_earlier_keys_stand_behind_the_one_that_signs(tmp_path: Path) -> None:
    given = Settings(_env_file=None, data_dir=tmp_path, secret_key="new", secret_key_old="old, older,")
    (tmp_path / "secret-key").write_text("kept\nbefore\n")
    kept = Settings(_env_file=None, data_dir=tmp_path, secret_key="")

    assert given.resolved_secret_keys() == ["new", "old", "older"]
    assert kept.resolved_secret_keys() == ["kept", "before"]
