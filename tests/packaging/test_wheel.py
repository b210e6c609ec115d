"""The wheel that people install holds everything that the product needs."""

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from api.kit import assets
from api.vignettes.checking import case_files
from tests.live import Server, clean_environment

ROOT = Path(__file__).parents[2]


def find_uv(folder: Path) -> Path:
    """uv where the Makefile looks for it; else one of our own, installed as the Makefile does."""
    for known in (shutil.which("uv"), ROOT / ".build" / "uv" / "bin" / "uv"):
        if known and Path(known).exists():
            return Path(known)
    venv.create(folder / "uv", with_pip=True)
    python = folder / "uv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv", folder=folder)
    return folder / "uv" / "bin" / "uv"


def run(*command: str | Path, folder: Path) -> None:
    finished = subprocess.run(
        command, cwd=folder, env=clean_environment(), capture_output=True, text=True, timeout=240, check=False
    )
    assert finished.returncode == 0, finished.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def uv(folder: Path) -> Path:
    return find_uv(folder)


@pytest.fixture(scope="module")
def wheel(folder: Path, uv: Path) -> Path:
    """Built from a copy: building makes the help again, which servers of other tests read at that moment."""
    copy = folder / "copy"
    for name in ("api", "docs", "frontend", "vignettes"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "site"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    run(uv, "build", "--quiet", "--wheel", "--out-dir", folder / "dist", copy, folder=folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def program(folder: Path, uv: Path, wheel: Path) -> Path:
    """The command of an installation that knows nothing of the checkout."""
    place = folder / "installed"
    run(uv, "venv", "--quiet", "--python", sys.executable, place, folder=folder)
    run(uv, "pip", "install", "--quiet", "--python", place / "bin" / "python", wheel, folder=folder)
    return place / "bin" / "three-circles"


def test_the_wheel_holds_code_pages_static_files_stories_migrations_and_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    for source, target in ((assets.TEMPLATES, "templates"), (assets.STATIC, "static")):
        shipped = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
        assert {f"api/_bundle/frontend/{target}/{name}" for name in shipped} <= names
    assert {f"api/_bundle/frontend/help/site/{page}" for page in ("index.html", "trainers/index.html")} <= names
    assert {f"api/_bundle/vignettes/{path.name}" for path in case_files([assets.VIGNETTES])} <= names
    ratings = {path.name for path in (assets.VIGNETTES / "ratings").iterdir() if path.is_file()}
    assert {f"api/_bundle/vignettes/ratings/{name}" for name in ratings} <= names
    for folder in ("plans", "signposting"):
        files = {f"api/_bundle/vignettes/{folder}/{path.name}" for path in (assets.VIGNETTES / folder).iterdir()}
        assert len(files) > 0
        assert files <= names
    code = {path for path in (ROOT / "api").rglob("*.py") if "_bundle" not in path.parts}
    assert {str(path.relative_to(ROOT)) for path in code} <= names
    assert any("licenses" in name for name in names)
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_an_installed_product_takes_an_answer_far_from_its_checkout(program: Path, folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    with (
        Server(elsewhere, {"DATA_DIR": str(elsewhere / "data")}, program) as server,
        httpx.Client(base_url=server.base_url, trust_env=False, follow_redirects=True) as client,
    ):
        story = client.get("/practice?after=")
        outcome = client.post(f"{story.url.path}/guesses", data={"system": "unsure"})
        stylesheet = story.text.split('rel="stylesheet" href="')[1].split('"')[0]

        assert len(client.get("/api/v1/vignettes?limit=200").json()["items"]) == len(case_files([assets.VIGNETTES]))
        assert "looks biggest for" in outcome.text
        assert client.get(stylesheet).status_code == 200


@pytest.mark.parametrize("kind", ["vignettes", "plans"])
def test_an_installed_product_checks_its_own_stories_and_plans(program: Path, folder: Path, kind: str) -> None:
    run(program, kind, "check", folder=folder)
