"""A backup that is taken while people answer holds what they were promised before, and comes back as it was."""

import asyncio
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.guesses.recording import NewGuess, write_guesses
from api.kit.settings import Settings
from api.operations.backing_up import back_up, restore
from api.operations.trouble import OperatorError
from api.persistence.engine import make_engine, now, write_engine
from api.vignettes.sync import load_library
from tests.cast import ANA
from tests.live import StartServer
from tests.operations.commands import command
from tests.postgres import Postgres
from tests.rows import opened, reasons, recounted, tallies
from tests.server.load import Load

pytestmark = pytest.mark.both_databases

GUESSES = 60


@pytest.fixture
def elsewhere(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a second, empty database of the same kind."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'three-circles.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}


@pytest.fixture
def filled(settings: dict[str, str], tmp_path: Path, cases: Path) -> dict[str, str]:
    """The settings of a database with the vignettes and one guess, and a key."""
    engine = make_engine(of(settings).resolved_database_url())
    vignette = load_library(engine, cases).vignettes[ANA]
    guess = NewGuess("ida", vignette.id, vignette.series, vignette.version, "drive", None, None, "before", None, now())
    with write_engine(engine).begin() as connection:
        write_guesses(connection, [guess])
    engine.dispose()
    of(settings).resolved_secret_keys()[0]
    return settings


def of(settings: dict[str, str]) -> Settings:
    return Settings(_env_file=None, data_dir=settings["DATA_DIR"], database_url=settings["DATABASE_URL"])


def refusal(settings: dict[str, str], act: Callable[..., object], path: Path, **options: bool) -> str:
    """What is said when it cannot be done."""
    with pytest.raises(OperatorError) as told:
        act(of(settings), path, **options)
    return str(told.value)


async def test_a_backup_under_load_holds_every_guess_acknowledged_before_and_its_tallies_equal_its_rows(
    start_server: StartServer, settings: dict[str, str], elsewhere: str, tmp_path: Path
) -> None:
    server = await asyncio.to_thread(start_server, SECRET_KEY="")
    load = Load(server.base_url)
    running = asyncio.create_task(load.run(GUESSES))
    await asyncio.wait_for(load.enough.wait(), 30)
    promised = set(load.acknowledged)

    await asyncio.to_thread(back_up, of(settings), tmp_path / "backup.zip")
    meanwhile = len(load.acknowledged) - len(promised)
    server.kill()
    await asyncio.wait_for(running, 30)

    assert meanwhile > 0  # no one had to wait for it
    assert load.refused == []
    other = {"DATA_DIR": str(tmp_path / "elsewhere"), "DATABASE_URL": elsewhere}
    restore(of(other), tmp_path / "backup.zip")
    with opened(elsewhere) as engine:
        kept = reasons(engine)
        assert promised <= set(kept) <= load.sent
        assert len(kept) == len(set(kept))
        assert tallies(engine) == recounted(engine)
    key = tmp_path / "elsewhere" / "secret-key"
    assert key.read_text() == (tmp_path / "secret-key").read_text()
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_for_its_owner_alone_and_says_what_is_in_it(filled: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "backups"
    target.mkdir()

    back_up(of(filled), target)

    (written,) = target.iterdir()
    assert written.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(written) as file:
        manifest = json.loads(file.read("three-circles.json"))
        assert file.read("secret-key").decode() == (tmp_path / "secret-key").read_text()
    assert manifest["rows"]["guess"] == 1
    assert manifest["rows"]["vignette"] == 3


def test_the_key_can_be_left_out(filled: dict[str, str], tmp_path: Path) -> None:
    back_up(of(filled), tmp_path / "without.zip", with_key=False)

    with zipfile.ZipFile(tmp_path / "without.zip") as file:
        assert "secret-key" not in file.namelist()


def test_a_backup_is_never_written_over_a_file(filled: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_text("mine")

    assert "already exists" in refusal(filled, back_up, tmp_path / "there.zip")
    assert (tmp_path / "there.zip").read_text() == "mine"


def test_restoring_waits_for_the_server_to_stop(
    filled: dict[str, str], start_server: StartServer, tmp_path: Path, database_url: str
) -> None:
    back_up(of(filled), tmp_path / "backup.zip")
    server = start_server(SECRET_KEY="")

    refused = command("restore", tmp_path / "backup.zip", "--replace", **filled)
    server.terminate()
    server.process.wait(10)
    restore(of(filled), tmp_path / "backup.zip", replace=True)

    assert refused.returncode == 1
    assert "Stop" in refused.stderr
    with opened(database_url) as engine:
        assert reasons(engine) == ["before"]


def test_what_stands_there_is_replaced_only_when_asked(
    filled: dict[str, str], tmp_path: Path, database_url: str
) -> None:
    backup = back_up(of(filled), tmp_path / "backup.zip")[0]
    write_over(database_url)

    assert "--replace" in refusal(filled, restore, backup)
    with opened(database_url) as engine:
        assert reasons(engine) == ["after"]

    restore(of(filled), backup, replace=True)
    with opened(database_url) as engine:
        assert reasons(engine) == ["before"]


def write_over(url: str) -> None:
    with opened(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE guess SET reason = 'after'")


def change(path: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of a backup whose description was edited."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "three-circles.json":
                manifest = json.loads(content)
                edit(manifest)
                content = json.dumps(manifest).encode()
            copy.writestr(name, content)
    return changed


def newer(manifest: dict[str, Any]) -> None:
    manifest.update(revision="9999", product="99.0")


def otherwise(manifest: dict[str, Any]) -> None:
    manifest.update(sha256="0" * 64)


def miscounted(manifest: dict[str, Any]) -> None:
    manifest["rows"].update(guess=2)


def test_a_backup_of_a_newer_product_or_with_other_content_or_of_no_kind_is_refused_and_changes_nothing(
    filled: dict[str, str], tmp_path: Path, database_url: str
) -> None:
    backup = back_up(of(filled), tmp_path / "backup.zip")[0]
    (tmp_path / "no.zip").write_bytes(os.urandom(2000))
    write_over(database_url)

    assert "99.0" in refusal(filled, restore, change(backup, newer), replace=True)
    assert "damaged" in refusal(filled, restore, change(backup, otherwise), replace=True)
    assert "does not match" in refusal(filled, restore, change(backup, miscounted), replace=True)
    assert "is not a backup" in refusal(filled, restore, tmp_path / "no.zip", replace=True)
    with opened(database_url) as engine:
        assert reasons(engine) == ["after"]
    restore(of(filled), backup, replace=True)  # nothing of the tries is in the way


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_tools_of_postgresql_that_are_missing_or_too_old_are_told(
    filled: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))

    assert "postgresql-client" in refusal(filled, back_up, tmp_path / "one.zip")
    (tools / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (tools / "pg_dump").chmod(0o755)
    assert "9.6.1" in refusal(filled, back_up, tmp_path / "two.zip")
    assert not list(tmp_path.glob("*.zip"))
