"""compose.yaml, as Docker Compose itself reads it, and deploy/make-secrets."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.executable).parent / "docker-compose"

pytestmark = pytest.mark.skipif(
    not COMPOSE.exists() and "CI" not in os.environ, reason="Docker Compose is packaged for Linux on x86-64 only"
)


def compose(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Docker Compose with nothing in its environment but the folder's own .env; it needs no engine to read a file."""
    return subprocess.run(
        [COMPOSE, "--project-directory", folder, "--file", folder / "compose.yaml", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an operator has after copying .env.example and filling in the one line that must be."""
    place = tmp_path_factory.mktemp("compose")
    shutil.copy(ROOT / "compose.yaml", place)
    example = (ROOT / ".env.example").read_text()
    (place / ".env").write_text(example.replace("\nSITE_ADDRESS=\n", "\nSITE_ADDRESS=circles.example.org\n"))
    return place


@pytest.fixture(scope="module")
def read(folder: Path) -> dict[str, Any]:
    finished = compose(folder, "config", "--format", "json")
    assert finished.returncode == 0, finished.stderr
    told: dict[str, Any] = json.loads(finished.stdout)
    return told


def test_docker_compose_reads_the_file_without_a_warning(folder: Path) -> None:
    finished = compose(folder, "config", "--quiet")

    assert (finished.returncode, finished.stderr) == (0, "")


def test_without_a_name_for_the_site_it_says_what_to_fill_in(tmp_path: Path) -> None:
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    finished = compose(tmp_path, "config", "--quiet")

    assert finished.returncode != 0
    assert "give SITE_ADDRESS in .env" in finished.stderr


def test_every_service_is_locked_up(read: dict[str, Any]) -> None:
    services = read["services"]

    assert services.keys() == {"caddy", "app-1", "app-2", "migrate", "postgres", "valkey"}
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name
    assert {name: service["cap_add"] for name, service in services.items() if "cap_add" in service} == {
        "caddy": ["NET_BIND_SERVICE"]
    }


def test_everything_waits_for_what_it_needs(read: dict[str, Any]) -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in read["services"].items()
    }
    ready = {"postgres": "service_healthy", "valkey": "service_healthy", "migrate": "service_completed_successfully"}

    assert waits == {
        "caddy": {"app-1": "service_healthy", "app-2": "service_healthy"},
        "app-1": ready,
        "app-2": ready,
        "migrate": {"postgres": "service_healthy"},
        "postgres": {},
        "valkey": {},
    }


def test_only_caddy_can_be_reached_and_only_it_reaches_out(read: dict[str, Any]) -> None:
    services, networks = read["services"], read["networks"]

    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    open_networks = {name for name, network in networks.items() if not network.get("internal")}
    assert [name for name, service in services.items() if open_networks & service["networks"].keys()] == ["caddy"]
    assert "back" not in services["caddy"]["networks"]


def test_the_servers_believe_caddys_own_address_and_no_other(read: dict[str, Any]) -> None:
    address = read["services"]["caddy"]["networks"]["front"]["ipv4_address"]

    for name in ("app-1", "app-2"):
        assert read["services"][name]["environment"]["THREE_CIRCLES_TRUSTED_PROXIES"] == address


def test_secrets_are_files_and_stand_in_no_environment(read: dict[str, Any]) -> None:
    for name, service in read["services"].items():
        given = {key for key in service.get("environment", {}) if "PASSWORD" in key or "SECRET" in key}
        assert all(key.endswith("_FILE") for key in given), name
    assert all("file" in secret for secret in read["secrets"].values())


def test_secrets_are_made_once_in_a_folder_that_is_closed_to_others(tmp_path: Path) -> None:
    place = tmp_path / "secrets"
    make = [ROOT / "deploy" / "make-secrets", place]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    made = {path.name: path.read_text() for path in place.iterdir()}
    again = subprocess.run(make, check=True, capture_output=True, text=True)

    assert made.keys() == {"database-password", "secret-key"}
    assert len(set(made.values())) == 2
    assert all(len(value.strip()) == 48 for value in made.values())
    assert {path.name: path.read_text() for path in place.iterdir()} == made
    assert again.stdout.count("stays as it is") == 2
    assert place.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o444}
