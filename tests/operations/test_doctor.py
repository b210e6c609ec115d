"""The doctor names what is broken, on databases, folders, brokers and proxies that really are."""

import json
import os
import resource
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from api.kit.settings import Settings
from api.operations.database_checks import look_at_way
from api.operations.doctor import examine
from api.operations.findings import Finding
from api.operations.machine_checks import look_at_disk, look_at_file_system, look_at_files
from api.operations.web_checks import look_at_web
from api.persistence.engine import make_engine, now
from api.persistence.migrations.running import downgrade
from tests.client import MakeSettings
from tests.groups.brokers import BrokerServer, find_broker
from tests.live import StartServer
from tests.operations.commands import command
from tests.rows import opened

pytestmark = pytest.mark.both_databases


def level(findings: list[Finding], about: str) -> str:
    (found,) = [finding for finding in findings if finding.about == about]
    assert found.level == "good" or found.act
    return found.level


@pytest.fixture
def well(make_settings: MakeSettings, tmp_path: Path) -> Settings:
    """Settings in which nothing is wrong but what a test breaks."""
    tmp_path.chmod(0o700)
    settings = make_settings(secret_key="")
    settings.resolved_secret_keys()[0]
    return settings


def test_a_sound_database_is_good_and_postgresql_that_may_forget_is_trouble(well: Settings, database_kind: str) -> None:
    findings = examine(well)

    assert level(findings, "Database") == level(findings, "Migrations") == "good"
    assert level(findings, "Signing key") == level(findings, "Data folder") == "good"
    # The tests' PostgreSQL runs without fsync.
    assert level(findings, "Safe writing") == ("good" if database_kind == "sqlite" else "trouble")


def test_a_schema_that_is_older_or_newer_is_trouble(well: Settings) -> None:
    engine = make_engine(well.resolved_database_url())
    downgrade(engine, "-1")
    older = examine(well)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = examine(well)
    engine.dispose()

    assert level(older, "Migrations") == level(newer, "Migrations") == "trouble"
    assert any("three-circles migrate" in finding.act for finding in older)
    assert not any("three-circles migrate" in finding.act for finding in newer)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_answers_from_the_future_betray_the_clock(well: Settings) -> None:
    with opened(well.resolved_database_url()) as engine, engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(
            text(
                "INSERT INTO guess (learner, vignette_id, series, version, attempt, system, created_at)"
                " VALUES ('ida', 1, 1, 1, 1, 'drive', :moment)"
            ),
            {"moment": (now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")},
        )

    assert level(examine(well), "Clock and the newest answer") == "trouble"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_damaged_database_is_trouble_and_its_backup_is_named(well: Settings) -> None:
    path = Path(well.resolved_database_url().removeprefix("sqlite:///"))
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(20 * 4096))

    (found,) = [finding for finding in examine(well) if finding.about == "Database"]

    assert found.level == "trouble"
    assert "restore" in found.act


def test_a_database_and_a_broker_that_do_not_answer_are_trouble(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url="postgresql://nobody@127.0.0.1:1/none",
        broker_url="redis://127.0.0.1:1",
    )

    findings = examine(settings)

    assert level(findings, "Database") == level(findings, "Broker") == "trouble"


def test_a_broker_without_listeners_is_worth_a_look(tmp_path: Path) -> None:
    broker = BrokerServer(find_broker(), tmp_path)
    broker.start()
    try:
        settings = Settings(_env_file=None, data_dir=tmp_path, broker_url=broker.url)
        assert level(examine(settings), "Broker") == "notice"
    finally:
        broker.kill()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_key_or_a_folder_that_others_can_read_is_told(well: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret-key").chmod(0o644)
    tmp_path.chmod(0o755)

    findings = examine(well)

    assert level(findings, "Signing key") == "trouble"
    assert level(findings, "Data folder") == "notice"


def test_a_disk_that_is_nearly_full_is_trouble(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", place], check=False, capture_output=True
    ).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        assert look_at_disk(place).level == "trouble"
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_folder_on_a_network_is_trouble(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/vda / ext4 rw 0 0\nserver:/share /srv nfs4 rw 0 0\n/dev/vdb /srv/local ext4 rw 0 0\n")

    levels = [look_at_file_system(Path(path), mounts).level for path in ("/srv/data", "/srv/local/data", "/var/data")]

    assert levels == ["trouble", "good", "good"]


def test_few_open_files_are_trouble(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
    try:
        findings = examine(Settings(_env_file=None, data_dir=tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert level(findings, "Open files") == "trouble"
    assert [look_at_files(number).level for number in (5_000, 65_536)] == ["notice", "good"]


@contextmanager
def proxy(target: str, *, buffers: bool, headers: dict[str, str]) -> Iterator[str]:
    """A small proxy before the server that passes on what comes as it comes, or keeps it until the end."""

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with urlopen(Request(target + self.path, headers=headers)) as answer:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                if buffers:
                    self.wfile.write(answer.read())
                else:
                    while piece := answer.read1():
                        self.wfile.write(piece)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_proxy_that_holds_streams_back_or_is_not_trusted_is_found(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server()
    settings = Settings(_env_file=None, data_dir=tmp_path)
    came_for = {"X-Forwarded-For": "203.0.113.7"}

    with proxy(server.base_url, buffers=False, headers={}) as url:
        fine = look_at_web(settings, url, server.base_url)
    with proxy(server.base_url, buffers=True, headers=came_for) as url:
        bad = look_at_web(settings, url, server.base_url)
    told = command("doctor", "--url", server.base_url, "--json", **server.environment)

    assert level(fine, "Live updates") == level(fine, "Proxy") == level(fine, "Server") == "good"
    assert level(fine, "Clock and the server") == "good"
    assert level(bad, "Live updates") == level(bad, "Proxy") == "trouble"
    document = json.loads(told.stdout)
    assert told.returncode == (0 if document["good"] else 1)
    assert {"about": "Live updates", "level": "good"}.items() <= {
        key: value
        for finding in document["findings"]
        if finding["about"] == "Live updates"
        for key, value in finding.items()
    }.items()


def test_a_server_that_is_not_there_and_an_address_without_https_are_trouble(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)

    assert level(look_at_web(settings, "http://127.0.0.1:1", ""), "Server") == "trouble"
    assert level(look_at_web(settings, "http://circles.invalid", ""), "Address") == "trouble"


def test_two_names_of_the_server_that_differ_are_told(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, public_url="https://circles.example")
    findings = look_at_web(settings, "https://other.invalid", "")

    assert level(findings, "Address") == "trouble"
    told = next(finding.told for finding in findings if finding.about == "Address")
    assert "other.invalid" in told
    assert "circles.example" in told


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("//u:p@db.example/x", "trouble"),
        ("//u:p@db.example/x?sslmode=disable", "trouble"),
        ("//u:p@db.example/x?sslmode=require", "notice"),
        ("//u:p@db.example/x?sslmode=verify-full", "good"),
        ("//u:p@localhost/x", "good"),
        ("//u:p@127.0.0.1:5433/x", "good"),
        ("///x?host=/run/postgresql", "good"),
        ("///x", "good"),
        ("///x?host=db.example", "trouble"),
    ],
)
def test_a_way_to_the_database_that_others_can_read_is_trouble(address: str, found: str) -> None:
    assert look_at_way(make_url(f"postgresql:{address}")).level == found


def test_trouble_ends_with_status_1_and_says_what_to_do(tmp_path: Path) -> None:
    finished = command("doctor", DATA_DIR=str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert finished.returncode == 1
    assert "TROUBLE  Database" in finished.stdout
    assert "THREE_CIRCLES_DATABASE_URL" in finished.stdout
    assert "Traceback" not in finished.stderr
