"""Starting: what is printed, what is made, what is refused."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect

from api.kit.systems import SYSTEMS
from tests.cast import ANA, SLUGS, put_cases
from tests.live import PROGRAM, Server, clean_environment
from tests.operations.commands import command
from tests.rows import opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests that only look at it."""
    folder = tmp_path_factory.mktemp("start")
    cases = put_cases(folder / "cases")
    with Server(folder, {"DATA_DIR": str(folder), "VIGNETTES_DIR": str(cases)}, PROGRAM) as started:
        yield started


def test_the_first_lines_say_where_to_practise_to_start_a_group_and_to_set_up(server: Server) -> None:
    assert re.fullmatch(r"Three Circles is running at http://127\.0\.0\.1:\d+", server.lines[0])
    told = dict(re.findall(r"^  (\S.*?)  +(http\S+)$", "\n".join(server.lines), re.MULTILINE))
    assert told.keys() == {"Practise", "Start a group", "First trainer"}
    assert told["Practise"] == f"{server.base_url}/practice"
    assert httpx.get(told["Practise"], follow_redirects=True, trust_env=False).status_code == 200
    assert "Set up the first trainer" in httpx.get(told["First trainer"], trust_env=False).text


def test_the_address_answers_from_the_moment_that_it_is_printed(tmp_path: Path) -> None:
    with Server(tmp_path, {"DATA_DIR": str(tmp_path)}, wait=False) as started:
        assert httpx.get(f"{started.base_url}/healthz", timeout=10, trust_env=False).status_code == 200


def test_a_server_is_healthy_ready_and_counts(server: Server) -> None:
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}
        token = client.post("/api/v1/learners").json()["learner_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert client.post(f"/api/v1/vignettes/{ANA}/guesses", json={"system": "drive"}, headers=headers).is_success
        assert "three_circles_guesses_total 1.0" in client.get("/metrics").text


def test_the_folder_of_case_files_is_a_setting(server: Server) -> None:
    found = httpx.get(f"{server.base_url}/api/v1/vignettes", trust_env=False).json()["items"]

    assert {item["slug"] for item in found} == set(SLUGS)


def test_the_secret_key_is_readable_by_its_owner_only(server: Server) -> None:
    key = server.folder / "secret-key"

    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) >= 32


def test_a_port_that_is_taken_is_told_in_a_line_and_not_in_a_traceback(server: Server, tmp_path: Path) -> None:
    port = server.base_url.rpartition(":")[2]

    finished = command("serve", "--port", port, DATA_DIR=str(tmp_path))

    assert finished.returncode != 0
    assert "Traceback" not in finished.stderr
    assert "in use" in finished.stderr


def test_a_public_url_is_the_one_that_is_printed(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://circles.example.org"}
    with Server(tmp_path, environment, wait=False) as server:
        assert server.lines[0] == "Three Circles is running at https://circles.example.org"
        assert "https://circles.example.org/practice" in server.lines[1]


def test_a_fresh_folder_is_filled_once_and_found_again_at_the_second_start(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path / "deep" / "data")}
    with Server(tmp_path, environment) as first:
        with httpx.Client(base_url=first.base_url, trust_env=False, timeout=20) as client:
            shipped = client.get("/api/v1/vignettes").json()["items"]
            token = client.post("/api/v1/learners").json()["learner_token"]
            slug = shipped[0]["slug"]
            headers = {"Authorization": f"Bearer {token}"}
            client.post(f"/api/v1/vignettes/{slug}/guesses", json={"system": "unsure"}, headers=headers)
        setup = first.lines[3].split()[-1]
        first.kill()
    with (
        Server(tmp_path, environment) as second,
        httpx.Client(base_url=second.base_url, trust_env=False, timeout=20) as client,
    ):
        assert client.get("/api/v1/vignettes").json()["items"] == shipped
        statistics = client.get(f"/api/v1/vignettes/{slug}/statistics", headers=headers)
        assert statistics.json()["answered"] == 1  # the same secret key, the same guesses
        assert client.get(setup.removeprefix(first.base_url)).status_code == 200
    assert len(shipped) >= 4 * len(SYSTEMS)


def test_two_workers_on_sqlite_stop_at_once_with_one_line(tmp_path: Path) -> None:
    finished = subprocess.run(
        [PROGRAM, "serve", "--port", "0", "--workers", "2"],
        cwd=tmp_path,
        env=clean_environment(DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert finished.returncode == 1
    assert finished.stdout == ""
    assert len(finished.stderr.strip().splitlines()) == 1
    assert "THREE_CIRCLES_DATABASE_URL" in finished.stderr


@pytest.mark.both_databases
def test_a_start_on_an_empty_database_makes_every_table(tmp_path: Path, empty_database_url: str) -> None:
    with Server(tmp_path, {"DATA_DIR": str(tmp_path), "DATABASE_URL": empty_database_url}):
        pass

    with opened(empty_database_url) as engine:
        assert {"guess", "tally", "trainer", "vignette", "vignette_version"} <= set(inspect(engine).get_table_names())
